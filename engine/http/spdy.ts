import { constants, createInflate, type Inflate } from 'node:zlib';
import { SPDY_DICTIONARY } from './spdy-dictionary.ts';

// As much of SPDY/3.1 as kubectl needs for port-forward: https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/
// Flow control is left out, as it is by the library at the other end (github.com/moby/spdystream).

const TYPE = { synStream: 1, synReply: 2, rstStream: 3, ping: 6 } as const;
const FLAG_FIN = 1;
const CONTROL = 0x8003;
const MAX_FRAME_BYTES = 2 * 1024 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_DATA_BYTES = 64 * 1024;
const REFUSED_STREAM = 3;

export type SpdyHeaders = ReadonlyMap<string, string>;

export interface SpdyListener {
  /** The client opens a stream. Returns what is to happen once that is accepted; undefined refuses it. */
  opened(stream: number, headers: SpdyHeaders): (() => void) | undefined;
  data(stream: number, bytes: Buffer): void;
  /** The client has no more to send; `reset`: nor does it want to hear more. */
  finished(stream: number, reset: boolean): void;
}

/** The server's end of a connection; its bytes travel by whatever carries them. */
export class SpdyConnection {
  readonly #send: (bytes: Buffer) => void;
  readonly #listener: SpdyListener;
  readonly #inflate: Inflate;
  #inflated: Buffer[] = [];
  #buffer: Buffer = Buffer.alloc(0);
  #working: Promise<void> = Promise.resolve();
  #failed = false;
  #repliedBefore = false;

  /** @param failed is told when the client does not keep to the protocol. */
  constructor(send: (bytes: Buffer) => void, listener: SpdyListener, failed: () => void) {
    this.#send = send;
    this.#listener = listener;
    this.#inflate = createInflate({ dictionary: SPDY_DICTIONARY, flush: constants.Z_SYNC_FLUSH });
    this.#inflate.on('data', (piece: Buffer) => this.#inflated.push(piece));
    this.#inflate.on('error', () => this.#fail());
    this.#fail = () => {
      if (!this.#failed) failed();
      this.#failed = true;
    };
  }

  readonly #fail: () => void;

  receive(bytes: Buffer): void {
    // Frames are taken in order, though unpacking their headers takes a moment.
    this.#working = this.#working.then(async () => {
      this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes]);
      while (!this.#failed && (await this.#takeFrame()));
    });
    this.#working = this.#working.catch(() => this.#fail());
  }

  sendData(stream: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += MAX_DATA_BYTES) {
      this.#sendDataFrame(stream, 0, bytes.subarray(at, at + MAX_DATA_BYTES));
    }
  }

  finish(stream: number): void {
    this.#sendDataFrame(stream, FLAG_FIN, new Uint8Array());
  }

  close(): void {
    this.#failed = true;
    this.#inflate.close();
  }

  async #takeFrame(): Promise<boolean> {
    const buffer = this.#buffer;
    if (buffer.length < 8) return false;
    const length = buffer.readUIntBE(5, 3);
    if (length > MAX_FRAME_BYTES) {
      this.#fail();
      return false;
    }
    if (buffer.length < 8 + length) return false;
    const payload = buffer.subarray(8, 8 + length);
    this.#buffer = buffer.subarray(8 + length);
    const flags = buffer[4]!;
    if (buffer[0]! < 0x80) this.#takeData(buffer.readUInt32BE(0), payload, flags);
    else if (buffer.readUInt16BE(0) !== CONTROL) this.#fail();
    else await this.#takeControl(buffer.readUInt16BE(2), payload, flags);
    return true;
  }

  #takeData(stream: number, payload: Buffer, flags: number): void {
    if (payload.length > 0) this.#listener.data(stream, payload);
    if ((flags & FLAG_FIN) !== 0) this.#listener.finished(stream, false);
  }

  async #takeControl(type: number, payload: Buffer, flags: number): Promise<void> {
    if (type === TYPE.ping) this.#sendControl(TYPE.ping, 0, payload);
    else if (type === TYPE.rstStream) this.#listener.finished(payload.readUInt32BE(0), true);
    else if (type === TYPE.synStream) {
      const stream = payload.readUInt32BE(0);
      const accepted = this.#listener.opened(stream, readHeaders(await this.#unpack(payload.subarray(10))));
      if (accepted === undefined) this.#sendControl(TYPE.rstStream, 0, words(stream, REFUSED_STREAM));
      else {
        this.#reply(stream);
        accepted();
      }
      if ((flags & FLAG_FIN) !== 0) this.#listener.finished(stream, false);
    }
    // SETTINGS, GOAWAY, HEADERS and WINDOW_UPDATE change nothing here.
  }

  async #unpack(block: Buffer): Promise<Buffer> {
    this.#inflated = [];
    await new Promise<void>((resolve) => this.#inflate.write(block, () => setImmediate(resolve)));
    const bytes = Buffer.concat(this.#inflated);
    if (bytes.length > MAX_HEADER_BYTES) throw new RangeError('the header block is too long');
    return bytes;
  }

  /** SYN_REPLY without headers. A stored block, and an empty one to flush it, need no compressor. */
  #reply(stream: number): void {
    const start = this.#repliedBefore ? Buffer.alloc(0) : Buffer.from([0x78, 0x01]);
    this.#repliedBefore = true;
    const block = Buffer.from([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
    this.#sendControl(TYPE.synReply, 0, Buffer.concat([words(stream), start, block]));
  }

  #sendControl(type: number, flags: number, payload: Uint8Array): void {
    const header = Buffer.alloc(8);
    header.writeUInt16BE(CONTROL, 0);
    header.writeUInt16BE(type, 2);
    header.writeUInt32BE(flags * 0x1000000 + payload.length, 4);
    this.#send(Buffer.concat([header, payload]));
  }

  #sendDataFrame(stream: number, flags: number, payload: Uint8Array): void {
    this.#send(Buffer.concat([words(stream, flags * 0x1000000 + payload.length), payload]));
  }
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

/** Names and values after their lengths. @throws RangeError for a block that is cut short. */
function readHeaders(block: Buffer): SpdyHeaders {
  const headers = new Map<string, string>();
  let at = 4;
  const text = (): string => {
    const length = block.readUInt32BE(at);
    if (at + 4 + length > block.length) throw new RangeError('the header block is cut short');
    at += 4 + length;
    return block.toString('utf8', at - length, at);
  };
  for (let left = block.readUInt32BE(0); left > 0; left--) {
    const name = text();
    headers.set(name.toLowerCase(), text());
  }
  return headers;
}
