import { Errno } from '../../errno.ts';
import type { HookContext, HookVerdict, PacketHook } from '../netfilter/hook.ts';
import type { Endpoint, Packet } from '../netfilter/packet.ts';
import { SCHEDULERS } from './schedulers.ts';
import { type RealServer, serverKey, type VirtualServer } from './virtual-server.ts';

/** A connection that was given to a real server. */
export interface VirtualConnection {
  readonly protocol: 'tcp' | 'udp';
  readonly client: Endpoint;
  readonly virtual: Endpoint;
  readonly real: RealServer;
  state: 'ESTABLISHED' | 'FIN_WAIT' | 'UDP';
  expiresMs: number;
}

/** Whom a client stays with. */
interface Persistence {
  readonly real: RealServer;
  expiresMs: number;
}

/** `ipvsadm -l --timeout`: tcp, tcpfin, udp; in milliseconds. */
export const TIMEOUTS_MS = { tcp: 900_000, tcpFin: 120_000, udp: 300_000 } as const;

/** Behind the tables of iptables where packets come in, and behind their translation where they are sent. */
const INPUT_PRIORITY = 99;
const OUTPUT_PRIORITY = -98;

/**
 * The virtual servers of one network namespace: the kernel's IPVS, which finds a server in one step however many there are
 * and remembers whom it gave each connection to. http://www.linuxvirtualserver.org/Documents.html
 */
export class VirtualServers {
  readonly #servers = new Map<string, VirtualServer>();
  readonly #connections = new Set<VirtualConnection>();
  readonly #persistent = new Map<string, Persistence>();
  /** Of connections that have ended: those that end later are forgotten later. */
  #ended: VirtualConnection[] = [];

  readonly hooks: readonly PacketHook[] = [
    { hook: 'INPUT', priority: INPUT_PRIORITY, run: (packet, context) => this.#balance(packet, context) },
    { hook: 'OUTPUT', priority: OUTPUT_PRIORITY, run: (packet, context) => this.#balance(packet, context) },
  ];

  get all(): readonly VirtualServer[] {
    return [...this.#servers.values()];
  }

  find(key: string): VirtualServer | undefined {
    return this.#servers.get(key);
  }

  /** Throws EEXIST. */
  add(server: Pick<VirtualServer, 'protocol' | 'address' | 'port' | 'scheduler' | 'persistence'>): void {
    const key = serverKey(server);
    if (this.#servers.has(key)) throw new Errno('EEXIST');
    const traffic = { connections: 0, packets: 0, bytes: 0 };
    this.#servers.set(key, { ...server, reals: [], traffic, turn: -1, bar: 0 });
  }

  /** Throws ESRCH. */
  delete(key: string): void {
    if (!this.#servers.delete(key)) throw new Errno('ESRCH');
  }

  clear(): void {
    this.#servers.clear();
  }

  /** What is remembered, without what has expired. */
  connections(nowMs: number): readonly VirtualConnection[] {
    this.#forgetExpired(nowMs);
    return [...this.#connections];
  }

  #forgetExpired(nowMs: number): void {
    let count = 0;
    while (count < this.#ended.length && this.#ended[count]!.expiresMs <= nowMs) {
      const ended = this.#ended[count++]!;
      if (this.#connections.delete(ended)) ended.real.inactiveConnections -= 1;
    }
    if (count > 0) this.#ended = this.#ended.slice(count);
  }

  #balance(packet: Packet, context: HookContext): HookVerdict {
    if (packet.protocol === 'icmp' || packet.balanced === true || packet.state !== 'NEW') return 'ACCEPT';
    const server = this.#servers.get(serverKey({ protocol: packet.protocol, ...packet.destination }));
    if (server === undefined) return 'ACCEPT';
    this.#forgetExpired(context.nowMs);
    const kept = this.#kept(server, packet, context.nowMs);
    const real = kept ?? SCHEDULERS[server.scheduler]!(server, packet);
    this.#tell(server, real, kept !== undefined, context);
    // Nobody is there: the client is told so.
    if (real === undefined) return { reject: 'icmp-port-unreachable' };
    this.#connect(server, real, packet, context);
    packet.destination = { address: real.address, port: real.port };
    packet.translated = true;
    packet.balanced = true;
    return 'ACCEPT';
  }

  /** Whom the client met before, where the server lets it stay. */
  #kept(server: VirtualServer, { source }: Packet, nowMs: number): RealServer | undefined {
    if (server.persistence === undefined) return undefined;
    const known = this.#persistent.get(`${serverKey(server)} ${source.address}`);
    if (known === undefined || known.expiresMs <= nowMs) return undefined;
    return server.reals.includes(known.real) && known.real.weight > 0 ? known.real : undefined;
  }

  #connect(server: VirtualServer, real: RealServer, packet: Packet, { nowMs, onFlow }: HookContext): void {
    const { source: client, destination: virtual, bytes } = packet;
    const tcp = server.protocol === 'tcp';
    const connection: VirtualConnection = {
      protocol: server.protocol,
      client,
      virtual,
      real,
      state: tcp ? 'ESTABLISHED' : 'UDP',
      expiresMs: nowMs + (tcp ? TIMEOUTS_MS.tcp : TIMEOUTS_MS.udp),
    };
    this.#connections.add(connection);
    if (server.persistence !== undefined) {
      const expiresMs = nowMs + server.persistence * 1000;
      this.#persistent.set(`${serverKey(server)} ${client.address}`, { real, expiresMs });
    }
    for (const { traffic } of [server, real]) {
      traffic.connections += 1;
      traffic.packets += 1;
      traffic.bytes += bytes;
    }
    if (!tcp) {
      real.inactiveConnections += 1;
      this.#end(connection);
      return;
    }
    real.activeConnections += 1;
    onFlow?.({
      forget: () => {
        if (this.#connections.delete(connection)) real.activeConnections -= 1;
      },
      close: (closedMs) => {
        if (!this.#connections.has(connection) || connection.state !== 'ESTABLISHED') return;
        real.activeConnections -= 1;
        real.inactiveConnections += 1;
        connection.state = 'FIN_WAIT';
        connection.expiresMs = closedMs + TIMEOUTS_MS.tcpFin;
        this.#end(connection);
      },
    });
  }

  /** In the order in which they expire. */
  #end(connection: VirtualConnection): void {
    let at = this.#ended.length;
    while (at > 0 && this.#ended[at - 1]!.expiresMs > connection.expiresMs) at -= 1;
    this.#ended.splice(at, 0, connection);
  }

  #tell(server: VirtualServer, real: RealServer | undefined, remembered: boolean, { onNotice }: HookContext): void {
    const nameOf = ({ address, port }: RealServer) => `${address}:${port}`;
    const usable = server.reals.filter(({ weight }) => weight > 0);
    onNotice?.({
      table: 'ipvs',
      chain: `${serverKey(server)} ${server.scheduler}`,
      number: real === undefined ? 0 : server.reals.indexOf(real) + 1,
      packets: server.traffic.packets + 1,
      text: () => (real === undefined ? 'no destination available' : `-> ${nameOf(real)} Masq ${real.weight}`),
      ...(real !== undefined && { target: nameOf(real) }),
      remembered,
      choice: () =>
        usable.map((each) => ({ name: nameOf(each), probability: 1 / usable.length, chosen: each === real })),
    });
  }
}
