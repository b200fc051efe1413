import { type Task, waitFor } from '../../sim/index.ts';
import { hasCapability } from '../credentials.ts';
import { Errno } from '../errno.ts';
import type { Datagram } from '../net/attachment.ts';
import type { Capture } from '../net/capture/capture.ts';
import type { CaptureLoader, PacketSocketOptions } from '../net/capture/frame.ts';
import { openConnection, socketOf } from '../net/connect.ts';
import { DatagramSocket } from '../net/datagram-socket.ts';
import { sendEcho } from '../net/echo.ts';
import type { Sender } from '../net/flow-log.ts';
import { ListeningSocket } from '../net/listening-socket.ts';
import type { NetNamespace } from '../net/network-namespace.ts';
import { StreamSocket } from '../net/stream-socket.ts';
import { SocketInode } from '../net/unix-socket.ts';
import type { EchoOptions, EchoReply, PacketFilter, Route, SocketAddress, SocketInfo } from '../syscalls.ts';
import { locate } from '../vfs/path.ts';
import { MAY_WRITE, requireAccess } from '../vfs/permission.ts';
import { charge, owes } from './cpu-charge.ts';
import { poll } from './file-calls.ts';
import type { TaskStruct } from './kernel.ts';
import { create } from './path-calls.ts';
import { PREEMPTED } from './wake.ts';

// Sockets.

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

/** Who sends, for whoever follows what was sent. */
function senderOf(task: TaskStruct): Sender {
  return { pid: task.process.hostPid, argv: task.process.argv };
}

export function* connect(task: TaskStruct, address: string, port: number, timeoutMs?: number): Task<number> {
  const network = networkOf(task);
  const result = yield* waitFor({
    start: (resume: (result: StreamSocket | Errno['code']) => void) =>
      openConnection(network, { address, port }, timeoutMs, resume, senderOf(task)),
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
  if (description instanceof DatagramSocket) return { address: description.address, port: description.port };
  if (description instanceof ListeningSocket) return { address: description.address, port: description.port };
  return socketAt(task, fd).local;
}

export function peerAddress(task: TaskStruct, fd: number): SocketAddress {
  return socketAt(task, fd).remote;
}

export function socketsOf(task: TaskStruct): readonly SocketInfo[] {
  const { listeners, sockets, datagrams } = networkOf(task);
  return [
    ...listeners.map((listener) => ({
      protocol: 'tcp' as const,
      inode: listener.stat().inode,
      state: 'LISTEN' as const,
      local: { address: listener.address, port: listener.port },
    })),
    ...sockets.map((socket) => ({
      protocol: 'tcp' as const,
      inode: socket.stat().inode,
      state: socket.state,
      local: socket.local,
      remote: socket.remote,
    })),
    ...datagrams.map((socket) => ({
      protocol: 'udp' as const,
      inode: socket.stat().inode,
      state: 'UNCONN' as const,
      local: { address: socket.address, port: socket.port },
    })),
  ];
}

export function openDatagram(task: TaskStruct, port = 0, address = '0.0.0.0'): number {
  requirePort(task, port);
  return task.files.add(networkOf(task).openDatagram(port, address));
}

function datagramAt(task: TaskStruct, fd: number): DatagramSocket {
  const description = task.files.get(fd);
  if (!(description instanceof DatagramSocket)) throw new Errno('EINVAL');
  return description;
}

export function sendTo(task: TaskStruct, fd: number, data: Uint8Array, to: SocketAddress): void {
  charge(task, 1);
  datagramAt(task, fd).send(data, to, senderOf(task));
}

export function* receiveFrom(task: TaskStruct, fd: number, timeoutMs?: number): Task<Datagram | undefined> {
  const socket = datagramAt(task, fd);
  const ready = yield* poll(task, [fd], timeoutMs);
  return ready.length === 0 ? undefined : socket.receive();
}

/** As an unprivileged ICMP socket, which net.ipv4.ping_group_range lets everybody have, or a raw one. */
export function* echo(task: TaskStruct, address: string, options: EchoOptions): Task<EchoReply | undefined> {
  const network = networkOf(task);
  const [least = 0, most = 0] = (network.sysctl('ipv4.ping_group_range') ?? '0\t2147483647').split('\t').map(Number);
  const { gid } = task.credentials;
  if ((gid < least || gid > most) && !hasCapability(task.credentials, 'CAP_NET_RAW')) throw new Errno('EPERM');
  if (!network.isOwn(address) && network.routeTo(address) === undefined) throw new Errno('ENETUNREACH');
  charge(task, 1);
  return yield* waitFor<EchoReply | undefined>({
    start: (resume) => sendEcho(network, address, options, resume, senderOf(task)),
  });
}

export function openPacketSocket(task: TaskStruct, load: CaptureLoader, options: PacketSocketOptions): number {
  if (!hasCapability(task.credentials, 'CAP_NET_RAW')) throw new Errno('EPERM');
  const network = networkOf(task);
  const { interfaceName } = options;
  if (interfaceName !== undefined && network.interfaces.every(({ name }) => name !== interfaceName)) {
    throw new Errno('ENODEV');
  }
  const { fabric } = network;
  fabric.capture ??= load(fabric as never) as Capture;
  return task.files.add(fabric.capture.open(network, options));
}

function requireNetworkAdministrator(task: TaskStruct): void {
  if (!hasCapability(task.credentials, 'CAP_NET_ADMIN')) throw new Errno('EPERM');
}

export function packetFilter(task: TaskStruct): PacketFilter {
  requireNetworkAdministrator(task);
  return { ...networkOf(task).netfilter(), nowMs: task.kernel.sim.nowMs };
}

export function setDummyInterface(task: TaskStruct, name: string, addresses: readonly string[]): void {
  requireNetworkAdministrator(task);
  const network = networkOf(task);
  const known = network.interfaces.find((each) => each.name === name);
  if (known !== undefined && known.kind !== 'dummy') throw new Errno('EEXIST');
  network.addInterface({
    name,
    mac: known?.mac ?? '7e:6c:70:76:73:30',
    mtu: 1500,
    kind: 'dummy',
    addresses: addresses.map((address) => ({ address, prefixLength: 32 })),
  });
}

export function deleteDummyInterface(task: TaskStruct, name: string): void {
  requireNetworkAdministrator(task);
  const network = networkOf(task);
  if (!network.interfaces.some((each) => each.name === name && each.kind === 'dummy')) throw new Errno('ENODEV');
  network.removeInterface(name);
}

export function addRoute(task: TaskStruct, route: Route): void {
  requireNetworkAdministrator(task);
  networkOf(task).addRoute(route);
}

export function deleteRoute(task: TaskStruct, route: Pick<Route, 'destination' | 'prefixLength'>): void {
  requireNetworkAdministrator(task);
  networkOf(task).deleteRoute(route);
}
