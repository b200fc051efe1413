// "Follow this request": what became of a connection, a datagram or an echo request, as plain data.

/** A network stack that a request touches: a Pod's, a node's, or that of another machine. */
export interface RequestPlace {
  readonly kind: 'pod' | 'node' | 'machine';
  readonly name: string;
  /** Of a Pod. */
  readonly namespace?: string;
  /** The machine that it is on. */
  readonly host: string;
}

export interface RequestEnd {
  readonly address: string;
  /** 0 where the protocol has none. */
  readonly port: number;
}

/** A question that the sender asked a name server before. */
export interface NameLookup {
  readonly name: string;
  readonly type: string;
  readonly server: RequestEnd;
  /** `NOERROR`, `NXDOMAIN`, …; absent when no answer came. */
  readonly code?: string;
  /** The answer's records, `data` as a zone file has it. */
  readonly answers: readonly { readonly name: string; readonly type: string; readonly data: string }[];
  /** Milliseconds until the answer; absent without one. */
  readonly tookMs?: number;
  /** The request that the question itself was, by its number. */
  readonly request: number;
}

/** A rule that the packet met and fitted. */
export interface RulePass {
  readonly table: string;
  readonly chain: string;
  /** From 1, as `iptables -L --line-numbers` counts. */
  readonly number: number;
  /** As `iptables-save` writes it, behind `-A CHAIN`. */
  readonly text: string;
  /** The chain it jumps to, `DNAT`, `DROP`, …; absent where it only counts. */
  readonly target?: string;
  /** How many packets it had met with this one. */
  readonly packets: number;
}

/** A hook of the packet filter, and the packet as it left it. */
export interface HookPass {
  readonly hook: 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';
  /** Those that fitted. */
  readonly rules: readonly RulePass[];
  /** How many the packet was held against, with those that did not fit: what the hook costs. */
  readonly examined: number;
  readonly source: RequestEnd;
  readonly destination: RequestEnd;
  readonly verdict: 'ACCEPT' | 'DROP' | 'REJECT';
}

/** One network stack on the way. */
export interface RequestHop {
  readonly place: RequestPlace;
  /** Milliseconds after the packet was sent; absent where it never came. */
  readonly arrivedMs?: number;
  readonly inInterface?: string;
  /** Those that have rules, in order. */
  readonly hooks: readonly HookPass[];
  /** Where it was sent on; absent where the packet's way ends. */
  readonly route?: {
    readonly outInterface: string;
    /** `10.244.2.0/24 via 10.0.0.12 dev eth0` */
    readonly text: string;
    /** Absent where nobody is there. */
    readonly to?: RequestPlace;
  };
}

/** Which endpoint of a Service was taken, and why. */
export interface EndpointChoice {
  readonly endpoint: RequestEnd;
  /** `affinity`: this client was seen lately. `probability`: by lot. `only`: there was no other. */
  readonly reason: 'affinity' | 'probability' | 'only';
  /** What the lot was drawn among, in the order of the rules. */
  readonly candidates: readonly {
    /** What the rule says of itself: `default/web -> 10.244.1.2:80`. */
    readonly comment: string;
    readonly chain: string;
    /** From 0 to 1, of all that came to this chain. */
    readonly probability: number;
    readonly chosen: boolean;
  }[];
}

export type RequestOutcome =
  /** The sender has what it wanted. */
  | { readonly kind: 'connected' | 'answered' | 'delivered' | 'pending' | 'abandoned' }
  /**
   * It died. `reason` says how it felt to the sender; `where` and `rule` who did it, as far as anybody did: `rule` is
   * the rule or policy that dropped or rejected the packet.
   */
  | {
      readonly kind: 'failed';
      readonly reason:
        | 'refused'
        | 'dropped'
        | 'timed out'
        | 'no route'
        | 'host unreachable'
        | 'not permitted'
        | 'unknown host';
      /** In words: `nobody listens on 10.244.1.2:81`. */
      readonly message: string;
      readonly where?: RequestPlace;
      readonly rule?: Pick<RulePass, 'table' | 'chain' | 'text'>;
    };

/** The whole way of one request. */
export interface RequestPath {
  /** Counts all that was sent in this run. */
  readonly number: number;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** Virtual time. */
  readonly beganMs: number;
  readonly endedMs?: number;
  /** When a connection was closed by both ends. */
  readonly closedMs?: number;
  readonly from: RequestPlace;
  /** The process that sent it: its pid on the host and its command line. */
  readonly process?: { readonly pid: number; readonly argv: readonly string[] };
  /** As the sender has the two ends. */
  readonly source: RequestEnd;
  readonly destination: RequestEnd;
  readonly lookups: readonly NameLookup[];
  /** How often its first packet was sent; what follows is about the last time. */
  readonly tries: number;
  readonly hops: readonly RequestHop[];
  readonly choice?: EndpointChoice;
  /** As the packet's ends were at the end of its way, after all translation. */
  readonly arrived?: { readonly source: RequestEnd; readonly destination: RequestEnd };
  readonly outcome: RequestOutcome;
}

/** Which requests are asked for; all conditions must fit. */
export interface RequestFilter {
  /** A Pod's or a machine's name. */
  readonly from?: string;
  /** Address or port that the sender named. */
  readonly address?: string;
  readonly port?: number;
  readonly protocol?: RequestPath['protocol'];
  /** Not begun before this virtual time. */
  readonly sinceMs?: number;
  /** The program's name: `curl`. */
  readonly command?: string;
  /** Without what the system sends of its own: kubelets their probes, Pods of namespaces that begin with `kube-`. */
  readonly besidesSystem?: boolean;
}

/** A request that is tried out: what would become of it now? */
export interface RequestProbe {
  /** A machine (`workstation`, `node-1`), or a Pod that runs. */
  readonly from: string | { readonly pod: string; readonly namespace?: string; readonly container?: string };
  /** A name or an address. */
  readonly host: string;
  /** Not for icmp. */
  readonly port?: number;
  /** tcp unless told. */
  readonly protocol?: RequestPath['protocol'];
  /** Five seconds unless told. */
  readonly timeoutMs?: number;
}
