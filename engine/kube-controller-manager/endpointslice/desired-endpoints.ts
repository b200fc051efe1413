import { isReady } from '../../api/core/ready.ts';
import type { Node, Pod, Service } from '../../api/kinds.ts';
import { type Endpoint, type EndpointGroup, portsKey } from '../endpoint-group.ts';
import { type EndpointPort, endpointHostname, endpointPorts, isEndpoint, targetReference } from '../selected-pods.ts';

export const ZONE = 'topology.kubernetes.io/zone';

/**
 * What the slices of a Service should hold, by their ports. Pods that end stay listed until they are gone: traffic may
 * still go there when nothing else is left.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions, after
 * `k8s.io/endpointslice` (reconciler.go, utils.go).
 */
export function desiredGroups(
  service: Service,
  pods: readonly Pod[],
  nodeOf: (name: string) => Node | undefined,
): Map<string, EndpointGroup> {
  const groups = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>();
  for (const pod of pods) {
    if (!isEndpoint(pod, true)) continue;
    const ports = endpointPorts(service, pod);
    const key = portsKey(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(endpoint(service, pod, nodeOf(pod.spec.nodeName ?? '')));
  }
  return groups;
}

function endpoint(service: Service, pod: Pod, node: Node | undefined): Endpoint {
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const hostname = endpointHostname(service, pod);
  const zone = node?.metadata.labels?.[ZONE];
  const result: Endpoint = {
    addresses: [pod.status!.podIP!],
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    ...(zone === undefined ? {} : { zone }),
    targetRef: targetReference(pod),
  };
  return withDistribution(service, result);
}

/**
 * Whom an endpoint is for.
 * https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution
 */
function withDistribution({ spec }: Service, endpoint: Endpoint): Endpoint {
  const { zone, nodeName, conditions } = endpoint;
  if (conditions?.ready !== true) return endpoint;
  switch (spec.trafficDistribution) {
    case 'PreferClose':
    case 'PreferSameZone':
      return zone === undefined ? endpoint : { ...endpoint, hints: { forZones: [{ name: zone }] } };
    case 'PreferSameNode': {
      if (nodeName === undefined) return endpoint;
      const forZones = zone === undefined ? {} : { forZones: [{ name: zone }] };
      return { ...endpoint, hints: { ...forZones, forNodes: [{ name: nodeName }] } };
    }
    default:
      return endpoint;
  }
}
