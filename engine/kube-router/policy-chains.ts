import { policyChain, setName } from './names.ts';
import type { NumericPort, PodInfo, PolicyInfo, RuleInfo } from './policy-info.ts';

/** A set as `ipset restore` makes it. */
export interface SetContent {
  readonly type: 'hash:ip' | 'hash:net';
  /** Elements with their options. */
  readonly elements: readonly string[];
}

/** The chains of policies, and the sets that their rules ask. */
export interface PolicyRules {
  readonly chains: ReadonlySet<string>;
  /** Lines for iptables-restore. */
  readonly lines: readonly string[];
  readonly sets: ReadonlyMap<string, SetContent>;
}

/** A packet that a policy allows bears this. */
export const ALLOWED = '0x10000/0x10000';

type Direction = 'ingress' | 'egress';

/**
 * A chain for each policy, with rules that mark what it allows and return. Who is meant stands in sets, so that a Pod that
 * comes or goes changes a set and no rule. After kube-router's pkg/controllers/netpol/policy.go.
 */
export function policyRules(policies: readonly PolicyInfo[]): PolicyRules {
  const writer = new PolicyWriter();
  for (const policy of policies) writer.policy(policy);
  return writer;
}

class PolicyWriter implements PolicyRules {
  readonly chains = new Set<string>();
  readonly lines: string[] = [];
  readonly sets = new Map<string, SetContent>();

  policy(policy: PolicyInfo): void {
    this.chains.add(policyChain(policy));
    for (const direction of ['ingress', 'egress'] as const) {
      const rules = policy[direction];
      if (rules === undefined) continue;
      const own = this.#pods(setName(direction === 'ingress' ? 'DST' : 'SRC', policy), policy.targets);
      for (const [index, rule] of rules.entries()) this.#rule(policy, direction, rule, index, own);
    }
  }

  #rule(policy: PolicyInfo, direction: Direction, rule: RuleInfo, index: number, own: string): void {
    const key = `${direction}rule${index}`;
    const other = direction === 'ingress' ? 'SRC' : 'DST';
    const allow = (who: string, peers: string | undefined) => {
      const about = comment(direction, who, policy);
      if (rule.everyPort) this.#allow(policy, direction, about, own, peers);
      for (const port of rule.ports) this.#allow(policy, direction, about, own, peers, port);
      for (const [at, { pods, ...port }] of rule.namedPorts.entries()) {
        // The side that serves is narrowed to the Pods where the name means this number.
        const servers = this.#pods(setName('DST', policy, `${key}${at}namedport`), pods);
        const clients = direction === 'ingress' ? peers : own;
        this.#append(policy, about, clients, this.#narrowed(direction, servers, peers), port);
      }
    };
    if (rule.everybody) allow('all', undefined);
    if (rule.pods.length > 0) allow('pods', this.#pods(setName(other, policy, `${key}pod`), rule.pods));
    if (rule.ipBlocks.length > 0) allow('ipBlocks', this.#blocks(setName(other, policy, `${key}ipblock`), rule));
  }

  /** Named ports of destinations that are given as blocks of addresses must be in both. */
  #narrowed(direction: Direction, servers: string, peers: string | undefined): readonly string[] {
    return direction === 'ingress' || peers === undefined ? [servers] : [peers, servers];
  }

  #allow(
    policy: PolicyInfo,
    direction: Direction,
    about: string,
    own: string,
    peers: string | undefined,
    port?: NumericPort,
  ): void {
    const others = peers === undefined ? [] : [peers];
    if (direction === 'ingress') this.#append(policy, about, peers, [own], port);
    else this.#append(policy, about, own, others, port);
  }

  #append(
    policy: PolicyInfo,
    about: string,
    source: string | undefined,
    destinations: readonly string[],
    port?: NumericPort,
  ): void {
    const words = [`-A ${policyChain(policy)}`, `-m comment --comment "${about}"`];
    if (source !== undefined) words.push(`-m set --match-set ${source} src`);
    for (const destination of destinations) words.push(`-m set --match-set ${destination} dst`);
    if (port !== undefined) words.push(...portWords(port));
    const condition = words.join(' ');
    this.lines.push(`${condition} -j MARK --set-xmark ${ALLOWED}`, `${condition} -m mark --mark ${ALLOWED} -j RETURN`);
  }

  #pods(name: string, pods: readonly PodInfo[]): string {
    const elements = [...new Set(pods.map(({ ip }) => `${ip} timeout 0`))];
    this.sets.set(name, { type: 'hash:ip', elements });
    return name;
  }

  #blocks(name: string, { ipBlocks }: RuleInfo): string {
    const elements = ipBlocks.flatMap(({ cidr, except }) => [
      ...halves(cidr).map((network) => `${network} timeout 0`),
      ...except.flatMap(halves).map((network) => `${network} timeout 0 nomatch`),
    ]);
    this.sets.set(name, { type: 'hash:net', elements: [...new Set(elements)] });
    return name;
  }
}

/** A set of networks cannot hold the one that is everything, but its halves. */
function halves(cidr: string): readonly string[] {
  return cidr.endsWith('/0') ? ['0.0.0.0/1', '128.0.0.0/1'] : [cidr];
}

function portWords({ protocol, port, endPort }: NumericPort): readonly string[] {
  if (port === undefined) return [`-p ${protocol}`];
  return [`-p ${protocol}`, `--dport ${port}${endPort === undefined ? '' : `:${endPort}`}`];
}

/** As kube-router words it. */
function comment(direction: Direction, who: string, { name, namespace }: PolicyInfo): string {
  if (who === 'pods') {
    return `rule to ACCEPT traffic from source pods to dest pods selected by policy name ${name} namespace ${namespace}`;
  }
  const from = who === 'all' ? 'all sources' : 'specified ipBlocks';
  const to = who === 'all' ? 'all destinations' : 'specified ipBlocks';
  const sentence =
    direction === 'ingress'
      ? `from ${from} to dest pods selected by policy name: ${name}`
      : `from source pods to ${to} selected by policy name: ${name}`;
  return `rule to ACCEPT traffic ${sentence} namespace ${namespace}`;
}
