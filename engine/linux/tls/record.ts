import { concatBytes } from '../stdio.ts';

/** What a record carries. RFC 8446, section 5 */
export const CONTENT = { alert: 21, handshake: 22, data: 23 } as const;

/** Messages of the handshake, and alerts, by their numbers in the standard. */
export const MESSAGE = {
  clientHello: 1,
  serverHello: 2,
  certificate: 11,
  certificateRequest: 13,
  finished: 20,
} as const;
export const ALERT = { closeNotify: 0, handshakeFailure: 40, unknownAuthority: 48, unrecognizedName: 112 } as const;

const MAX_RECORD_BYTES = 16_384;
/** Both of the larger and of the smaller part of the version that records say. */
const VERSION = 3;
const HEADER_BYTES = 5;

/** What is not TLS, or not in its turn; with the words that OpenSSL has for it. */
export class TlsError extends Error {
  override readonly name = 'TlsError';
  /** `0A00010B` */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const NOTHING = new Uint8Array(0);

export interface TlsRecord {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Takes the records that are complete off what has come. */
export class RecordReader {
  #left: Uint8Array = NOTHING;

  /** Throws TlsError for what is no record. */
  take(bytes: Uint8Array): readonly TlsRecord[] {
    this.#left = this.#left.length === 0 ? bytes : concatBytes([this.#left, bytes]);
    const records: TlsRecord[] = [];
    for (;;) {
      const [type, major] = this.#left;
      if (type === undefined || major === undefined) return records;
      if (major !== VERSION) throw new TlsError('0A00010B', 'wrong version number');
      if (type < CONTENT.alert || type > CONTENT.data) throw new TlsError('0A0000F4', 'unexpected message');
      if (this.#left.length < HEADER_BYTES) return records;
      const length = this.#left[3]! * 256 + this.#left[4]!;
      if (length > MAX_RECORD_BYTES + 256) throw new TlsError('0A0000C6', 'packet length too long');
      const end = HEADER_BYTES + length;
      if (this.#left.length < end) return records;
      records.push({ type, body: this.#left.subarray(HEADER_BYTES, end) });
      this.#left = this.#left.length === end ? NOTHING : this.#left.subarray(end);
    }
  }
}

export function writeRecords(type: number, body: Uint8Array): Uint8Array {
  const count = Math.max(1, Math.ceil(body.length / MAX_RECORD_BYTES));
  const bytes = new Uint8Array(count * HEADER_BYTES + body.length);
  for (let index = 0; index < count; index++) {
    const from = index * MAX_RECORD_BYTES;
    const length = Math.min(MAX_RECORD_BYTES, body.length - from);
    const at = from + index * HEADER_BYTES;
    bytes[at] = type;
    bytes[at + 1] = bytes[at + 2] = VERSION;
    bytes[at + 3] = length >> 8;
    bytes[at + 4] = length;
    bytes.set(count === 1 ? body : body.subarray(from, from + length), at + HEADER_BYTES);
  }
  return bytes;
}

/** A message of the handshake: its number, and its length in three bytes. */
export function writeMessage(type: number, body: Uint8Array): Uint8Array {
  return concatBytes([Uint8Array.of(type), length24(body.length), body]);
}

/** What the message of certificates holds: each, in DER, behind its length. */
export function writeChain(chain: readonly Uint8Array[]): Uint8Array {
  return concatBytes(chain.flatMap((der) => [length24(der.length), der]));
}

export function readChainOf(body: Uint8Array): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let at = 0; at + 3 <= body.length; ) {
    const length = body[at]! * 65_536 + body[at + 1]! * 256 + body[at + 2]!;
    chain.push(body.slice(at + 3, at + 3 + length));
    at += 3 + length;
  }
  return chain;
}

function length24(length: number): Uint8Array {
  return Uint8Array.of(length >> 16, length >> 8, length);
}

/** The messages in records of the handshake. */
export function readMessages(body: Uint8Array): readonly TlsRecord[] {
  const messages: TlsRecord[] = [];
  for (let at = 0; at + 4 <= body.length; ) {
    const length = body[at + 1]! * 65_536 + body[at + 2]! * 256 + body[at + 3]!;
    messages.push({ type: body[at]!, body: body.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return messages;
}

export function writeAlert(description: number): Uint8Array {
  return writeRecords(CONTENT.alert, Uint8Array.of(description === ALERT.closeNotify ? 1 : 2, description));
}

/**
 * Hides what is sent from whoever only listens: a pad that both sides make of the two random numbers. It is no cipher: whoever
 * heard the handshake has the numbers too.
 */
export class Pad {
  readonly #pad = new Uint8Array(256);

  constructor(clientRandom: Uint8Array, serverRandom: Uint8Array) {
    let state = 1;
    for (let at = 0; at < this.#pad.length; at++) {
      state = Math.imul(state ^ clientRandom[at % 32]! ^ (serverRandom[(at * 7) % 32]! << 8), 0x9e3779b1) >>> 0;
      this.#pad[at] = state >>> 24;
    }
  }

  /** Hides what is plain, and shows what is hidden. */
  turn(bytes: Uint8Array): Uint8Array {
    const turned = new Uint8Array(bytes.length);
    for (let at = 0; at < bytes.length; at++) turned[at] = bytes[at]! ^ this.#pad[at & 255]!;
    return turned;
  }
}
