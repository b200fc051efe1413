/** An IPv4 network, by its address as a number. */
export interface Network {
  readonly base: number;
  readonly prefixLength: number;
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

interface Negatable {
  readonly negated: boolean;
}

/**
 * One condition of a rule. Those of `-p`, `-s`, `-d`, `-i` and `-o` come first, the others in the order in which they
 * were written. https://manpages.debian.org/bookworm/iptables/iptables-extensions.8.en.html
 */
export type Match =
  | ({ readonly kind: 'protocol'; readonly protocol: string } & Negatable)
  | ({ readonly kind: 'source' | 'destination'; readonly network: Network } & Negatable)
  /** A name that ends in `+` stands for all that begin so. */
  | ({ readonly kind: 'in' | 'out'; readonly name: string } & Negatable)
  | ({
      readonly kind: 'ports';
      readonly module: string;
      readonly side: 'source' | 'destination';
      readonly range: PortRange;
    } & Negatable)
  | ({
      readonly kind: 'multiport';
      readonly side: 'source' | 'destination' | 'both';
      readonly ranges: readonly PortRange[];
    } & Negatable)
  | { readonly kind: 'comment'; readonly text: string }
  /** In parts of 2^31, as the kernel keeps it. */
  | ({ readonly kind: 'random'; readonly probability: number } & Negatable)
  | ({ readonly kind: 'nth'; readonly every: number; readonly packet: number } & Negatable)
  | ({ readonly kind: 'mark'; readonly value: number; readonly mask: number } & Negatable)
  | ({ readonly kind: 'addressType'; readonly side: 'source' | 'destination'; readonly type: string } & Negatable)
  | ({ readonly kind: 'state'; readonly module: 'conntrack' | 'state'; readonly states: readonly string[] } & Negatable)
  | ({
      readonly kind: 'recent';
      readonly action: 'set' | 'rcheck' | 'update' | 'remove';
      readonly name: string;
      readonly seconds?: number;
      readonly reap: boolean;
    } & Negatable)
  | ({ readonly kind: 'set'; readonly name: string; readonly sides: readonly string[] } & Negatable);

/** What a rule does with a packet that all its conditions fit. Without a target it only counts. */
export type Target =
  | { readonly kind: 'verdict'; readonly verdict: 'ACCEPT' | 'DROP' | 'RETURN' }
  | { readonly kind: 'chain'; readonly chain: string; readonly goto: boolean }
  | { readonly kind: 'REJECT'; readonly with: string }
  | { readonly kind: 'DNAT'; readonly address?: string; readonly port?: number }
  | { readonly kind: 'REDIRECT'; readonly port?: number }
  | { readonly kind: 'SNAT'; readonly address: string; readonly port?: number }
  | { readonly kind: 'MASQUERADE'; readonly randomFully: boolean }
  /** mark = (mark & ~mask) ^ value */
  | { readonly kind: 'MARK'; readonly value: number; readonly mask: number }
  | { readonly kind: 'LOG'; readonly prefix: string };

export interface Rule {
  readonly matches: readonly Match[];
  readonly target: Target | undefined;
  /** Counted by the walk. */
  packets: number;
  bytes: number;
  /** How many packets an `nth` condition has seen. */
  seen: number;
}
