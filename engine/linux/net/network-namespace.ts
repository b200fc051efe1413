import { Errno } from '../errno.ts';
import type { NetworkInterface, NetworkNamespace } from '../host.ts';
import type { Neighbour, PacketFilter, Route } from '../syscalls.ts';
import type { FileSystem } from '../vfs/filesystem.ts';
import { type Inode, SpecialInode } from '../vfs/inode.ts';
import { isLoopback, parseAddress } from './address.ts';
import { DatagramSocket } from './datagram-socket.ts';
import type { Fabric } from './fabric.ts';
import { ListeningSocket } from './listening-socket.ts';
import { NeighbourTable } from './neighbour-table.ts';
import { Conntrack } from './netfilter/conntrack.ts';
import { ruleText } from './netfilter/rule-text.ts';
import { Ruleset } from './netfilter/ruleset.ts';
import { restore } from './netfilter/save-format.ts';
import type { NetworkStack } from './network-stack.ts';
import { RoutingTable } from './routing-table.ts';
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
  #neighbours: NeighbourTable | undefined;
  readonly #routes = new RoutingTable(() => this.#reachable);
  #gateway: Route | undefined;
  /** The addresses of all interfaces, and of those that others reach. */
  #own: ReadonlySet<string> | undefined;
  #addresses: readonly string[] | undefined;
  /** Loopback is the first. */
  #lastIndex = 1;
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
    return {
      ruleset: this.#ruleset,
      conntrack: this.#conntrack,
      module: (name, load) => this.#module(name, load),
      loadedModules: () => [...(this.#modules?.keys() ?? [])],
    };
  }

  restoreRules(text: string): void {
    restore(this.netfilter().ruleset, text, { flush: false, counters: false });
  }

  hasChain(table: string, chain: string): boolean {
    return this.#ruleset?.table(table).find(chain) !== undefined;
  }

  rulesTo(table: string, chain: string): readonly string[] {
    return this.netfilter()
      .ruleset.table(table)
      .chains.flatMap(({ name, rules }) =>
        rules
          .filter(({ target }) => target?.kind === 'chain' && target.chain === chain)
          .map((rule) => `${name} ${ruleText(rule)}`),
      );
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
    return named?.addresses[0]?.address ?? this.addresses[0] ?? '127.0.0.1';
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

  /** The default route that the machine has from its start. */
  setGateway(gateway: string, interfaceName: string): void {
    this.#gateway = { destination: '0.0.0.0', prefixLength: 0, gateway, interfaceName };
    this.addRoute(this.#gateway);
  }

  /** Returns its index. */
  addInterface(networkInterface: NetworkInterface): number {
    this.removeInterface(networkInterface.name);
    const index = ++this.#lastIndex;
    this.#setInterfaces([...this.#interfaces, { ...networkInterface, index }]);
    // What is on a dummy is this stack's own.
    if (networkInterface.kind === 'dummy') return index;
    for (const { address, prefixLength } of networkInterface.addresses) this.fabric.claim(address, prefixLength, this);
    return index;
  }

  removeInterface(name: string): void {
    const at = this.#interfaces.findIndex((candidate) => candidate.name === name);
    const removed = this.#interfaces[at];
    if (removed === undefined || removed === LOOPBACK) return;
    this.#setInterfaces(this.#interfaces.toSpliced(at, 1));
    if (removed.kind === 'dummy') return;
    for (const { address } of removed.addresses) this.fabric.release(address, this);
  }

  #setInterfaces(interfaces: readonly NetworkInterface[]): void {
    this.#interfaces = interfaces;
    this.#routes.changed();
    this.#own = undefined;
    this.#addresses = undefined;
  }

  /** All but loopback. */
  get #outward(): readonly NetworkInterface[] {
    return this.#interfaces.filter((candidate) => candidate !== LOOPBACK);
  }

  /** Those that others hear of. */
  get #reachable(): readonly NetworkInterface[] {
    return this.#outward.filter(({ kind }) => kind !== 'dummy');
  }

  get addresses(): readonly string[] {
    this.#addresses ??= this.#reachable.flatMap(({ addresses }) => addresses.map(({ address }) => address));
    return this.#addresses;
  }

  /** Of the interface that has the address. */
  macOf(address: string): string {
    const outward = this.#outward;
    const has = ({ addresses }: NetworkInterface) => addresses.some((held) => held.address === address);
    return (outward.find(has) ?? outward[0] ?? LOOPBACK).mac;
  }

  get routes(): readonly Route[] {
    return this.#routes.all;
  }

  /** Throws ENODEV, EEXIST. */
  addRoute(route: Route): void {
    if (!this.#interfaces.some(({ name }) => name === route.interfaceName)) throw new Errno('ENODEV');
    this.#routes.add(route);
  }

  /** Throws ESRCH. */
  deleteRoute(route: Pick<Route, 'destination' | 'prefixLength'>): void {
    this.#routes.delete(route);
  }

  routeTo(address: string): Route | undefined {
    return this.#routes.lookup(address);
  }

  isBridge(interfaceName: string): boolean {
    return this.#interfaces.some(({ name, kind }) => name === interfaceName && kind === 'bridge');
  }

  /** Somebody was spoken to, or in vain: the neighbour table takes note of who is next on the way there. */
  note(address: string, answered = true): void {
    if (this.isOwn(address)) return;
    const route = this.routeTo(address);
    if (route === undefined) return;
    const next = route.gateway ?? address;
    const mac = answered ? this.fabric.find(next)?.macOf(next) : undefined;
    // Without a gateway the default route leads everywhere, but only what is near is asked for.
    if (answered && (mac === undefined || (route.prefixLength === 0 && route.gateway === undefined))) return;
    const { capture } = this.fabric;
    if (
      capture !== undefined &&
      this.neighbours.every(({ address: known, state }) => known !== next || state !== 'REACHABLE')
    ) {
      capture.asked(this, next, route.interfaceName, mac);
    }
    this.#neighbours ??= new NeighbourTable();
    this.#neighbours.note(next, mac, route.interfaceName, this.fabric.sim.nowMs);
  }

  get neighbours(): readonly Neighbour[] {
    return this.#neighbours?.list(this.fabric.sim.nowMs) ?? [];
  }

  /** The address that a packet to `address` comes from. */
  sourceFor(address: string): string {
    if (isLoopback(address) || address === ANY) return '127.0.0.1';
    if (this.isOwn(address)) return address;
    const route = this.routeTo(address);
    return route?.source ?? this.addressOn(route?.interfaceName ?? '');
  }

  /** Whether packets to the address stay in this namespace. */
  isOwn(address: string): boolean {
    if (isLoopback(address) || address === ANY) return true;
    this.#own ??= new Set(this.#interfaces.flatMap(({ addresses }) => addresses.map((held) => held.address)));
    return this.#own.has(address);
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
    for (const socket of this.#datagrams ?? [])
      if (socket.port === port && (socket.address === ANY || socket.address === address)) return socket;
    return undefined;
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
    this.#routes.clear();
    for (const { name, kind } of this.#interfaces) if (kind !== undefined) this.removeInterface(name);
    if (this.#gateway !== undefined) this.addRoute(this.#gateway);
  }
}
