import type { Neighbour } from '../syscalls.ts';

interface Entry {
  readonly mac: string | undefined;
  readonly interfaceName: string;
  readonly confirmedMs: number;
}

/** net.ipv4.neigh.default.base_reachable_time_ms: afterwards an entry is used, but not trusted. */
const REACHABLE_MS = 30_000;
/** gc_stale_time and gc_thresh1, roughly: failures are forgotten soon. */
const FAILED_MS = 60_000;

/** Who on the links has which address, as ARP found out. https://man7.org/linux/man-pages/man7/arp.7.html */
export class NeighbourTable {
  readonly #entries = new Map<string, Entry>();

  /** @param mac absent where nobody answered */
  note(address: string, mac: string | undefined, interfaceName: string, nowMs: number): void {
    this.#entries.set(address, { mac, interfaceName, confirmedMs: nowMs });
  }

  list(nowMs: number): readonly Neighbour[] {
    return [...this.#entries].flatMap(([address, { mac, interfaceName, confirmedMs }]): readonly Neighbour[] => {
      const ageMs = nowMs - confirmedMs;
      if (mac === undefined) return ageMs > FAILED_MS ? [] : [{ address, interfaceName, state: 'FAILED' }];
      return [{ address, mac, interfaceName, state: ageMs > REACHABLE_MS ? 'STALE' : 'REACHABLE' }];
    });
  }
}
