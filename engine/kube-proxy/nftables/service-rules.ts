import type { EndpointChoice } from '../endpoint-choice.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import { isInRange, type PodTraffic, type RuleSettings } from '../iptables/rule-settings.ts';
import { isExternallyAccessible, type ServicePort } from '../service-port.ts';
import type { NftNames } from './names.ts';

/** What one Service port adds to the table. */
export interface ServiceRules {
  /** Its chains with their rules. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Sets that remember clients, with how long, in seconds. */
  readonly affinitySets: ReadonlyMap<string, number>;
  /** Elements of the shared maps and sets: `service-ips 10.96.0.1 . tcp . 443` → `goto …`; in a set nothing. */
  readonly elements: ReadonlyMap<string, string>;
}

interface Surroundings {
  readonly names: NftNames;
  readonly settings: RuleSettings;
}

/** How much of the port's traffic has somewhere to go. */
interface Reach {
  readonly internal: boolean;
  readonly external: boolean;
}

/** @param choice which endpoints its traffic may go to from this node */
export function serviceRules(service: ServicePort, choice: EndpointChoice, surroundings: Surroundings): ServiceRules {
  const { internalLocal, externalLocal } = service;
  const enough = (isLocal: boolean) => choice.any && (!isLocal || choice.local.length > 0);
  const reach: Reach = { internal: enough(internalLocal), external: enough(externalLocal) };
  const elements = new Map<string, string>();
  dispatch(elements, service, choice, reach, surroundings);
  const chains = new Map<string, string[]>();
  const affinitySets = new Map<string, number>();
  const { names } = surroundings;
  if (reach.internal) masqueradeInternal(chains, service, surroundings);
  if (choice.any && isExternallyAccessible(service)) externalChain(chains, service, reach, surroundings);
  if (hasFirewall(service)) firewallChain(chains, service, surroundings);
  if (choice.cluster.length > 0) shareChain(chains, service, 'service', choice.cluster, names);
  if (choice.local.length > 0) shareChain(chains, service, 'local', choice.local, names);
  for (const endpoint of choice.reachable) {
    endpointChain(chains, service, endpoint, names);
    if (service.affinitySeconds === undefined) continue;
    affinitySets.set(names.endpoint(service, endpoint, 'affinity'), service.affinitySeconds);
  }
  return { chains, affinitySets, elements };
}

function hasFirewall({ loadBalancerIps, sourceRanges }: ServicePort): boolean {
  return loadBalancerIps.length > 0 && sourceRanges.length > 0;
}

/** From the maps that every packet is looked up in to the chains of the port, or to a refusal when there is nobody. */
function dispatch(
  elements: Map<string, string>,
  service: ServicePort,
  { any }: EndpointChoice,
  { internal, external }: Reach,
  { names }: Surroundings,
): void {
  const { name, protocol, port, clusterIp, nodePort, externalIps, loadBalancerIps, internalLocal } = service;
  const comment = ` comment "${name}"`;
  const refusal = any ? 'drop' : 'goto reject-chain';
  const key = (address: string) => `${address} . ${protocol} . ${port}`;
  elements.set(`cluster-ips ${clusterIp}`, '');
  if (internal) {
    const chain = names.service(service, internalLocal ? 'local' : 'service');
    elements.set(`service-ips ${key(clusterIp)}`, `goto ${chain}`);
  } else elements.set(`no-endpoint-services ${key(clusterIp)}${comment}`, refusal);
  const outside = `goto ${names.service(service, 'external')}`;
  for (const address of [...externalIps, ...loadBalancerIps]) {
    if (any) elements.set(`service-ips ${key(address)}`, outside);
    if (!external) elements.set(`no-endpoint-services ${key(address)}${comment}`, refusal);
  }
  if (hasFirewall(service)) {
    const firewall = `goto ${names.service(service, 'firewall')}`;
    for (const address of loadBalancerIps) elements.set(`firewall-ips ${key(address)}`, firewall);
  }
  if (nodePort === 0) return;
  if (any) elements.set(`service-nodeports ${protocol} . ${nodePort}`, outside);
  if (!external) elements.set(`no-endpoint-nodeports ${protocol} . ${nodePort}${comment}`, refusal);
}

