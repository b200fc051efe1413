import { fork } from 'node:child_process';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { LiveCluster } from '../http/live-cluster.ts';
import { createHttpServer } from '../http/server.ts';

// What idle watches cost over HTTP: `node engine/bench/idle-watches.ts [watches]`. The clients are a process of their own,
// since each end of a connection is an open file.

const REQUEST = 'GET /api/v1/configmaps?watch=true&resourceVersion=0 HTTP/1.1\r\nhost: localhost\r\n\r\n';
/** Connections that are opened at a time. */
const BATCH = 250;

function openWatch(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.once('data', () => resolve(socket));
    socket.write(REQUEST);
  });
}

/** Opens watches, says so, and says how many heard of what happens then. */
async function runClients(port: number, watches: number): Promise<void> {
  const sockets: Socket[] = [];
  while (sockets.length < watches) {
    const count = Math.min(BATCH, watches - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: count }, () => openWatch(port)))));
  }
  let heard = 0;
  for (const socket of sockets) {
    socket.on('data', (data) => {
      if (data.includes('"told"')) heard += 1;
      if (heard === watches) process.send!('heard');
    });
  }
  process.send!('open');
}

async function main(watches: number): Promise<void> {
  const failed = (error: unknown): never => {
    throw error;
  };
  const cluster = new LiveCluster({ speed: 1, nodes: 1, seed: undefined, stateFile: undefined, failed });
  const server = createHttpServer(cluster);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1024, resolve));
  cluster.start();
  const { port } = server.address() as AddressInfo;
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const clients = fork(import.meta.filename, ['clients', String(port), String(watches)]);
  const said = (word: string) =>
    new Promise<void>((resolve) => {
      const listen = (message: unknown): void => {
        if (message !== word) return;
        clients.off('message', listen);
        resolve();
      };
      clients.on('message', listen);
    });
  await said('open');
  const each = (process.memoryUsage.rss() - before) / watches / 1024;
  console.log(`${watches} idle watches opened in ${seconds(start)}, ${each.toFixed(1)} KiB of memory each`);
  const heard = said('heard');
  const told = performance.now();
  const path = '/api/v1/namespaces/default/configmaps';
  cluster.submit({ kind: 'api', request: { method: 'POST', path, body: { metadata: { name: 'told' } } } });
  const write = performance.now() - told;
  await heard;
  console.log(
    `  a write that concerns all of them returns after ${write.toFixed(0)} ms; the last hears after ${seconds(told)}`,
  );
  clients.kill();
  process.exit(0);
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(2)} s`;
}

const [role, port, watches] = process.argv.slice(2);
if (role === 'clients') await runClients(Number(port), Number(watches));
else await main(Number(role ?? 10_000));
