import { concatBytes, decode, encode } from '../stdio.ts';

// The framing of HTTP/2 (RFC 9113), as far as gRPC calls need it.

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
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new FrameError('http2: unsupported header encoding');
    return byte;
  };
  const read = (): string => {
    let length = next();
    if (length > PREFIX) throw new FrameError('http2: unsupported header encoding');
    if (length === PREFIX) {
      // RFC 7541, section 5.1; nothing that fits into a frame needs more than three bytes.
      for (let shift = 0, byte = 0x80; (byte & 0x80) !== 0; shift += 7) {
        if (shift > 14) throw new FrameError('http2: unsupported header encoding');
        byte = next();
        length += (byte & 0x7f) << shift;
      }
    }
    if (at + length > bytes.length) throw new FrameError('http2: unsupported header encoding');
    const value = decode(bytes.subarray(at, at + length));
    at += length;
    return value;
  };
  while (at < bytes.length) {
    if (next() !== 0) throw new FrameError('http2: unsupported header encoding');
    fields.push([read(), read()]);
  }
  return Object.fromEntries(fields);
}

/** What fits into the seven bits of a length's first byte is less than this. */
const PREFIX = 127;
const MAX_TEXT_BYTES = 4000;

function text(value: string): Uint8Array {
  const bytes = encode(value).subarray(0, MAX_TEXT_BYTES);
  if (bytes.length < PREFIX) return concatBytes([Uint8Array.of(bytes.length), bytes]);
  const length = [PREFIX];
  let rest = bytes.length - PREFIX;
  for (; rest >= 0x80; rest >>= 7) length.push((rest & 0x7f) | 0x80);
  return concatBytes([Uint8Array.from([...length, rest]), bytes]);
}

/** A message as gRPC puts it into DATA: not compressed, with its length before it, in as many frames as it needs. */
export function messageFrames(stream: number, message: Uint8Array, endStream = false): Uint8Array {
  const head = new Uint8Array(MESSAGE_HEAD_BYTES);
  new DataView(head.buffer).setUint32(1, message.length);
  const whole = concatBytes([head, message]);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += MAX_FRAME_BYTES) {
    const last = at + MAX_FRAME_BYTES >= whole.length;
    const flags = last && endStream ? FLAG.endStream : 0;
    frames.push(frame(FRAME.data, flags, stream, whole.subarray(at, at + MAX_FRAME_BYTES)));
  }
  return concatBytes(frames);
}

const MESSAGE_HEAD_BYTES = 5;
/** https://pkg.go.dev/google.golang.org/grpc#MaxCallRecvMsgSize */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Takes messages off the front of what a stream's DATA has brought so far. */
export class MessageReader {
  #bytes: Uint8Array = new Uint8Array(0);

  push(piece: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? piece : concatBytes([this.#bytes, piece]);
  }

  /** The next message, if all of it is there. @throws FrameError */
  next(): Uint8Array | undefined {
    if (this.#bytes.length < MESSAGE_HEAD_BYTES) return undefined;
    const length = new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getUint32(1);
    if (this.#bytes[0] !== 0) throw new FrameError('grpc: Decompressor is not installed for grpc-encoding');
    if (length > MAX_MESSAGE_BYTES) {
      throw new FrameError(`grpc: received message larger than max (${length} vs. ${MAX_MESSAGE_BYTES})`);
    }
    const end = MESSAGE_HEAD_BYTES + length;
    if (this.#bytes.length < end) return undefined;
    const message = this.#bytes.slice(MESSAGE_HEAD_BYTES, end);
    this.#bytes = this.#bytes.subarray(end);
    return message;
  }
}
