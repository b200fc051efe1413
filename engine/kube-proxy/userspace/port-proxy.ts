import { Errno } from '../../linux/errno.ts';
import type { Process, SocketAddress } from '../../linux/syscalls.ts';
import { TaskGroup } from '../../linux/task-group.ts';
import type { Task } from '../../sim/index.ts';
import type { PortBalancer } from './port-balancer.ts';

/** How long each try waits for an endpoint to answer, before another has its turn. */
const DIAL_TIMEOUTS_MS = [250, 500, 1000, 2000];
/** After so long without an answer a datagram's way back is forgotten. */
const UDP_IDLE_MS = 250;
const BUFFER_BYTES = 65_536;

/** Every connection to the port is taken, and another is made to an endpoint: the bytes pass through this process. */
export function* proxyConnections(process: Process, listenFd: number, balancer: PortBalancer): Task<number> {
  const group = new TaskGroup();
  const accept = function* (): Task<void> {
    for (;;) {
      const { fd, peer } = yield* process.accept(listenFd);
      group.start(serve(fd, peer));
    }
  };
  const serve = function* (client: number, peer: SocketAddress): Task<void> {
    const endpoint = yield* dial(process, balancer, peer.address);
    // Nobody is there: all that can be done is to hang up.
    if (endpoint === undefined) {
      process.close(client);
      return;
    }
    let open = 2;
    const done = (): void => {
      open -= 1;
      if (open > 0) return;
      process.close(client);
      process.close(endpoint);
    };
    group.start(copy(process, client, endpoint, done));
    group.start(copy(process, endpoint, client, done));
  };
  group.start(accept());
  yield* group.run();
  return 0;
}

/** Undefined when nobody is there, or nobody answers. */
function* dial(process: Process, balancer: PortBalancer, client: string): Task<number | undefined> {
  for (const [tries, timeoutMs] of DIAL_TIMEOUTS_MS.entries()) {
    const target = balancer.next(client, process.now(), tries > 0);
    if (target === undefined) return undefined;
    try {
      return yield* process.connect(target.ip, target.port, timeoutMs);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return undefined;
}

/** One direction, until its end, which is passed on. */
function* copy(process: Process, from: number, to: number, done: () => void): Task<void> {
  try {
    for (;;) {
      const data = yield* process.read(from, BUFFER_BYTES);
      if (data.length === 0) break;
      yield* process.write(to, data);
    }
    process.shutdownWrite(to);
  } catch (error) {
    // Either side has hung up.
    if (!(error instanceof Errno)) throw error;
  } finally {
    done();
  }
}

/** Every datagram is sent on from a socket of its client's own, by which answers find back. */
export function* proxyDatagrams(process: Process, fd: number, balancer: PortBalancer): Task<number> {
  const group = new TaskGroup();
  const sessions = new Map<string, { readonly fd: number; readonly to: SocketAddress }>();
  const receive = function* (): Task<void> {
    for (;;) {
      const datagram = yield* attempt(process.receiveFrom(fd));
      if (datagram === undefined) continue;
      const { data, peer } = datagram;
      const key = `${peer.address}:${peer.port}`;
      let session = sessions.get(key);
      if (session === undefined) {
        const target = balancer.next(peer.address, process.now());
        if (target === undefined) continue;
        session = { fd: process.openDatagram(), to: { address: target.ip, port: target.port } };
        sessions.set(key, session);
        group.start(answer(key, session.fd, peer));
      }
      send(process, session.fd, data, session.to);
    }
  };
  const answer = function* (key: string, session: number, client: SocketAddress): Task<void> {
    for (;;) {
      const datagram = yield* attempt(process.receiveFrom(session, UDP_IDLE_MS));
      if (datagram === undefined) break;
      send(process, fd, datagram.data, client);
    }
    sessions.delete(key);
    process.close(session);
  };
  group.start(receive());
  yield* group.run();
  return 0;
}

/** Undefined for what came back as an error. */
function* attempt<T>(task: Task<T>): Task<T | undefined> {
  try {
    return yield* task;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return undefined;
  }
}

function send(process: Process, fd: number, data: Uint8Array, to: SocketAddress): void {
  try {
    process.sendTo(fd, data, to);
  } catch (error) {
    // As lost as on the way.
    if (!(error instanceof Errno)) throw error;
  }
}
