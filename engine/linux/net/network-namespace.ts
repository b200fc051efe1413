import { Errno } from '../errno.ts';
import type { NetworkInterface, NetworkNamespace } from '../host.ts';
import type { Neighbour, PacketFilter, Route } from '../syscalls.ts';
import type { FileSystem } from '../vfs/filesystem.ts';
import { type Inode, SpecialInode } from '../vfs/inode.ts';
import { inSubnet, isLoopback, networkOf, parseAddress } from './address.ts';
import { DatagramSocket } from './datagram-socket.ts';
import type { Fabric } from './fabric.ts';
import { ListeningSocket } from './listening-socket.ts';
import { Conntrack } from './netfilter/conntrack.ts';
import { Ruleset } from './netfilter/ruleset.ts';
import type { NetworkStack } from './network-stack.ts';
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
  /** Whether it is the machine's own, and not one of a Pod. */
  readonly isMachine: boolean;
  readonly label?: string | undefined;
  /** Where its sockets have their inodes. */
  readonly fs: FileSystem;
}

/** Interfaces, ports and connections of the processes that share a network stack. */
export class NetNamespace implements NetworkNamespace, NetworkStack {
  readonly kind = 'net';
  readonly inode: number;
  readonly fabric: Fabric;
  readonly hostName: string;
  readonly isMachine: boolean;
  readonly label: string | undefined;
  readonly #isUp: () => boolean;
  readonly #fs: FileSystem;
  #interfaces: readonly NetworkInterface[] = [LOOPBACK];
  // Most namespaces of idle Pods have no sockets.
  #listeners: Map<number, ListeningSocket[]> | undefined;
  #sockets: Set<StreamSocket> | undefined;
  #datagrams: Set<DatagramSocket> | undefined;
  #neighbours: Map<string, Neighbour> | undefined;
  #routes: readonly Route[] | undefined;
  #defaultRemoved = false;
  #nextPort = 0;
  #sysctls: Map<string, string> | undefined;
  #ruleset: Ruleset | undefined;
  #conntrack: Conntrack | undefined;
  #modules: Map<string, object> | undefined;

