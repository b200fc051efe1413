// The API server over HTTP, from a client process's point of view: `node engine/bench/http.ts [creates]`. The server is a
// process of its own, as with `npm run cluster`.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { LiveCluster } from '../http/live-cluster.ts';
import { createHttpServer } from '../http/server.ts';

const CONNECTIONS = 32;
const PODS = '/api/v1/namespaces/default/pods';

/** A create as bytes. */
function createRequest(name: string): Buffer {
  const body = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'bench' } },
    spec: {
      // Never scheduled, so that the API server alone is measured.
      schedulerName: 'nobody',
      containers: [{ name: 'web', image: 'nginx:1.29', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
    },
  });
  return Buffer.from(
    `POST ${PODS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}

/** What the server says of itself. */
interface Usage {
  /** Microseconds of its thread so far. */
  readonly cpu: NodeJS.CpuUsage;
  readonly memory: NodeJS.MemoryUsage;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Sends requests over a raw socket, so that the client costs as little as it can of the processors it shares. */
function createOver(port: number, requests: Iterator<Buffer>, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let sentAt = 0;
    /** Bytes of the answer that are still to come; none is awaited at 0. */
    let missing = 0;
    const next = (): void => {
      const { value, done } = requests.next();
      sentAt = performance.now();
      if (done === true) socket.end(resolve);
      else socket.write(value);
    };
    socket.on('data', (bytes: Buffer) => {
      missing = (missing === 0 ? answerLength(bytes) : missing) - bytes.length;
      if (missing > 0) return;
      if (missing < 0) reject(new Error(bytes.toString()));
      latencies.push(performance.now() - sentAt);
      next();
    });
    socket.on('connect', next);
    socket.on('error', reject);
  });
}

/** How long an answer is that begins with these bytes; -1 for a refusal. */
function answerLength(bytes: Buffer): number {
  const end = bytes.indexOf(HEAD_END);
  const head = bytes.toString('latin1', 0, end);
  if (!head.startsWith('HTTP/1.1 201')) return -1;
  return end + HEAD_END.length + Number(/content-length: (\d+)/i.exec(head)?.[1]);
}

function list(port: number, agent: Agent): Promise<{ ms: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const sent = httpRequest({ host: '127.0.0.1', port, path: PODS, agent }, (response: IncomingMessage) => {
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
      });
      response.on('end', () => resolve({ ms: performance.now() - start, bytes }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function usageOf(server: ChildProcess): Promise<Usage> {
  server.send('usage');
  const [usage] = await once(server, 'message');
  return usage as Usage;
}

async function measureCreates(server: ChildProcess, port: number, creates: number): Promise<void> {
  const requests = Array.from({ length: creates }, (_, index) =>
    createRequest(`pod-${String(index).padStart(6, '0')}`),
  );
  const latencies: number[] = [];
  const { cpu: before, memory } = await usageOf(server);
  const iterator = requests.values();
  const start = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, () => createOver(port, iterator, latencies)));
  const seconds = (performance.now() - start) / 1000;
  const { cpu: after, memory: then } = await usageOf(server);
  latencies.sort((a, b) => a - b);
  const percentile = (part: number): string => latencies[Math.floor(latencies.length * part)]!.toFixed(2);
  const system = (after.system - before.system) / creates;
  const total = system + (after.user - before.user) / creates;
  console.log(`creates over HTTP, ${CONNECTIONS} connections: ${Math.round(creates / seconds)}/s`);
  console.log(
    `  the server's own processor time: ${total.toFixed(0)} us each, of which ${system.toFixed(0)} in the system`,
  );
  console.log(`  p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms`);
  console.log(`  the server's memory: ${printMemory(memory)} before, ${printMemory(then)} after`);
}

async function measureLists(server: ChildProcess, port: number, pods: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const lists = [];
  for (let count = 0; count < 5; count++) lists.push(await list(port, agent));
  agent.destroy();
  const [first, ...others] = lists.map(({ ms }) => ms.toFixed(0));
  const megabytes = (lists[0]!.bytes / 1e6).toFixed(1);
  console.log(`list of ${pods} Pods: ${first} ms, then ${others.join(', ')} ms (${megabytes} MB)`);
  console.log(`  the server's memory: ${printMemory((await usageOf(server)).memory)} after`);
}

function printMemory({ rss, heapUsed, external }: NodeJS.MemoryUsage): string {
  const [all, heap, outside] = [rss, heapUsed, external].map((bytes) => Math.round(bytes / 1e6));
  return `${all} MB (objects ${heap} MB, buffers and sources ${outside} MB)`;
}

/** The server's side. */
async function serve(): Promise<void> {
  const failed = (error: unknown): never => {
    throw error;
  };
  const cluster = new LiveCluster({ speed: 1, nodes: 1, seed: undefined, stateFile: undefined, failed });
  const server = createHttpServer(cluster);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cluster.start();
  process.on('message', () => {
    globalThis.gc?.();
    process.send!({ cpu: process.threadCpuUsage(), memory: process.memoryUsage() } satisfies Usage);
  });
  process.on('disconnect', () => process.exit());
  process.send!((server.address() as AddressInfo).port);
}

async function main(): Promise<void> {
  const creates = Number(process.argv[2] ?? 5000);
  const server = fork(new URL(import.meta.url), ['serve']);
  const [port] = (await once(server, 'message')) as [number];
  await measureCreates(server, port, creates);
  await measureLists(server, port, creates);
  server.disconnect();
}

if (process.argv[2] === 'serve') await serve();
else await main();
