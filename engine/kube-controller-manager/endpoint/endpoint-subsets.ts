import { isReady } from '../../api/core/ready.ts';
import type { Endpoints, Pod, Service } from '../../api/kinds.ts';
import {
  type EndpointPort,
  endpointHostname,
  endpointPorts,
  isEndpoint,
  isHeadless,
  targetReference,
} from '../selected-pods.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];
type Port = NonNullable<Subset['ports']>[number];

interface Group {
  readonly ports: readonly Port[];
  readonly ready: Address[];
  readonly notReady: Address[];
}

/**
 * The addresses of a Service's Pods, grouped by the ports they have in common, in the canonical order. After
 * `pkg/controller/endpoint/endpoints_controller.go` and `pkg/api/v1/endpoints` (RepackSubsets).
 */
export function endpointSubsets(service: Service, pods: readonly Pod[]): Subset[] {
  const publishAll = service.spec.publishNotReadyAddresses === true;
  const groups = new Map<string, Group>();
  for (const pod of pods) {
    if (!isEndpoint(pod, publishAll)) continue;
    const ports = endpointPorts(service, pod).map(subsetPort);
    const isBare = isHeadless(service) && (service.spec.ports ?? []).length === 0;
    if (ports.length === 0 && !isBare) continue;
    ports.sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, ready: [], notReady: [] };
    groups.set(key, group);
    (publishAll || isReady(pod) ? group.ready : group.notReady).push(address(service, pod));
  }
  return [...groups].toSorted(([a], [b]) => compare(a, b)).map(([, group]) => subset(group));
}

function subsetPort({ name, port, protocol, appProtocol }: EndpointPort): Port {
  return {
    ...(name === '' ? {} : { name }),
    port,
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  };
}

function address(service: Service, pod: Pod): Address {
  const hostname = endpointHostname(service, pod);
  return {
    ip: pod.status!.podIP!,
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: targetReference(pod),
  };
}

function subset({ ports, ready, notReady }: Group): Subset {
  const byAddress = (a: Address, b: Address) => compare(a.ip!, b.ip!) || compare(uidOf(a), uidOf(b));
  return {
    ...(ready.length > 0 ? { addresses: ready.sort(byAddress) } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady.sort(byAddress) } : {}),
    ...(ports.length > 0 ? { ports: [...ports] } : {}),
  };
}

function uidOf({ targetRef }: Address): string {
  return targetRef?.uid ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** No Endpoints object lists more addresses; not ready ones are dropped first. */
const MAX_ADDRESSES = 1_000;

/** Undefined when there are not too many. After `truncateEndpoints`, which keeps each subset's share. */
export function truncatedSubsets(subsets: readonly Subset[]): Subset[] | undefined {
  const ready = subsets.reduce((sum, { addresses = [] }) => sum + addresses.length, 0);
  const all = subsets.reduce((sum, { notReadyAddresses = [] }) => sum + notReadyAddresses.length, ready);
  if (all <= MAX_ADDRESSES) return undefined;
  const readyShare = Math.min(1, MAX_ADDRESSES / Math.max(1, ready));
  const restShare = Math.max(0, MAX_ADDRESSES - ready) / Math.max(1, all - ready);
  return subsets
    .map(({ addresses = [], notReadyAddresses = [], ports }) => ({
      addresses: addresses.slice(0, Math.floor(addresses.length * readyShare)),
      notReadyAddresses: notReadyAddresses.slice(0, Math.floor(notReadyAddresses.length * restShare)),
      ...(ports === undefined ? {} : { ports }),
    }))
    .filter(({ addresses, notReadyAddresses }) => addresses.length + notReadyAddresses.length > 0);
}
