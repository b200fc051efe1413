/** What of a proxy's configuration shapes the rules. */
export interface RuleSettings {
  /** The bit that marks packets to be masqueraded. */
  readonly masqueradeMark: number;
  readonly masqueradeAll: boolean;
  /** What tells traffic of this cluster's Pods from other traffic; undefined when nothing does. */
  readonly podTraffic: PodTraffic | undefined;
  readonly localhostNodePorts: boolean;
  /** Addresses on which node ports are open; undefined for all. */
  readonly nodePortAddresses: readonly string[] | undefined;
  /** The node's own address. */
  readonly nodeIp: string;
}

/** Conditions of a rule. */
export interface PodTraffic {
  readonly is: string;
  readonly isNot: string;
}

/** Lines for `iptables-restore`, gathered by table. */
export interface RuleLines {
  readonly filter: string[];
  readonly natChains: Set<string>;
  readonly nat: string[];
}
