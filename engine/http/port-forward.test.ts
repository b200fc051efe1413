import { connect, type Socket } from 'node:net';
import { constants, createDeflate } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SPDY_DICTIONARY } from './spdy-dictionary.ts';
import { serveCluster, until } from './testing/serve.ts';

const served = await serveCluster();
afterAll(() => served.close());

const PODS = '/api/v1/namespaces/default/pods';

beforeAll(async () => {
  const spec = { containers: [{ name: 'web', image: 'nginx:1.29' }] };
  await served.request('POST', PODS, { metadata: { name: 'web' }, spec });
  await until(
    () => served.request('GET', `${PODS}/web/log`),
    ({ text }) => text.includes('start worker process'),
  );
});

const HANDSHAKE = [
  'Host: localhost',
  'Connection: upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io',
];

/** The client's end of a tunnel, over a plain socket, since no client library offers a subprotocol of that name. */
class Tunnel {
  readonly #socket: Socket;
  readonly #deflate = createDeflate({ dictionary: SPDY_DICTIONARY, flush: constants.Z_SYNC_FLUSH });
  readonly received = new Map<number, string>();
  readonly ended = new Set<number>();
  #bytes = Buffer.alloc(0);
  #spdy = Buffer.alloc(0);
  head = '';
  closed = false;

  constructor(pod: string) {
    this.#socket = connect(served.port, '127.0.0.1');
    this.#socket.write(`GET ${PODS}/${pod}/portforward HTTP/1.1\r\n${HANDSHAKE.join('\r\n')}\r\n\r\n`);
    this.#socket.on('data', (data) => this.#receive(data as Buffer));
    // Where the server cuts it off, that may come as a reset.
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.closed = true;
    });
  }

  /** Opens the two streams of one connection. */
  async open(id: number, port: number): Promise<void> {
    await until(
      () => this.head,
      (head) => head.includes('\r\n\r\n'),
    );
    await this.#openStream(2 * id - 1, { streamtype: 'error', port: `${port}`, requestid: `${id}` });
    await this.#openStream(2 * id + 99, { streamtype: 'data', port: `${port}`, requestid: `${id}` });
  }

  data(stream: number, text: string): void {
    this.send(Buffer.concat([words(stream, text.length), Buffer.from(text)]));
  }

  /** One masked binary message; the mask is zero. */
  send(payload: Buffer): void {
    const header = Buffer.from([0x82, 0xfe, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
    this.#socket.write(Buffer.concat([header, payload]));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #openStream(stream: number, headers: Record<string, string>): Promise<void> {
    const entries = Object.entries(headers).flat();
    const block = Buffer.concat([words(3), ...entries.flatMap((text) => [words(text.length), Buffer.from(text)])]);
    const packed = await this.#pack(block);
    const payload = Buffer.concat([words(stream, 0), Buffer.from([0, 0]), packed]);
    this.send(Buffer.concat([words(0x80030001, payload.length), payload]));
  }

  #pack(block: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      const pieces: Buffer[] = [];
      const gather = (piece: Buffer): void => {
        pieces.push(piece);
      };
      this.#deflate.on('data', gather);
      this.#deflate.write(block, () => {
        setImmediate(() => {
          this.#deflate.off('data', gather);
          resolve(Buffer.concat(pieces));
        });
      });
    });
  }

  #receive(data: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    if (!this.head.includes('\r\n\r\n')) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.head = this.#bytes.toString('latin1', 0, end + 4);
      this.#bytes = this.#bytes.subarray(end + 4);
    }
    while (this.#bytes.length >= 4) {
      const short = this.#bytes[1]! & 127;
      const start = short === 126 ? 4 : 2;
      const length = short === 126 ? this.#bytes.readUInt16BE(2) : short;
      if (this.#bytes.length < start + length) return;
      if (this.#bytes[0] === 0x82)
        this.#spdy = Buffer.concat([this.#spdy, this.#bytes.subarray(start, start + length)]);
      this.#bytes = this.#bytes.subarray(start + length);
      this.#takeFrames();
    }
  }

  #takeFrames(): void {
    while (this.#spdy.length >= 8) {
      const length = this.#spdy.readUIntBE(5, 3);
      if (this.#spdy.length < 8 + length) return;
      const stream = this.#spdy.readUInt32BE(0);
      if (stream < 0x80000000) {
        const text = this.#spdy.toString('utf8', 8, 8 + length);
        this.received.set(stream, (this.received.get(stream) ?? '') + text);
        if (this.#spdy[4] === 1) this.ended.add(stream);
      }
      this.#spdy = this.#spdy.subarray(8 + length);
    }
  }
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

test('connections through one tunnel reach the Pod and are kept apart', async () => {
  const tunnel = new Tunnel('web');
  for (const id of [1, 2, 3]) {
    await tunnel.open(id, 80);
    tunnel.data(2 * id + 99, `GET /${id === 2 ? 'nowhere' : ''} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  }
  await until(
    () => tunnel.ended.size,
    (size) => size === 6,
  );
  expect(tunnel.head).toContain('Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io');
  expect(tunnel.received.get(101)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*Welcome to nginx/);
  expect(tunnel.received.get(103)).toMatch(/^HTTP\/1\.1 404 /);
  expect(tunnel.received.get(105)).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(tunnel.received.get(1)).toBe('');
  tunnel.destroy();
});

test('a port that nobody listens on is reported on the error stream', async () => {
  const tunnel = new Tunnel('web');
  await tunnel.open(1, 81);
  await until(
    () => tunnel.ended.size,
    (size) => size === 2,
  );
  expect(tunnel.received.get(1)).toMatch(/^error forwarding port 81 to pod \w+, uid \S+: .*connection refused$/);
  await tunnel.open(2, 0);
  await until(
    () => tunnel.ended.size,
    (size) => size === 4,
  );
  expect(tunnel.received.get(3)).toContain('is not a port');
  tunnel.destroy();
});

test('a client that goes away leaves nothing behind', async () => {
  const { cluster } = served.cluster;
  const before = cluster.journal.length;
  const tunnel = new Tunnel('web');
  await tunnel.open(1, 80);
  await until(
    () => cluster.journal.length,
    (length) => length > before,
  );
  tunnel.destroy();
  await until(
    () => cluster.journal.at(-1)!.input.kind,
    (kind) => kind === 'session.close',
  );
});

test('bytes that are no SPDY end the tunnel', async () => {
  const tunnel = new Tunnel('web');
  await until(
    () => tunnel.head,
    (head) => head.includes('101'),
  );
  tunnel.send(Buffer.from('\xff\xff\xff\xff\xff\xff\xff\xff', 'latin1'));
  await until(() => tunnel.closed, Boolean);
  const packed = new Tunnel('web');
  await until(
    () => packed.head,
    (head) => head.includes('101'),
  );
  packed.send(Buffer.concat([words(0x80030001, 14, 1, 0), Buffer.from('\0\0junk', 'latin1')]));
  await until(() => packed.closed, Boolean);
});

test('a Pod that does not exist is refused before the upgrade', async () => {
  const tunnel = new Tunnel('nobody');
  await until(() => tunnel.closed, Boolean);
  expect(tunnel.head).toContain('404 Not Found');
});
