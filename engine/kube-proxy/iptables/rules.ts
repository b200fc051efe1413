import { chooseEndpoints, type ProxyTopology } from '../endpoint-choice.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import type { ServicePort } from '../service-port.ts';
import type { ChainNames } from './chain-names.ts';
import type { PortRules, RuleSettings } from './rule-settings.ts';
import { serviceRules } from './service-rules.ts';

export interface RuleInput {
  readonly services: readonly ServicePort[];
  readonly endpoints: ReadonlyMap<string, readonly ProxyEndpoint[]>;
  readonly topology: ProxyTopology;
  readonly settings: RuleSettings;
  readonly names: ChainNames;
  /** What the kernel has from the last sync, of ports whose chains can be left as they are; none for a full sync. */
  readonly written?: WrittenRules;
  /** Chains of a Service or an endpoint that the kernel has from before. */
  readonly oldChains: Iterable<string>;
}

/** By port and protocol: what it was made from, and what came of it. */
export type WrittenRules = ReadonlyMap<string, WrittenPort>;

interface WrittenPort {
  readonly service: ServicePort;
  readonly endpoints: readonly ProxyEndpoint[];
  readonly rules: PortRules;
}

export interface RuleText {
  /** The input of `iptables-restore --noflush --counters`. */
  readonly text: string;
  readonly written: WrittenRules;
  /** The chains of Services and endpoints that the kernel has from now on. */
  readonly chains: ReadonlySet<string>;
  /** How many rules the text has, and how many there are with those that it leaves as they are, by table. */
  readonly counts: Readonly<Record<'last' | 'total', Readonly<Record<'filter' | 'nat', number>>>>;
}

const NO_ENDPOINTS: readonly ProxyEndpoint[] = [];
const NAT_CHAINS = ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ'];
const FILTER_CHAINS = [
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-FORWARD',
  'KUBE-NODEPORTS',
  'KUBE-PROXY-FIREWALL',
  'KUBE-FIREWALL',
];

/**
 * A node's rules as text: what pkg/proxy/iptables/proxier.go feeds to `iptables-restore`. The chains that all ports share
 * are always there in full; of the others only those of ports that have changed.
 * https://kubernetes.io/docs/reference/networking/virtual-ips/#optimizing-iptables-mode-performance
 */
export function iptablesRules(input: RuleInput): RuleText {
  const { settings, services } = input;
  const shared = { filter: [] as string[], nat: masqueradeRules(settings) };
  const changed = { chains: [] as string[], nat: [] as string[] };
  const written = new Map<string, WrittenPort>();
  const chains = new Set<string>();
  if (settings.localhostNodePorts) shared.filter.push(LOCALNET_RULE);
  let left = 0;
  for (const service of services) {
    const { name, protocol } = service;
    const endpoints = input.endpoints.get(name) ?? NO_ENDPOINTS;
    const old = input.written?.get(`${name} ${protocol}`);
    const same = old !== undefined && old.service === service && old.endpoints === endpoints;
    const port = same ? old : { service, endpoints, rules: portRules(service, endpoints, input) };
    const { rules } = port;
    written.set(`${name} ${protocol}`, port);
    append(shared.filter, rules.filter);
    append(shared.nat, rules.dispatch);
    for (const chain of rules.chains) chains.add(chain);
    if (same) left += rules.nat.length;
    else {
      append(changed.chains, rules.chains);
      append(changed.nat, rules.nat);
    }
  }
  append(shared.nat, nodePortRules(settings));
  append(shared.filter, forwardRules(settings));
  const gone = [...input.oldChains].filter((chain) => !chains.has(chain));
  const nat = [...shared.nat, ...changed.nat];
  const last = { filter: shared.filter.length, nat: nat.length };
  return {
    text: restoreText(shared.filter, changed.chains, nat, gone),
    written,
    chains,
    counts: { last, total: { ...last, nat: last.nat + left } },
  };
}

const LOCALNET_RULE =
  '-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP';

function portRules(service: ServicePort, endpoints: readonly ProxyEndpoint[], input: RuleInput): PortRules {
  return serviceRules(service, chooseEndpoints(service, endpoints, input.topology), input);
}

/** One at a time: there may be more of them than a call takes arguments. */
function append(list: string[], more: Iterable<string>): void {
  for (const each of more) list.push(each);
}

function markText({ masqueradeMark }: RuleSettings): string {
  const mark = `0x${masqueradeMark.toString(16).padStart(6, '0')}`;
  return `${mark}/${mark}`;
}

/** Packets that were marked leave with this node's address, so that answers come back through it. */
function masqueradeRules(settings: RuleSettings): string[] {
  const mark = markText(settings);
  const [bit] = mark.split('/');
  return [
    `-A KUBE-POSTROUTING -m mark ! --mark ${mark} -j RETURN`,
    // The mark comes off, lest the packet be masqueraded again when it passes through here once more.
    `-A KUBE-POSTROUTING -j MARK --xor-mark ${bit}`,
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    `-A KUBE-MARK-MASQ -j MARK --or-mark ${bit}`,
  ];
}

/** Last of KUBE-SERVICES: whatever is for an address of this node may be for a node port. */
function nodePortRules({ nodePortAddresses, localhostNodePorts }: RuleSettings): string[] {
  const comment = '"kubernetes service nodeports; NOTE: this must be the last rule in this chain"';
  const destinations =
    nodePortAddresses === undefined
      ? [`${localhostNodePorts ? '' : '! -d 127.0.0.0/8 '}-m addrtype --dst-type LOCAL`]
      : nodePortAddresses.map((address) => `-d ${address}`);
  return destinations.map(
    (destination) => `-A KUBE-SERVICES -m comment --comment ${comment} ${destination} -j KUBE-NODEPORTS`,
  );
}

/** What was let in by a Service is forwarded, whatever the policy of FORWARD. */
function forwardRules(settings: RuleSettings): string[] {
  return [
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    `-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark ${markText(settings)} -j ACCEPT`,
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  ];
}

function restoreText(
  filter: readonly string[],
  chains: readonly string[],
  nat: readonly string[],
  gone: readonly string[],
): string {
  const declare = (chain: string) => `:${chain} - [0:0]`;
  return [
    '*filter',
    ...FILTER_CHAINS.map(declare),
    ...filter,
    'COMMIT',
    '*nat',
    ...NAT_CHAINS.map(declare),
    ...chains.map(declare),
    // A chain must be there, and empty, to be taken away.
    ...gone.map(declare),
    ...nat,
    ...gone.map((chain) => `-X ${chain}`),
    'COMMIT',
    '',
  ].join('\n');
}
