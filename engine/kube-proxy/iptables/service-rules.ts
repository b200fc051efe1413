import type { EndpointChoice } from '../endpoint-choice.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import { isExternallyAccessible, type ServicePort } from '../service-port.ts';
import type { ChainNames } from './chain-names.ts';
import { isInRange, type PortRules, type RuleLines, type RuleSettings } from './rule-settings.ts';

interface Surroundings {
  readonly names: ChainNames;
  readonly settings: RuleSettings;
}

/** The chains of one port, and which of them there are. */
interface Chains {
  readonly cluster: string;
  readonly local: string;
  readonly external: string;
  readonly firewall: string;
  /** Where the policy for traffic from inside, and from outside, leads. */
  readonly internalPolicy: string;
  readonly externalPolicy: string;
  readonly usesFirewall: boolean;
  readonly hasInternal: boolean;
  readonly hasExternal: boolean;
}

/** @param choice which endpoints its traffic may go to from this node */
export function serviceRules(service: ServicePort, choice: EndpointChoice, surroundings: Surroundings): PortRules {
  const lines: RuleLines = { filter: [], dispatch: [], chains: new Set(), nat: [] };
  const chains = chainsOf(service, choice, surroundings);
  dispatch(lines, service, choice, chains);
  if (service.healthCheckNodePort !== 0) {
    lines.filter.push(
      `-A KUBE-NODEPORTS -m comment --comment "${service.name} health check node port" -m tcp -p tcp --dport ${service.healthCheckNodePort} -j ACCEPT`,
    );
  }
  if (!choice.any) return lines;
  if (chains.hasInternal) masqueradeInternal(lines, service, chains.internalPolicy, surroundings);
  if (isExternallyAccessible(service)) externalChain(lines, service, chains, surroundings);
  if (chains.usesFirewall) firewallChain(lines, service, chains, surroundings);
  const share = (chain: string, endpoints: readonly ProxyEndpoint[]) =>
    shareChain(lines, chain, service, endpoints, surroundings);
  if (choice.cluster.length > 0) share(chains.cluster, choice.cluster);
  if (choice.local.length > 0) share(chains.local, choice.local);
  for (const endpoint of choice.reachable) endpointChain(lines, service, endpoint, surroundings);
  return lines;
}

function chainsOf(service: ServicePort, choice: EndpointChoice, { names }: Surroundings): Chains {
  const { name, protocol } = service;
  const cluster = names.cluster(name, protocol);
  const local = names.local(name, protocol);
  const enough = (isLocal: boolean) => choice.any && (isLocal ? choice.local : choice.cluster).length > 0;
  return {
    cluster,
    local,
    external: names.external(name, protocol),
    firewall: names.firewall(name, protocol),
    internalPolicy: service.internalLocal ? local : cluster,
    externalPolicy: service.externalLocal ? local : cluster,
    usesFirewall: choice.any && service.loadBalancerIps.length > 0 && service.sourceRanges.length > 0,
    hasInternal: enough(service.internalLocal),
    hasExternal: enough(service.externalLocal),
  };
}

/** From the chains that every packet passes to those of the port, or to a refusal when there is nobody. */
function dispatch(
  { filter, dispatch: ways }: RuleLines,
  service: ServicePort,
  choice: EndpointChoice,
  chains: Chains,
): void {
  const { name, protocol, port } = service;
  const to = (address: string) => `-m ${protocol} -p ${protocol} -d ${address} --dport ${port}`;
  const refusal = choice.any ? `"${name} has no local endpoints"` : `"${name} has no endpoints"`;
  const refuse = choice.any ? 'DROP' : 'REJECT';
  const refuseExternal = (condition: string) =>
    filter.push(`-A KUBE-EXTERNAL-SERVICES -m comment --comment ${refusal} ${condition} -j ${refuse}`);

  if (chains.hasInternal) {
    ways.push(
      `-A KUBE-SERVICES -m comment --comment "${name} cluster IP" ${to(service.clusterIp)} -j ${chains.internalPolicy}`,
    );
  } else {
    filter.push(`-A KUBE-SERVICES -m comment --comment ${refusal} ${to(service.clusterIp)} -j ${refuse}`);
  }
  for (const address of service.externalIps) {
    if (choice.any) {
      ways.push(`-A KUBE-SERVICES -m comment --comment "${name} external IP" ${to(address)} -j ${chains.external}`);
    }
    if (!chains.hasExternal) refuseExternal(to(address));
  }
  for (const address of service.loadBalancerIps) {
    const next = chains.usesFirewall ? chains.firewall : chains.external;
    if (choice.any) {
      ways.push(`-A KUBE-SERVICES -m comment --comment "${name} loadbalancer IP" ${to(address)} -j ${next}`);
    }
    if (chains.usesFirewall) {
      filter.push(
        `-A KUBE-PROXY-FIREWALL -m comment --comment "${name} traffic not accepted by ${chains.firewall}" ${to(address)} -j DROP`,
      );
    }
    if (!chains.hasExternal) refuseExternal(to(address));
  }
  if (service.nodePort === 0) return;
  const toNode = `-m ${protocol} -p ${protocol} --dport ${service.nodePort}`;
  if (choice.any) ways.push(`-A KUBE-NODEPORTS -m comment --comment ${name} ${toNode} -j ${chains.external}`);
  if (!chains.hasExternal) refuseExternal(`-m addrtype --dst-type LOCAL ${toNode}`);
}

