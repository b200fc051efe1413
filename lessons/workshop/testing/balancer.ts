import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** One address in front of several servers, as a campus has it. */
export interface Balancer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Carries each connection to the next server in turn, and to the one after it where nobody answers. A connection whose
 * server dies is broken off, which is all that a client ever sees of it.
 *
 * @param ports of the servers on this machine
 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    const order = ports.map((_, index) => ports[(turn + index) % ports.length]!);
    turn += 1;
    open.add(client);
    client.on('close', () => open.delete(client)).on('error', () => {});
    carry(client, order);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      for (const client of open) client.destroy();
      return new Promise((done) => void server.close(() => done()));
    },
  };
}

function carry(client: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined) {
    client.destroy();
    return;
  }
  const upstream = connect(port, '127.0.0.1');
  let connected = false;
  upstream.on('connect', () => {
    connected = true;
    client.pipe(upstream).pipe(client);
  });
  upstream.on('error', () => {
    if (!connected) carry(client, others);
  });
  upstream.on('close', () => {
    if (connected) client.destroy();
  });
  client.on('close', () => upstream.destroy());
}