  constructor(options: NetNamespaceOptions) {
    this.inode = options.inode;
    this.fabric = options.fabric;
    this.hostName = options.hostName;
    this.isMachine = options.isMachine;
    this.label = options.label;
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

  get ruleset(): Ruleset | undefined {
    return this.#ruleset;
  }

  get conntrack(): Conntrack | undefined {
    return this.#conntrack;
  }

  /** The packet filter, which comes to be when it is first asked for. */
  netfilter(): Omit<PacketFilter, 'nowMs'> {
    this.#ruleset ??= new Ruleset();
    this.#conntrack ??= new Conntrack();
    return { ruleset: this.#ruleset, conntrack: this.#conntrack, module: (name, load) => this.#module(name, load) };
  }

  #module<T extends object>(name: string, load: () => T): T {
    this.#modules ??= new Map();
    const loaded = this.#modules.get(name) ?? load();
    this.#modules.set(name, loaded);
    return loaded as T;
  }

  /** The address that packets leave with by an interface; the first one where that has none. */
  addressOn(interfaceName: string): string {
    if (interfaceName === LOOPBACK.name) return '127.0.0.1';
    const named = this.#interfaces.find(({ name }) => name === interfaceName);
    return named?.addresses[0]?.address ?? this.outgoingAddress ?? '127.0.0.1';
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

  get addresses(): readonly string[] {
    return this.#interfaces.slice(1).flatMap(({ addresses }) => addresses.map(({ address }) => address));
  }

  get mac(): string {
    return this.#interfaces.find((candidate) => candidate !== LOOPBACK)?.mac ?? LOOPBACK.mac;
  }

  /** The default route first, then the networks of the interfaces. */
  get routes(): readonly Route[] {
    const outward = this.#interfaces.filter((candidate) => candidate !== LOOPBACK);
    const links = outward.flatMap(({ name, addresses }) =>
      addresses.map(({ address, prefixLength }) => ({
        destination: networkOf(address, prefixLength),
        prefixLength,
        interfaceName: name,
      })),
    );
    const added = this.#routes ?? [];
    const hasDefault = added.some(({ prefixLength }) => prefixLength === 0);
    const implied =
      hasDefault || outward.length === 0 || this.#defaultRemoved
        ? []
        : [{ destination: '0.0.0.0', prefixLength: 0, interfaceName: outward[0]!.name }];
    return [...implied, ...added, ...links];
  }

  addRoute(route: Route): void {
    if (!this.#interfaces.some(({ name }) => name === route.interfaceName)) throw new Errno('ENODEV');
    const same = (other: Route) => other.destination === route.destination && other.prefixLength === route.prefixLength;
    if (this.#routes?.some(same)) throw new Errno('EEXIST');
    this.#routes = [...(this.#routes ?? []), route];
  }

  deleteRoute({ destination, prefixLength }: Pick<Route, 'destination' | 'prefixLength'>): void {
    const rest = (this.#routes ?? []).filter(
      (route) => route.destination !== destination || route.prefixLength !== prefixLength,
    );
    if (prefixLength === 0 && rest.length === (this.#routes ?? []).length && !this.#defaultRemoved)
      this.#defaultRemoved = true;
    else if (rest.length === (this.#routes ?? []).length) throw new Errno('ESRCH');
    this.#routes = rest;
  }

  /** Somebody on the link was spoken to, so the neighbour table knows who has the address. */
  note(address: string): void {
    if (this.isOwn(address)) return;
    const found = this.fabric.find(address);
    const through = this.#interfaces.find((candidate) =>
      candidate.addresses.some((held) => inSubnet(address, held.address, held.prefixLength)),
    );
    if (found === undefined || through === undefined) return;
    this.#neighbours ??= new Map();
    this.#neighbours.set(address, { address, mac: found.mac, interfaceName: through.name });
  }

  get neighbours(): readonly Neighbour[] {
    return [...(this.#neighbours?.values() ?? [])];
  }

  /** The address that a packet to `address` comes from. */
  sourceFor(address: string): string {
    if (isLoopback(address) || address === ANY) return '127.0.0.1';
    return this.isOwn(address) ? address : (this.outgoingAddress ?? '127.0.0.1');
  }

  /** Whether packets to the address stay in this namespace. */
  isOwn(address: string): boolean {
    if (isLoopback(address) || address === ANY) return true;
    return this.#interfaces.some((candidate) => candidate.addresses.some((held) => held.address === address));
  }

  /** The address that connections to others come from; undefined without a way out. */
  get outgoingAddress(): string | undefined {
    if (this.#defaultRemoved && !this.#routes?.some(({ prefixLength }) => prefixLength === 0)) return undefined;
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

  /** A UDP socket. Throws EADDRINUSE, EADDRNOTAVAIL, EINVAL. Port 0 means any free one. */
  openDatagram(port: number, address: string): DatagramSocket {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Errno('EINVAL');
    if (parseAddress(address) === undefined || !this.isOwn(address)) throw new Errno('EADDRNOTAVAIL');
    const taken = (candidate: number) =>
      this.datagrams.some(
        (other) => other.port === candidate && (other.address === ANY || address === ANY || other.address === address),
      );
    let number = port === 0 ? this.ephemeralPort() : port;
    while (port === 0 && taken(number)) number = this.ephemeralPort();
    if (taken(number)) throw new Errno('EADDRINUSE');
    const socket: DatagramSocket = new DatagramSocket(this, this.socketInode(), address, number, () => {
      this.#datagrams?.delete(socket);
    });
    this.#datagrams ??= new Set();
    this.#datagrams.add(socket);
    return socket;
  }

  get datagrams(): readonly DatagramSocket[] {
    return [...(this.#datagrams ?? [])];
  }

  datagramFor(address: string, port: number): DatagramSocket | undefined {
    return this.datagrams.find(
      (socket) => socket.port === port && (socket.address === ANY || socket.address === address),
    );
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
    this.#datagrams = undefined;
    this.#neighbours = undefined;
    // Rules are the kernel's: they do not outlive it.
    this.#ruleset = undefined;
    this.#conntrack = undefined;
    this.#modules = undefined;
  }
}
