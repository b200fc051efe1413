import { createServer, type Server } from 'node:net';

/** Below the ports that systems give to whoever connects, so that only servers can be in the way. */
const LOWEST = 18_000;
const HIGHEST = 30_000;
const SIZE = 500;

/** Somebody else listens on one of the ports. */
export class PortTaken extends Error {}

/**
 * Calls with the first of some hundred ports of this machine that no other such call has meanwhile, in this process or another:
 * whoever listens on the port below them owns them. Where strangers are among them (`PortTaken`) others are tried.
 */
export async function withPorts<T>(use: (first: number) => Promise<T>): Promise<T> {
  for (let guard = LOWEST; guard + SIZE <= HIGHEST; guard += SIZE) {
    const owner = await listenOn(guard);
    if (owner === undefined) continue;
    try {
      return await use(guard + 1);
    } catch (error) {
      if (!(error instanceof PortTaken)) throw error;
    } finally {
      await new Promise((closed) => owner.close(closed));
    }
  }
  throw new Error(`somebody listens in every ${SIZE} ports from ${LOWEST} to ${HIGHEST}`);
}

function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
