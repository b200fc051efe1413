import { request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClusterDoor } from '../cluster-door.ts';
import { LiveCluster, type LiveClusterOptions } from '../live-cluster.ts';
import { createHttpServer } from '../server.ts';

const NEVER_MS = 300_000;

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
export type Body = any;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The text as JSON. */
  readonly body: Body;
}

export interface ServedDoor {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** One request on a connection of its own; an object is sent as JSON. */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** A door behind a real socket on loopback. */
export async function serveDoor(door: ClusterDoor): Promise<ServedDoor> {
  const server = createHttpServer(door);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    url: `http://127.0.0.1:${port}`,
    request: (method, path, body, headers = {}) => send(port, method, path, body, headers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A whole cluster behind a real socket; its time runs twenty times as fast as ours. */
export async function serveCluster(options: Partial<LiveClusterOptions> = {}) {
  const cluster = new LiveCluster({
    speed: 20,
    nodes: 1,
    seed: 'http',
    stateFile: undefined,
    failed: (error) => {
      throw error;
    },
    ...options,
  });
  const served = await serveDoor(cluster);
  cluster.start();
  return {
    ...served,
    cluster,
    close: async () => {
      cluster.stop();
      await served.close();
    },
  };
}

function send(
  port: number,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isText = typeof body === 'string' || body instanceof Uint8Array;
    const payload = isText || body === undefined ? body : JSON.stringify(body);
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: { ...type, ...headers }, agent: false },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(pieces);
          const text = bytes.toString('utf8');
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            bytes,
            text,
            get body() {
              return JSON.parse(text);
            },
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(payload);
  });
}

/** Asks again and again until an answer satisfies; fails after minutes, when it never will. */
export async function until<T>(ask: () => Promise<T> | T, satisfied: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + NEVER_MS;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`never satisfied: ${JSON.stringify(answer)?.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
