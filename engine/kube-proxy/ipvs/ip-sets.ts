import type { EndpointChoice } from '../endpoint-choice.ts';
import { isInRange, type RuleSettings } from '../iptables/rule-settings.ts';
import type { ServicePort } from '../service-port.ts';

/** Names, types and what they are for, as upstream has them in pkg/proxy/ipvs/ipset.go. */
export const SETS = {
  'KUBE-LOOP-BACK': ['hash:ip,port,ip', 'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose'],
  'KUBE-CLUSTER-IP': ['hash:ip,port', 'Kubernetes service cluster ip + port for masquerade purpose'],
  'KUBE-EXTERNAL-IP': ['hash:ip,port', 'Kubernetes service external ip + port for masquerade and filter purpose'],
  'KUBE-EXTERNAL-IP-LOCAL': ['hash:ip,port', 'Kubernetes service external ip + port with externalTrafficPolicy=local'],
  'KUBE-LOAD-BALANCER': ['hash:ip,port', 'Kubernetes service lb portal'],
  'KUBE-LOAD-BALANCER-LOCAL': [
    'hash:ip,port',
    'Kubernetes service load balancer ip + port with externalTrafficPolicy=local',
  ],
  'KUBE-LOAD-BALANCER-FW': [
    'hash:ip,port',
    'Kubernetes service load balancer ip + port for load balancer with sourceRange',
  ],
  'KUBE-LOAD-BALANCER-SOURCE-IP': [
    'hash:ip,port,ip',
    'Kubernetes service load balancer ip + port + source IP for packet filter purpose',
  ],
  'KUBE-LOAD-BALANCER-SOURCE-CIDR': [
    'hash:ip,port,net',
    'Kubernetes service load balancer ip + port + source cidr for packet filter purpose',
  ],
  'KUBE-NODE-PORT-TCP': ['bitmap:port', 'Kubernetes nodeport TCP port for masquerade purpose'],
  'KUBE-NODE-PORT-LOCAL-TCP': ['bitmap:port', 'Kubernetes nodeport TCP port with externalTrafficPolicy=local'],
  'KUBE-NODE-PORT-UDP': ['bitmap:port', 'Kubernetes nodeport UDP port for masquerade purpose'],
  'KUBE-NODE-PORT-LOCAL-UDP': ['bitmap:port', 'Kubernetes nodeport UDP port with externalTrafficPolicy=local'],
  'KUBE-HEALTH-CHECK-NODE-PORT': ['bitmap:port', 'Kubernetes health check node port'],
  'KUBE-IPVS-IPS': ['hash:ip', 'All ipvs service IPs'],
} as const satisfies Readonly<Record<string, readonly [type: string, comment: string]>>;

export type SetName = keyof typeof SETS;

/** What is in each set. */
export type SetEntries = Readonly<Record<SetName, ReadonlySet<string>>>;

/** The entries of all Services together. */
export function setEntries(
  services: readonly (readonly [ServicePort, EndpointChoice])[],
  settings: RuleSettings,
): SetEntries {
  const sets = Object.fromEntries(Object.keys(SETS).map((name) => [name, new Set<string>()])) as unknown as Record<
    SetName,
    Set<string>
  >;
  for (const [service, choice] of services) addService(sets, service, choice, settings);
  return sets;
}

function addService(
  sets: Record<SetName, Set<string>>,
  service: ServicePort,
  { reachable }: EndpointChoice,
  { nodeIp }: RuleSettings,
): void {
  const { protocol, port, clusterIp, externalIps, loadBalancerIps, sourceRanges, nodePort, externalLocal } = service;
  const portal = (address: string) => `${address},${protocol}:${port}`;
  for (const endpoint of reachable) {
    if (endpoint.local) sets['KUBE-LOOP-BACK'].add(`${endpoint.ip},${protocol}:${endpoint.port},${endpoint.ip}`);
  }
  sets['KUBE-CLUSTER-IP'].add(portal(clusterIp));
  for (const address of [clusterIp, ...externalIps, ...loadBalancerIps]) sets['KUBE-IPVS-IPS'].add(address);
  for (const address of externalIps) {
    sets[externalLocal ? 'KUBE-EXTERNAL-IP-LOCAL' : 'KUBE-EXTERNAL-IP'].add(portal(address));
  }
  for (const address of loadBalancerIps) {
    sets['KUBE-LOAD-BALANCER'].add(portal(address));
    if (externalLocal) sets['KUBE-LOAD-BALANCER-LOCAL'].add(portal(address));
    if (sourceRanges.length === 0) continue;
    sets['KUBE-LOAD-BALANCER-FW'].add(portal(address));
    for (const range of sourceRanges)
      sets['KUBE-LOAD-BALANCER-SOURCE-CIDR'].add(`${portal(address)},${range.replace(/\/32$/, '')}`);
    // A node that may come in comes with the balancer's address when it asks itself.
    if (sourceRanges.some((range) => isInRange(nodeIp, range))) {
      sets['KUBE-LOAD-BALANCER-SOURCE-IP'].add(`${portal(address)},${address}`);
    }
  }
  if (service.healthCheckNodePort !== 0) sets['KUBE-HEALTH-CHECK-NODE-PORT'].add(String(service.healthCheckNodePort));
  if (nodePort === 0 || protocol === 'sctp') return;
  const kind = protocol === 'tcp' ? 'TCP' : 'UDP';
  sets[`KUBE-NODE-PORT-${kind}`].add(String(nodePort));
  if (externalLocal) sets[`KUBE-NODE-PORT-LOCAL-${kind}`].add(String(nodePort));
}

/** The lines for `ipset restore` that lead from what is there to what is wanted. */
export function setChanges(before: SetEntries | undefined, wanted: SetEntries): string[] {
  const lines: string[] = [];
  for (const name of Object.keys(SETS) as SetName[]) {
    const old = before?.[name];
    const [type] = SETS[name];
    if (old === undefined) {
      lines.push(`create ${name} ${type}${type === 'bitmap:port' ? ' range 0-65535' : ''}`, `flush ${name}`);
    } else for (const entry of old) if (!wanted[name].has(entry)) lines.push(`del ${name} ${entry}`);
    for (const entry of wanted[name]) if (old?.has(entry) !== true) lines.push(`add ${name} ${entry}`);
  }
  return lines;
}
