import type { RuleSettings } from '../iptables/rule-settings.ts';
import type { ServiceCidrs } from '../proxy-state.ts';

export const TABLE = 'ip kube-proxy';

/** Chains that hang on the kernel's hooks: what filters destinations before they are translated stands before -100. */
const BASE_CHAINS: readonly (readonly [name: string, type: string, hook: string, priority: number])[] = [
  ['filter-prerouting-pre-dnat', 'filter', 'prerouting', -110],
  ['filter-output-pre-dnat', 'filter', 'output', -110],
  ['filter-input', 'filter', 'input', 0],
  ['filter-forward', 'filter', 'forward', 0],
  ['filter-output', 'filter', 'output', 0],
  ['nat-prerouting', 'nat', 'prerouting', -100],
  ['nat-output', 'nat', 'output', -100],
  ['nat-postrouting', 'nat', 'postrouting', 100],
];

const NEW = 'ct state new ';
const JUMPS: readonly (readonly [from: string, condition: string, to: string])[] = [
  ['filter-input', NEW, 'nodeport-endpoints-check'],
  ['filter-input', NEW, 'service-endpoints-check'],
  ['filter-forward', NEW, 'service-endpoints-check'],
  ['filter-output', NEW, 'service-endpoints-check'],
  ['filter-prerouting-pre-dnat', NEW, 'firewall-check'],
  ['filter-output-pre-dnat', NEW, 'firewall-check'],
  ['nat-output', '', 'services'],
  ['nat-prerouting', '', 'services'],
  ['nat-postrouting', '', 'masquerading'],
  ['filter-forward', NEW, 'cluster-ips-check'],
  ['filter-output', NEW, 'cluster-ips-check'],
];

/** Where a port of any protocol leads. */
const BY_PORT = 'inet_proto . inet_service : verdict';
const BY_ADDRESS = `ipv4_addr . ${BY_PORT}`;

/** Sets and maps that all Services share. */
const CONTAINERS: readonly (readonly [kind: 'set' | 'map', name: string, type: string, comment: string])[] = [
  ['set', 'cluster-ips', 'ipv4_addr', 'Active ClusterIPs'],
  ['map', 'no-endpoint-services', BY_ADDRESS, 'vmap to drop or reject packets to services with no endpoints'],
  ['map', 'no-endpoint-nodeports', BY_PORT, 'vmap to drop or reject packets to service nodeports with no endpoints'],
  ['map', 'firewall-ips', BY_ADDRESS, 'destinations that are subject to LoadBalancerSourceRanges'],
  ['map', 'service-ips', BY_ADDRESS, 'ClusterIP, ExternalIP and LoadBalancer IP traffic'],
  ['map', 'service-nodeports', BY_PORT, 'NodePort traffic'],
];

/**
 * What is there whatever Services there are: the table, its hooks and the ways from them, emptied of what was there before.
 * After `setupNFTables` in pkg/proxy/nftables/proxier.go.
 *
 * @param fresh whether chains with hooks are to be made anew, since those of another version cannot be changed
 */
export function baseRules(settings: RuleSettings, serviceCidrs: ServiceCidrs, fresh: boolean): string[] {
  const { nodePortAddresses } = settings;
  const lines = [`add table ${TABLE} { comment "rules for kube-proxy" ; }`];
  const chain = (name: string, spec = '') =>
    lines.push(`add chain ${TABLE} ${name}${spec}`, `flush chain ${TABLE} ${name}`);
  const rule = (name: string, text: string) => lines.push(`add rule ${TABLE} ${name} ${text}`);
  if (fresh)
    for (const [name] of BASE_CHAINS) lines.push(`add chain ${TABLE} ${name}`, `delete chain ${TABLE} ${name}`);
  for (const [name, type, hook, priority] of BASE_CHAINS) {
    chain(name, ` { type ${type} hook ${hook} priority ${priority} ; }`);
  }
  const made = new Set<string>();
  for (const [from, condition, to] of JUMPS) {
    if (!made.has(to)) chain(to);
    made.add(to);
    rule(from, `${condition}jump ${to}`);
  }
  chain('mark-for-masquerade');
  const mark = `0x${settings.masqueradeMark.toString(16)}`;
  rule('mark-for-masquerade', `mark set mark or ${mark}`);
  rule('masquerading', `mark and ${mark} == 0 return`);
  rule('masquerading', `mark set mark xor ${mark}`);
  rule('masquerading', 'masquerade fully-random');
  for (const [kind, name, type, comment] of CONTAINERS) {
    lines.push(
      `add ${kind} ${TABLE} ${name} { type ${type} ; comment "${comment}" ; }`,
      `flush ${kind} ${TABLE} ${name}`,
    );
  }
  rule('cluster-ips-check', 'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"');
  if (serviceCidrs.length > 0) {
    const cidrs = serviceCidrs.join(', ');
    rule('cluster-ips-check', `ip daddr { ${cidrs} } drop comment "Drop traffic to unallocated ClusterIPs"`);
  }
  lines.push(`add set ${TABLE} nodeport-ips { type ipv4_addr ; comment "IPs that accept NodePort traffic" ; }`);
  if (nodePortAddresses === undefined) lines.push(`delete set ${TABLE} nodeport-ips`);
  else {
    lines.push(`flush set ${TABLE} nodeport-ips`);
    for (const address of nodePortAddresses) lines.push(`add element ${TABLE} nodeport-ips { ${address} }`);
  }
  chain('reject-chain', ' { comment "helper for @no-endpoint-services / @no-endpoint-nodeports" ; }');
  rule('reject-chain', 'reject');
  const byAddress = 'ip daddr . meta l4proto . th dport vmap';
  const toNode = nodePortAddresses === undefined ? 'ip daddr != 127.0.0.0/8' : 'ip daddr @nodeport-ips';
  const local = nodePortAddresses === undefined ? 'fib daddr type local ' : '';
  rule('service-endpoints-check', `${byAddress} @no-endpoint-services`);
  rule('nodeport-endpoints-check', `${toNode} meta l4proto . th dport vmap @no-endpoint-nodeports`);
  rule('firewall-check', `${byAddress} @firewall-ips`);
  rule('services', `${byAddress} @service-ips`);
  rule('services', `${local}${toNode} meta l4proto . th dport vmap @service-nodeports`);
  return lines;
}