/** Who is no Pod would be answered by the endpoint directly, from an address that it did not ask. */
function masqueradeInternal({ nat }: RuleLines, service: ServicePort, chain: string, { settings }: Surroundings): void {
  const { name, protocol, port, clusterIp } = service;
  const condition = `-m comment --comment "${name} cluster IP" -m ${protocol} -p ${protocol} -d ${clusterIp} --dport ${port}`;
  if (settings.masqueradeAll) nat.push(`-A ${chain} ${condition} -j KUBE-MARK-MASQ`);
  else if (settings.podTraffic !== undefined) {
    nat.push(`-A ${chain} ${condition} ${settings.podTraffic.isNot} -j KUBE-MARK-MASQ`);
  }
}

/** Traffic from outside. With the policy Local the client's address is kept, but Pods and this node may use all endpoints. */
function externalChain(lines: RuleLines, service: ServicePort, chains: Chains, { settings }: Surroundings): void {
  const { chains: own, nat } = lines;
  const { external, cluster } = chains;
  own.add(external);
  const rule = (comment: string, rest: string) =>
    nat.push(`-A ${external} -m comment --comment "${comment} ${service.name} external destinations" ${rest}`);
  if (!service.externalLocal) rule('masquerade traffic for', '-j KUBE-MARK-MASQ');
  else {
    // Somewhere there are endpoints, so that a chain for all of them is there even if this node has none.
    own.add(cluster);
    if (settings.podTraffic !== undefined) rule('pod traffic for', `${settings.podTraffic.is} -j ${cluster}`);
    rule('masquerade LOCAL traffic for', '-m addrtype --src-type LOCAL -j KUBE-MARK-MASQ');
    rule('route LOCAL traffic for', `-m addrtype --src-type LOCAL -j ${cluster}`);
  }
  if (chains.hasExternal) nat.push(`-A ${external} -j ${chains.externalPolicy}`);
}

/** Only from the ranges that the Service names; the rest meets KUBE-PROXY-FIREWALL. */
function firewallChain(lines: RuleLines, service: ServicePort, chains: Chains, { settings }: Surroundings): void {
  const { chains: own, nat } = lines;
  const { firewall, external } = chains;
  own.add(firewall);
  const allow = (source: string) =>
    nat.push(`-A ${firewall} -m comment --comment "${service.name} loadbalancer IP" -s ${source} -j ${external}`);
  for (const range of service.sourceRanges) allow(range);
  // A node that may come in comes with the balancer's address when it asks itself.
  if (service.sourceRanges.some((range) => isInRange(settings.nodeIp, range))) {
    for (const address of service.loadBalancerIps) allow(address);
  }
  nat.push(
    `-A ${firewall} -m comment --comment "other traffic to ${service.name} will be dropped by KUBE-PROXY-FIREWALL"`,
  );
}

/** Each endpoint gets one in as many as are left, so that all have the same chance; with affinity the last one first. */
function shareChain(
  { chains: own, nat }: RuleLines,
  chain: string,
  { name, protocol, affinitySeconds }: ServicePort,
  endpoints: readonly ProxyEndpoint[],
  { names }: Surroundings,
): void {
  own.add(chain);
  const targets = endpoints.map(({ text }) => ({
    comment: `-A ${chain} -m comment --comment "${name} -> ${text}"`,
    target: names.endpoint(name, protocol, text),
  }));
  if (affinitySeconds !== undefined) {
    for (const { comment, target } of targets) {
      nat.push(`${comment} -m recent --name ${target} --rcheck --seconds ${affinitySeconds} --reap -j ${target}`);
    }
  }
  targets.forEach(({ comment, target }, index) => {
    const left = targets.length - index;
    const chance = left === 1 ? '' : ` -m statistic --mode random --probability ${(1 / left).toFixed(10)}`;
    nat.push(`${comment}${chance} -j ${target}`);
  });
}

function endpointChain(
  { chains: own, nat }: RuleLines,
  { name, protocol, affinitySeconds }: ServicePort,
  { ip, text }: ProxyEndpoint,
  { names }: Surroundings,
): void {
  const chain = names.endpoint(name, protocol, text);
  own.add(chain);
  const comment = `-A ${chain} -m comment --comment ${name}`;
  // An endpoint that reaches itself through its Service would answer itself directly (hairpin).
  nat.push(`${comment} -s ${ip} -j KUBE-MARK-MASQ`);
  const remember = affinitySeconds === undefined ? '' : ` -m recent --name ${chain} --set`;
  nat.push(`${comment}${remember} -m ${protocol} -p ${protocol} -j DNAT --to-destination ${text}`);
}