function add(chains: Map<string, string[]>, chain: string, ...rules: readonly string[]): void {
  const known = chains.get(chain);
  if (known === undefined) chains.set(chain, [...rules]);
  else known.push(...rules);
}

/** Who is no Pod would be answered by the endpoint directly, from an address that it did not ask. */
function masqueradeInternal(
  chains: Map<string, string[]>,
  service: ServicePort,
  { names, settings: { masqueradeAll, podTraffic } }: Surroundings,
): void {
  const chain = names.service(service, service.internalLocal ? 'local' : 'service');
  const others = masqueradeAll ? '' : podTraffic === undefined ? undefined : ` ${nftCondition(podTraffic).isNot}`;
  if (others !== undefined) add(chains, chain, `ip daddr ${service.clusterIp}${others} jump mark-for-masquerade`);
}

/** Traffic from outside. With the policy Local the client's address is kept, but Pods and this node may use all endpoints. */
function externalChain(
  chains: Map<string, string[]>,
  service: ServicePort,
  { external }: Reach,
  { names, settings: { podTraffic } }: Surroundings,
): void {
  const chain = names.service(service, 'external');
  const cluster = names.service(service, 'service');
  if (!service.externalLocal) add(chains, chain, 'jump mark-for-masquerade');
  else {
    // Somewhere there are endpoints, so that the chain for all of them is there even if this node has none.
    add(chains, cluster);
    if (podTraffic !== undefined) {
      add(chains, chain, `${nftCondition(podTraffic).is} goto ${cluster} comment "short-circuit pod traffic"`);
    }
    add(
      chains,
      chain,
      'fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"',
      `fib saddr type local goto ${cluster} comment "short-circuit local traffic"`,
    );
  }
  if (external) add(chains, chain, `goto ${service.externalLocal ? names.service(service, 'local') : cluster}`);
}

/** Only from the ranges that the Service names; a node that may come in comes with the balancer's address. */
function firewallChain(chains: Map<string, string[]>, service: ServicePort, { names, settings }: Surroundings): void {
  const fromNode = service.sourceRanges.some((range) => isInRange(settings.nodeIp, range));
  const sources = [...service.sourceRanges, ...(fromNode ? service.loadBalancerIps : [])];
  add(chains, names.service(service, 'firewall'), `ip saddr != { ${sources.join(', ')} } drop`);
}

/** One draw decides, however many endpoints there are; before it comes whoever this client met last. */
function shareChain(
  chains: Map<string, string[]>,
  service: ServicePort,
  kind: 'service' | 'local',
  endpoints: readonly ProxyEndpoint[],
  names: NftNames,
): void {
  const chain = names.service(service, kind);
  const targets = endpoints.map((endpoint) => `goto ${names.endpoint(service, endpoint, 'endpoint')}`);
  if (service.affinitySeconds !== undefined) {
    for (const [index, endpoint] of endpoints.entries()) {
      add(chains, chain, `ip saddr @${names.endpoint(service, endpoint, 'affinity')} ${targets[index]}`);
    }
  }
  const choices = targets.map((target, index) => `${index} : ${target}`);
  add(chains, chain, `numgen random mod ${targets.length} vmap { ${choices.join(', ')} }`);
}

function endpointChain(
  chains: Map<string, string[]>,
  service: ServicePort,
  endpoint: ProxyEndpoint,
  names: NftNames,
): void {
  const affinity = names.endpoint(service, endpoint, 'affinity');
  add(
    chains,
    names.endpoint(service, endpoint, 'endpoint'),
    // An endpoint that reaches itself through its Service would answer itself directly (hairpin).
    `ip saddr ${endpoint.ip} jump mark-for-masquerade`,
    ...(service.affinitySeconds === undefined ? [] : [`update @${affinity} { ip saddr }`]),
    `meta l4proto ${service.protocol} dnat to ${endpoint.text}`,
  );
}

/** What tells Pods' traffic, as nft writes it. */
function nftCondition({ is }: PodTraffic): PodTraffic {
  const [option, value = ''] = is.split(' ');
  if (option === '-s') return { is: `ip saddr ${value}`, isNot: `ip saddr != ${value}` };
  const name = value.replace(/\+$/, '*');
  return { is: `iifname "${name}"`, isNot: `iifname != "${name}"` };
}
