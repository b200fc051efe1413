import type { Endpoint, Packet } from './packet.ts';

/** The two ends of a flow, as one direction of it shows them. */
export interface Tuple {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** A flow that passed here: as its first packet came in, and as the answers to it look. */
export interface ConntrackEntry {
  readonly protocol: Packet['protocol'];
  readonly original: Tuple;
  readonly reply: Tuple;
  readonly mark: number;
  /** Of a TCP connection. */
  state: 'ESTABLISHED' | 'TIME_WAIT' | 'CLOSE' | undefined;
  /** Whether an answer has been seen. */
  answered: boolean;
  expiresMs: number;
}

/** net.netfilter.nf_conntrack_*: milliseconds; that for TCP is what kube-proxy sets. */
const TIMEOUTS_MS = {
  tcp: 86_400_000,
  closed: 120_000,
  udp: 30_000,
  udpStream: 120_000,
  icmp: 30_000,
} as const;

/** Beyond this old entries make room for new ones. */
const MAX_ENTRIES = 65_536;

/** As long as there are no more, nobody looks for what has expired. */
const FEW_ENTRIES = 256;

/**
 * What a network namespace remembers of the flows that pass it, so that all packets of one are translated alike and
 * answers are translated back. https://wiki.nftables.org/wiki-nftables/index.php/Connection_Tracking_System
 */
export class Conntrack {
  readonly #byOriginal = new Map<string, ConntrackEntry>();
  readonly #byReply = new Map<string, ConntrackEntry>();
  /** With so many, what has expired is dropped: twice as many as were left the last time, so that looking costs little. */
  #crowd = FEW_ENTRIES;

  /** Those that have not expired, the oldest first. */
  entries(nowMs: number): readonly ConntrackEntry[] {
    return [...this.#byOriginal.values()].filter(({ expiresMs }) => expiresMs > nowMs);
  }

  /** Notes a flow whose first packet came as `original` and left as it is now. */
  add(packet: Packet, original: Tuple, nowMs: number): ConntrackEntry {
    const { protocol, mark } = packet;
    const entry: ConntrackEntry = {
      protocol,
      original,
      reply: { source: packet.destination, destination: packet.source },
      mark,
      state: protocol === 'tcp' ? 'ESTABLISHED' : undefined,
      answered: protocol === 'tcp',
      expiresMs: nowMs + TIMEOUTS_MS[protocol],
    };
    if (this.#byOriginal.size >= this.#crowd) this.#makeRoom(nowMs);
    this.#byOriginal.set(keyOf(protocol, original), entry);
    this.#byReply.set(keyOf(protocol, entry.reply), entry);
    return entry;
  }

  /** The flow that the packet is one more of, in the direction of the first. */
  originalOf(packet: Packet, nowMs: number): ConntrackEntry | undefined {
    return this.#alive(this.#byOriginal.get(keyOf(packet.protocol, packet)), nowMs);
  }

  /** The flow that the packet answers. */
  answeredBy(packet: Packet, nowMs: number): ConntrackEntry | undefined {
    const entry = this.#alive(this.#byReply.get(keyOf(packet.protocol, packet)), nowMs);
    if (entry !== undefined) entry.answered = true;
    return entry;
  }

  /** The connection has been closed; it is remembered a little longer. */
  close(entry: ConntrackEntry, nowMs: number): void {
    entry.state = 'TIME_WAIT';
    entry.expiresMs = nowMs + TIMEOUTS_MS.closed;
  }

  delete(entry: ConntrackEntry): void {
    this.#byOriginal.delete(keyOf(entry.protocol, entry.original));
    this.#byReply.delete(keyOf(entry.protocol, entry.reply));
  }

  clear(): void {
    this.#byOriginal.clear();
    this.#byReply.clear();
  }

  #alive(entry: ConntrackEntry | undefined, nowMs: number): ConntrackEntry | undefined {
    if (entry === undefined) return undefined;
    if (entry.expiresMs <= nowMs) {
      this.delete(entry);
      return undefined;
    }
    if (entry.protocol === 'udp') entry.expiresMs = nowMs + (entry.answered ? TIMEOUTS_MS.udpStream : TIMEOUTS_MS.udp);
    return entry;
  }

  /** Drops what has expired, or else the oldest. */
  #makeRoom(nowMs: number): void {
    for (const entry of this.#byOriginal.values()) if (entry.expiresMs <= nowMs) this.delete(entry);
    const [oldest] = this.#byOriginal.values();
    if (this.#byOriginal.size >= MAX_ENTRIES && oldest !== undefined) this.delete(oldest);
    this.#crowd = Math.min(MAX_ENTRIES, Math.max(FEW_ENTRIES, 2 * this.#byOriginal.size));
  }
}

function keyOf(protocol: string, { source, destination }: Tuple): string {
  return `${protocol} ${source.address}:${source.port} ${destination.address}:${destination.port}`;
}
