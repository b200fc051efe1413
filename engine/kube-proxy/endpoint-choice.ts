import type { ProxyEndpoint } from './endpoints.ts';
import { isExternallyAccessible, type ServicePort } from './service-port.ts';

/** Where a proxy stands, as far as hints speak of it. */
export interface ProxyTopology {
  readonly nodeName: string;
  readonly zone: string | undefined;
}

/** The endpoints that a port's traffic may go to from this node. */
export interface EndpointChoice {
  /** For traffic with the policy Cluster. */
  readonly cluster: readonly ProxyEndpoint[];
  /** For traffic with the policy Local. */
  readonly local: readonly ProxyEndpoint[];
  /** Both, each once. */
  readonly reachable: readonly ProxyEndpoint[];
  /** Whether there is any that could be used, here or elsewhere. */
  readonly any: boolean;
}

/**
 * Which endpoints count: the ready ones; where there are none, those that are about to end but still serve
 * (https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-policies). After pkg/proxy/topology.go.
 */
export function chooseEndpoints(
  service: ServicePort,
  endpoints: readonly ProxyEndpoint[],
  topology: ProxyTopology,
): EndpointChoice {
  const external = isExternallyAccessible(service);
  const usesCluster = !service.internalLocal || external;
  const usesLocal = service.internalLocal || (service.externalLocal && external);
  const cluster = usesCluster ? usable(endpoints, hinted(service, endpoints, topology)) : [];
  const local = usesLocal ? usable(endpoints, ({ local: here }) => here) : [];
  const seen = new Set(cluster);
  const reachable = usesLocal ? [...cluster, ...local.filter((endpoint) => !seen.has(endpoint))] : cluster;
  const any = reachable.length > 0 || endpoints.some((endpoint) => endpoint.ready || isFallback(endpoint));
  return { cluster, local, reachable, any };
}

function usable(
  endpoints: readonly ProxyEndpoint[],
  allowed: (endpoint: ProxyEndpoint) => boolean,
): readonly ProxyEndpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready && allowed(endpoint));
  if (ready.length > 0) return ready;
  return endpoints.filter((endpoint) => isFallback(endpoint) && allowed(endpoint));
}

function isFallback({ serving, terminating }: ProxyEndpoint): boolean {
  return serving && terminating;
}

/**
 * Hints are followed only when every ready endpoint has them and at least one is for here: otherwise some endpoints would
 * get no traffic, or this node none. https://kubernetes.io/docs/concepts/services-networking/topology-aware-routing/#safeguards
 */
function hinted(
  service: ServicePort,
  endpoints: readonly ProxyEndpoint[],
  { nodeName, zone }: ProxyTopology,
): (endpoint: ProxyEndpoint) => boolean {
  const everyone = () => true;
  if (service.internalLocal && service.externalLocal) return everyone;
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  if (ready.length === 0) return everyone;
  const forNode = ({ nodeHints }: ProxyEndpoint) => nodeHints.includes(nodeName);
  if (ready.every(({ nodeHints }) => nodeHints.length > 0) && ready.some(forNode)) return forNode;
  if (zone === undefined || zone === '') return everyone;
  const forZone = ({ zoneHints }: ProxyEndpoint) => zoneHints.includes(zone);
  return ready.every(({ zoneHints }) => zoneHints.length > 0) && ready.some(forZone) ? forZone : everyone;
}
