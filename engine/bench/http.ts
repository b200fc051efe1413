// The API server over HTTP, from a client process's point of view: `node engine/bench/http.ts [creates]`.

import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { LiveCluster } from '../http/live-cluster.ts';
import { createHttpServer } from '../http/server.ts';

const CONNECTIONS = 32;
const PODS = '/api/v1/namespaces/default/pods';

function pod(name: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'bench' } },
    spec: {
      // Never scheduled, so that the API server alone is measured.
      schedulerName: 'nobody',
      containers: [{ name: 'web', image: 'nginx:1.29', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
    },
  });
}

interface Figures {
  readonly createsPerSecond: number;
  readonly createMsP50: number;
  readonly createMsP99: number;
  readonly listMs: readonly number[];
  readonly listBytes: number;
}

/** Sends requests over raw sockets, so that the client costs as little as it can of the processor it shares. */
function createOver(port: number, names: Iterator<string>, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let sentAt = 0;
    const next = (): void => {
      const { value, done } = names.next();
      if (done === true) {
        socket.end();
        resolve();
        return;
      }
      const body = pod(value);
      sentAt = performance.now();
      socket.write(
        `POST ${PODS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    };
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      received += text;
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received.slice(0, end))?.[1]);
      if (received.length < end + 4 + length) return;
      if (!received.startsWith('HTTP/1.1 201')) reject(new Error(received));
      received = '';
      latencies.push(performance.now() - sentAt);
      next();
    });
    socket.on('connect', next);
    socket.on('error', reject);
  });
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

async function runClient(port: number, creates: number): Promise<Figures> {
  const latencies: number[] = [];
  const names = (function* () {
    for (let count = 0; count < creates; count++) yield `pod-${String(count).padStart(6, '0')}`;
  })();
  const start = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, () => createOver(port, names, latencies)));
  const seconds = (performance.now() - start) / 1000;
  parentPort!.postMessage('created');
  latencies.sort((a, b) => a - b);
  const agent = new Agent({ keepAlive: true });
  const lists = [];
  for (let count = 0; count < 5; count++) lists.push(await list(port, agent));
  agent.destroy();
  return {
    createsPerSecond: Math.round(creates / seconds),
    createMsP50: latencies[Math.floor(latencies.length / 2)]!,
    createMsP99: latencies[Math.floor(latencies.length * 0.99)]!,
    listMs: lists.map(({ ms }) => ms),
    listBytes: lists[0]!.bytes,
  };
}

function fail(error: unknown): never {
  throw error;
}

async function main(): Promise<void> {
  const creates = Number(process.argv[2] ?? 5000);
  const cluster = new LiveCluster({ speed: 1, nodes: 1, seed: undefined, stateFile: undefined, failed: fail });
  const server = createHttpServer(cluster);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cluster.start();
  const { port } = server.address() as AddressInfo;
  const worker = new Worker(new URL(import.meta.url), { workerData: { port, creates } });
  const before = process.threadCpuUsage();
  let creating = before;
  const figures = await new Promise<Figures>((resolve, reject) => {
    worker.on('message', (message: Figures | 'created') => {
      if (message === 'created') creating = process.threadCpuUsage(before);
      else resolve(message);
    });
    worker.on('error', reject);
  });
  console.log(`creates over HTTP, ${CONNECTIONS} connections: ${figures.createsPerSecond}/s`);
  const cpuUs = (creating.user + creating.system) / creates;
  console.log(
    `  the server's own processor time: ${cpuUs.toFixed(0)} us each, of which ${(creating.system / creates).toFixed(0)} in the system`,
  );
  console.log(`  p50 ${figures.createMsP50.toFixed(2)} ms, p99 ${figures.createMsP99.toFixed(2)} ms`);
  const [first, ...others] = figures.listMs.map((ms) => ms.toFixed(0));
  console.log(
    `list of ${creates} Pods: ${first} ms, then ${others.join(', ')} ms (${(figures.listBytes / 1e6).toFixed(1)} MB)`,
  );
  console.log(`memory: ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
  cluster.stop();
  server.closeAllConnections();
  server.close();
}

if (isMainThread) await main();
else {
  const { port, creates } = workerData as { port: number; creates: number };
  parentPort!.postMessage(await runClient(port, creates));
}
