import { Errno } from '../errno.ts';
import type { NetworkInterface, NetworkNamespace } from '../host.ts';
import type { FileSystem } from '../vfs/filesystem.ts';
import { type Inode, SpecialInode } from '../vfs/inode.ts';
import { isLoopback, parseAddress } from './address.ts';
import type { Attachment, Fabric } from './fabric.ts';
import { ListeningSocket } from './listening-socket.ts';
import type { StreamSocket } from './stream-socket.ts';

const LOOPBACK: NetworkInterface = {
  name: 'lo',
  mac: '00:00:00:00:00:00',
  mtu: 65_536,
  addresses: [{ address: '127.0.0.1', prefixLength: 8 }],
};

/** net.ipv4.ip_local_port_range */
const FIRST_EPHEMERAL_PORT = 32_768;
const LAST_EPHEMERAL_PORT = 60_999;

const FIRST_UNPRIVILEGED_PORT = 1024;

const ANY = '0.0.0.0';

export interface NetNamespaceOptions {
  readonly inode: number;
  readonly fabric: Fabric;
  readonly hostName: string;
  /** Whether the machine is on. */
  readonly isUp: () => boolean;
  /** Where its sockets have their inodes. */
  readonly fs: FileSystem;
}

/** Interfaces, ports and connections of the processes that share a network stack. */
export class NetNamespace implements NetworkNamespace, Attachment {
  readonly kind = 'net';
  readonly inode: number;
  readonly fabric: Fabric;
  readonly hostName: string;
  readonly #isUp: () => boolean;
  readonly #fs: FileSystem;
  #interfaces: readonly NetworkInterface[] = [LOOPBACK];
  // Most namespaces of idle Pods have no sockets.
  #listeners: Map<number, ListeningSocket[]> | undefined;
  #sockets: Set<StreamSocket> | undefined;
  #nextPort = 0;
  #sysctls: Map<string, string> | undefined;

  constructor(options: NetNamespaceOptions) {
    this.inode = options.inode;
    this.fabric = options.fabric;
    this.hostName = options.hostName;
    this.#isUp = options.isUp;
    this.#fs = options.fs;
  }

  /** A value of /proc/sys/net that was changed. */
  sysctl(name: string): string | undefined {
    return this.#sysctls?.get(name);
  }

  setSysctl(name: string, value: string): void {
    this.#sysctls ??= new Map();
    this.#sysctls.set(name, value);
  }

  /** The first port that anybody may listen on. */
  get unprivilegedPortStart(): number {
    return Number(this.sysctl('ipv4.ip_unprivileged_port_start') ?? FIRST_UNPRIVILEGED_PORT);
  }

  get up(): boolean {
    return this.#isUp();
  }

  get interfaces(): readonly NetworkInterface[] {
    return this.#interfaces;
  }

  get listeners(): readonly ListeningSocket[] {
    return [...(this.#listeners?.values() ?? [])].flat();
  }

  get sockets(): readonly StreamSocket[] {
    return [...(this.#sockets ?? [])];
  }

  addInterface(networkInterface: NetworkInterface): void {
    this.removeInterface(networkInterface.name);
    this.#interfaces = [...this.#interfaces, networkInterface];
    for (const { address, prefixLength } of networkInterface.addresses) this.fabric.claim(address, prefixLength, this);
  }

  removeInterface(name: string): void {
    const removed = this.#interfaces.find((candidate) => candidate.name === name);
    if (removed === undefined || removed === LOOPBACK) return;
    this.#interfaces = this.#interfaces.filter((candidate) => candidate !== removed);
    for (const { address } of removed.addresses) this.fabric.release(address, this);
  }

  /** Whether packets to the address stay in this namespace. */
  isOwn(address: string): boolean {
    if (isLoopback(address) || address === ANY) return true;
    return this.#interfaces.some((candidate) => candidate.addresses.some((held) => held.address === address));
  }

  /** The address that connections to others come from; undefined without an interface that leads out. */
  get outgoingAddress(): string | undefined {
    return this.#interfaces.find((candidate) => candidate !== LOOPBACK)?.addresses[0]?.address;
  }

  socketInode(): Inode {
    return new SpecialInode(this.#fs, { mode: 0o777, uid: 0, gid: 0 }, 'socket', () => {
      throw new Errno('ENXIO');
    });
  }

  /** Throws EADDRINUSE, EADDRNOTAVAIL, EINVAL. Port 0 means any free one. */
  listen(port: number, address: string): ListeningSocket {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Errno('EINVAL');
    if (parseAddress(address) === undefined || !this.isOwn(address)) throw new Errno('EADDRNOTAVAIL');
    this.#listeners ??= new Map();
    const listeners = this.#listeners;
    const number = port === 0 ? this.ephemeralPort() : port;
    const here = listeners.get(number) ?? [];
    if (here.some((other) => other.address === ANY || address === ANY || other.address === address)) {
      throw new Errno('EADDRINUSE');
    }
    const socket: ListeningSocket = new ListeningSocket(this.socketInode(), address, number, () => {
      const rest = (listeners.get(number) ?? []).filter((other) => other !== socket);
      if (rest.length === 0) listeners.delete(number);
      else listeners.set(number, rest);
    });
    listeners.set(number, [...here, socket]);
    return socket;
  }

  listenerFor(address: string, port: number): ListeningSocket | undefined {
    return this.#listeners?.get(port)?.find((listener) => listener.address === ANY || listener.address === address);
  }

  ephemeralPort(): number {
    const range = this.sysctl('ipv4.ip_local_port_range')?.split('\t').map(Number);
    const [first = FIRST_EPHEMERAL_PORT, last = LAST_EPHEMERAL_PORT] = range ?? [];
    for (let tries = 0; tries <= last - first; tries++) {
      const port = Math.max(first, this.#nextPort);
      this.#nextPort = port >= last ? first : port + 1;
      if (!this.#listeners?.has(port)) return port;
    }
    throw new Errno('EADDRNOTAVAIL');
  }

  adopt(socket: StreamSocket): void {
    this.#sockets ??= new Set();
    this.#sockets.add(socket);
  }

  drop(socket: StreamSocket): void {
    this.#sockets?.delete(socket);
  }

  /** The machine has lost its power. */
  clear(): void {
    for (const socket of this.#sockets ?? []) socket.abandon();
    this.#sockets = undefined;
    this.#listeners = undefined;
  }
}
