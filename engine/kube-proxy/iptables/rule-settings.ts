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
  /** Of the mode ipvs. */
  readonly scheduler: string;
}

/** Whether an address is in a network. */
export function isInRange(address: string, range: string): boolean {
  const [base = '', length = '32'] = range.split('/');
  const shift = 32 - Number(length);
  const network = (text: string) => {
    const value = text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    return Math.floor(value / 2 ** shift);
  };
  return network(address) === network(base);
}

/** Conditions of a rule. */
export interface PodTraffic {
  readonly is: string;
  readonly isNot: string;
}

/** What one Service port adds to the input of `iptables-restore`. */
export interface PortRules {
  readonly filter: readonly string[];
  /** In the chains of nat that all ports share: the ways into its own. */
  readonly dispatch: readonly string[];
  /** Its own chains in nat, and their rules. */
  readonly chains: ReadonlySet<string>;
  readonly nat: readonly string[];
}

/** The same while it is gathered. */
export interface RuleLines {
  readonly filter: string[];
  readonly dispatch: string[];
  readonly chains: Set<string>;
  readonly nat: string[];
}
