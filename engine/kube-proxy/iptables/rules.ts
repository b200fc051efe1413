import { chooseEndpoints, type ProxyTopology } from '../endpoint-choice.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import type { ServicePort } from '../service-port.ts';
import type { ChainNames } from './chain-names.ts';
import type { RuleLines, RuleSettings } from './rule-settings.ts';
import { serviceRules } from './service-rules.ts';

export interface RuleInput {
  readonly services: readonly ServicePort[];
  readonly endpoints: ReadonlyMap<string, readonly ProxyEndpoint[]>;
  readonly topology: ProxyTopology;
  readonly settings: RuleSettings;
  readonly names: ChainNames;
  /** Chains of a Service or an endpoint that the kernel has from before. */
  readonly oldChains: Iterable<string>;
}

export interface RuleText {
  /** The input of `iptables-restore --noflush --counters`. */
  readonly text: string;
  /** The chains of Services and endpoints that the kernel has from now on. */
  readonly chains: ReadonlySet<string>;
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
 * The whole of a node's rules as text: what pkg/proxy/iptables/proxier.go feeds to `iptables-restore`.
 * https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-iptables
 */
export function iptablesRules(input: RuleInput): RuleText {
  const { settings } = input;
  const lines: RuleLines = { filter: [], natChains: new Set(), nat: masqueradeRules(settings) };
  if (settings.localhostNodePorts) {
    lines.filter.push(
      '-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    );
  }
  for (const service of input.services) {
    const choice = chooseEndpoints(service, input.endpoints.get(service.name) ?? NO_ENDPOINTS, input.topology);
    serviceRules(lines, service, choice, input);
  }
  closeNodePorts(lines, settings);
  forwardRules(lines, settings);
  const gone = [...input.oldChains].filter((chain) => !lines.natChains.has(chain));
  return { text: restoreText(lines, gone), chains: lines.natChains };
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
function closeNodePorts({ nat }: RuleLines, { nodePortAddresses, localhostNodePorts }: RuleSettings): void {
  const comment = '"kubernetes service nodeports; NOTE: this must be the last rule in this chain"';
  const destinations =
    nodePortAddresses === undefined
      ? [`${localhostNodePorts ? '' : '! -d 127.0.0.0/8 '}-m addrtype --dst-type LOCAL`]
      : nodePortAddresses.map((address) => `-d ${address}`);
  for (const destination of destinations) {
    nat.push(`-A KUBE-SERVICES -m comment --comment ${comment} ${destination} -j KUBE-NODEPORTS`);
  }
}

/** What was let in by a Service is forwarded, whatever the policy of FORWARD. */
function forwardRules({ filter }: RuleLines, settings: RuleSettings): void {
  filter.push(
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    `-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark ${markText(settings)} -j ACCEPT`,
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  );
}

function restoreText({ filter, natChains, nat }: RuleLines, gone: readonly string[]): string {
  const declare = (chain: string) => `:${chain} - [0:0]`;
  return [
    '*filter',
    ...FILTER_CHAINS.map(declare),
    ...filter,
    'COMMIT',
    '*nat',
    ...NAT_CHAINS.map(declare),
    ...[...natChains].map(declare),
    // A chain must be there, and empty, to be taken away.
    ...gone.map(declare),
    ...nat,
    ...gone.map((chain) => `-X ${chain}`),
    'COMMIT',
    '',
  ].join('\n');
}
