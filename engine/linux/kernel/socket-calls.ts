import { type Task, waitFor } from '../../sim/index.ts';
import { hasCapability } from '../credentials.ts';
import { Errno } from '../errno.ts';
import { openConnection, socketOf } from '../net/connect.ts';
import { ListeningSocket } from '../net/listening-socket.ts';
import type { NetNamespace } from '../net/network-namespace.ts';
import { StreamSocket } from '../net/stream-socket.ts';
import { SocketInode } from '../net/unix-socket.ts';
import type { SocketAddress, SocketInfo } from '../syscalls.ts';
import { locate } from '../vfs/path.ts';
import { MAY_WRITE, requireAccess } from '../vfs/permission.ts';
import { charge, owes } from './cpu-charge.ts';
import type { TaskStruct } from './kernel.ts';
import { create } from './path-calls.ts';
import { PREEMPTED } from './wake.ts';

// Stream sockets.

export function networkOf(task: TaskStruct): NetNamespace {
  return task.namespaces.net as NetNamespace;
}

export function listen(task: TaskStruct, port: number, address = '0.0.0.0'): number {
  requirePort(task, port);
  return task.files.add(networkOf(task).listen(port, address));
}

/** Throws EACCES for a port that needs CAP_NET_BIND_SERVICE. */
function requirePort(task: TaskStruct, port: number): void {
  if (port <= 0 || port >= networkOf(task).unprivilegedPortStart) return;
  if (!hasCapability(task.credentials, 'CAP_NET_BIND_SERVICE')) throw new Errno('EACCES');
}

export function* accept(task: TaskStruct, fd: number): Task<{ fd: number; peer: SocketAddress }> {
  const listener = task.files.get(fd);
  if (!(listener instanceof ListeningSocket)) throw new Errno('EINVAL');
  charge(task, 1);
  if (owes(task)) yield PREEMPTED;
  for (;;) {
    const socket = listener.accept();
    if (socket !== undefined) return { fd: task.files.add(socket), peer: socket.remote };
    yield listener.readQueue;
  }
}

export function* connect(task: TaskStruct, address: string, port: number, timeoutMs?: number): Task<number> {
  const network = networkOf(task);
  const result = yield* waitFor({
    start: (resume: (result: StreamSocket | Errno['code']) => void) =>
      openConnection(network, { address, port }, timeoutMs, resume),
  });
  return task.files.add(socketOf(result));
}

export function listenUnix(task: TaskStruct, path: string): number {
  let node: SocketInode | undefined;
  try {
    create(task, path, (directory, owner) => {
      node = new SocketInode(directory.fs, { ...owner, mode: 0o777 & ~task.umask });
      return node;
    });
  } catch (error) {
    if (error instanceof Errno && error.code === 'EEXIST') throw new Errno('EADDRINUSE');
    throw error;
  }
  return task.files.add(node!.listener);
}

export function* connectUnix(task: TaskStruct, path: string): Task<number> {
  charge(task, 1);
  if (owes(task)) yield PREEMPTED;
  const { inode } = locate(task, path);
  if (!(inode instanceof SocketInode)) throw new Errno('ECONNREFUSED');
  requireAccess(inode, task.credentials, MAY_WRITE);
  return task.files.add(inode.connect(task.kernel.sim));
}

function socketAt(task: TaskStruct, fd: number): StreamSocket {
  const description = task.files.get(fd);
  if (!(description instanceof StreamSocket)) throw new Errno('ENOTCONN');
  return description;
}

export function shutdownWrite(task: TaskStruct, fd: number): void {
  socketAt(task, fd).shutdownWrite();
}

export function localAddress(task: TaskStruct, fd: number): SocketAddress {
  const description = task.files.get(fd);
  if (description instanceof ListeningSocket) return { address: description.address, port: description.port };
  return socketAt(task, fd).local;
}

export function peerAddress(task: TaskStruct, fd: number): SocketAddress {
  return socketAt(task, fd).remote;
}

export function socketsOf(task: TaskStruct): readonly SocketInfo[] {
  const { listeners, sockets } = networkOf(task);
  return [
    ...listeners.map(({ address, port }) => ({ state: 'LISTEN' as const, local: { address, port } })),
    ...sockets.map(({ state, local, remote }) => ({ state, local, remote })),
  ];
}
