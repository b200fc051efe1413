import { concatBytes, decode, encode } from '../stdio.ts';

// The framing of HTTP/2 (RFC 9113), as far as unary gRPC calls need it.

export const PREFACE = encode('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
export const FLAG = { acknowledge: 1, endStream: 1, endHeaders: 4 } as const;

const HEAD_BYTES = 9;
const MAX_FRAME_BYTES = 16 * 1024;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** What the other side says is not HTTP/2 as it is spoken here. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(0, payload.length << 8);
  head[3] = type;
  head[4] = flags;
  view.setUint32(5, stream);
  return concatBytes([head, payload]);
}

/** Takes frames off the front of what has been received so far. */
export class FrameReader {
  #bytes = new Uint8Array(0);

  push(piece: Uint8Array): void {
    this.#bytes = concatBytes([this.#bytes, piece]) as Uint8Array<ArrayBuffer>;
  }

  /** Whether the connection begins as one of HTTP/2 does; undefined as long as too little is there. */
  takePreface(): boolean | undefined {
    const count = Math.min(this.#bytes.length, PREFACE.length);
    for (let i = 0; i < count; i++) if (this.#bytes[i] !== PREFACE[i]) return false;
    if (count < PREFACE.length) return undefined;
    this.#bytes = this.#bytes.slice(PREFACE.length);
    return true;
  }

  /** The next frame, if all of it is there. @throws FrameError */
  next(): Frame | undefined {
    if (this.#bytes.length < HEAD_BYTES) return undefined;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
    const length = view.getUint32(0) >>> 8;
    if (length > MAX_FRAME_BYTES) throw new FrameError('http2: frame too large');
    if (this.#bytes.length < HEAD_BYTES + length) return undefined;
    const payload = this.#bytes.slice(HEAD_BYTES, HEAD_BYTES + length);
    const found = { type: this.#bytes[3]!, flags: this.#bytes[4]!, stream: view.getUint32(5) & 0x7fff_ffff, payload };
    this.#bytes = this.#bytes.slice(HEAD_BYTES + length);
    return found;
  }
}

/** Header fields in HPACK's plainest form (RFC 7541): literal, never indexed, not Huffman-coded. */
export function encodeHeaders(fields: Readonly<Record<string, string>>): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const [name, value] of Object.entries(fields)) pieces.push(Uint8Array.of(0), text(name), text(value));
  return concatBytes(pieces);
}

/** The reverse; other forms of HPACK are refused. @throws FrameError */
export function decodeHeaders(bytes: Uint8Array): Record<string, string> {
  const fields: [string, string][] = [];
  let at = 0;
  const read = (): string => {
    const length = bytes[at]!;
    if (length === undefined || length > 126) throw new FrameError('http2: unsupported header encoding');
    const value = decode(bytes.subarray(at + 1, at + 1 + length));
    at += 1 + length;
    return value;
  };
  while (at < bytes.length) {
    if (bytes[at] !== 0) throw new FrameError('http2: unsupported header encoding');
    at += 1;
    fields.push([read(), read()]);
  }
  return Object.fromEntries(fields);
}

function text(value: string): Uint8Array {
  const bytes = encode(value).subarray(0, 126);
  return concatBytes([Uint8Array.of(bytes.length), bytes]);
}

/** A message as gRPC puts it into DATA: not compressed, with its length before it. */
export function encodeMessage(message: Uint8Array): Uint8Array {
  const head = new Uint8Array(5);
  new DataView(head.buffer).setUint32(1, message.length);
  return concatBytes([head, message]);
}

/** The message of a call's DATA; undefined when it is not all there. */
export function decodeMessage(data: Uint8Array): Uint8Array | undefined {
  if (data.length < 5) return undefined;
  const length = new DataView(data.buffer, data.byteOffset).getUint32(1);
  return data.length < 5 + length ? undefined : data.subarray(5, 5 + length);
}
