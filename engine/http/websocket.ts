import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

// RFC 6455, the server's side. The `ws` package refuses subprotocol names with a slash, and
// `SPDY/3.1+portforward.k8s.io` is what kubectl asks for.

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const OP = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface WebSocketListener {
  message(data: Buffer): void;
  /** Called once, last, however the connection ended. */
  closed(): void;
}

/** The subprotocols a client offers, in its order. */
export function offeredProtocols({ headers }: IncomingMessage): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

/** Whether this is a handshake at all. */
export function isHandshake({ headers, method }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    typeof headers['sec-websocket-key'] === 'string'
  );
}

/** One accepted connection. */
export class WebSocket {
  readonly #socket: Duplex;
  readonly #listener: WebSocketListener;
  #buffer: Buffer;
  #fragments: Buffer[] = [];
  #fragmentBytes = 0;
  #ended = false;

  /** Answers the handshake. @param head what came after it already. */
  constructor(message: IncomingMessage, socket: Duplex, head: Buffer, protocol: string, listener: WebSocketListener) {
    this.#socket = socket;
    this.#listener = listener;
    this.#buffer = head;
    const key = createHash('sha1').update(`${message.headers['sec-websocket-key']}${GUID}`).digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${key}\r\n${protocol === '' ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`,
    );
    socket.on('data', (data: Buffer) => this.#receive(data));
    socket.on('error', () => this.#end());
    socket.on('close', () => this.#end());
    socket.on('end', () => this.#end());
    if (head.length > 0) setImmediate(() => this.#receive(Buffer.alloc(0)));
  }

  /** How many bytes wait for the client to read them. */
  get bytesBehind(): number {
    return this.#socket.writableLength;
  }

  send(data: Uint8Array): void {
    this.#frame(OP.binary, data);
  }

  sendText(text: string): void {
    this.#frame(OP.text, Buffer.from(text));
  }

  close(code = 1000): void {
    if (this.#ended) return;
    this.#frame(OP.close, Buffer.from([code >> 8, code & 0xff]));
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.end();
    this.#listener.closed();
  }

  #frame(op: number, data: Uint8Array): void {
    if (this.#ended) return;
    const { length } = data;
    let header: Buffer;
    if (length < 126) header = Buffer.from([0x80 | op, length]);
    else if (length < 65_536) header = Buffer.from([0x80 | op, 126, length >> 8, length & 0xff]);
    else {
      header = Buffer.alloc(10);
      header.writeUInt16BE(((0x80 | op) << 8) | 127);
      header.writeBigUInt64BE(BigInt(length), 2);
    }
    this.#socket.write(Buffer.concat([header, data]));
  }

  #receive(data: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? data : Buffer.concat([this.#buffer, data]);
    while (!this.#ended && this.#takeFrame());
  }

  /** Returns whether a whole frame was there. */
  #takeFrame(): boolean {
    const buffer = this.#buffer;
    if (buffer.length < 2) return false;
    const short = buffer[1]! & 0x7f;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (buffer.length < start) return false;
    const length = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short;
    if ((buffer[1]! & 0x80) === 0 || length + this.#fragmentBytes > MAX_MESSAGE_BYTES) {
      this.close(length > MAX_MESSAGE_BYTES ? 1009 : 1002);
      return false;
    }
    if (buffer.length < start + 4 + length) return false;
    const payload = Buffer.from(buffer.subarray(start + 4, start + 4 + length));
    for (let index = 0; index < length; index++) payload[index]! ^= buffer[start + (index & 3)]!;
    this.#buffer = buffer.subarray(start + 4 + length);
    this.#take(buffer[0]! & 0x0f, (buffer[0]! & 0x80) !== 0, payload);
    return true;
  }

  #take(op: number, final: boolean, payload: Buffer): void {
    if (op === OP.ping) this.#frame(OP.pong, payload);
    else if (op === OP.close) this.close();
    else if (op !== OP.pong) {
      this.#fragments.push(payload);
      this.#fragmentBytes += payload.length;
      if (!final) return;
      const message = this.#fragments.length === 1 ? payload : Buffer.concat(this.#fragments);
      this.#fragments = [];
      this.#fragmentBytes = 0;
      this.#listener.message(message);
    }
  }
}
