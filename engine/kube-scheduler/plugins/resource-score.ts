import { CPU, FIGURE, MEMORY, type NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Resources } from '../pod-resources.ts';

/** A resource that counts for a score, and how much. */
export interface WeightedResource {
  readonly name: string;
  readonly weight: number;
}

export const CPU_AND_MEMORY: readonly WeightedResource[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

/** The amount of a resource, by its name. */
function amountOf(resources: Resources, name: string): number {
  switch (name) {
    case 'cpu':
      return resources.milliCpu;
    case 'memory':
      return resources.memory;
    case 'ephemeral-storage':
      return resources.ephemeralStorage;
    default:
      return resources.scalars.get(name) ?? 0;
  }
}

/** A resource as scores ask for it: cpu and memory by their place among the node's figures, others by name. */
export interface ScoredResource extends WeightedResource {
  /** -1 for other resources. */
  readonly place: number;
}

export function scoredResources(resources: readonly WeightedResource[]): readonly ScoredResource[] {
  const places: Readonly<Record<string, number>> = { cpu: CPU, memory: MEMORY };
  return resources.map((resource) => ({ ...resource, place: places[resource.name] ?? -1 }));
}

/** What the node has of the resource. */
export function capacityOf({ name, place }: ScoredResource, node: NodeInfo): number {
  return place < 0 ? amountOf(node.allocatable, name) : node.figure(FIGURE.allocatable + place);
}

/** What of the resource is asked for on the node. */
export function requestedOf({ name, place }: ScoredResource, node: NodeInfo): number {
  return place < 0 ? amountOf(node.requested, name) : node.figure(FIGURE.requested + place);
}

/** What the Pod asks for. */
export function wantedOf({ name, place }: ScoredResource, resources: Resources): number {
  return place === CPU ? resources.milliCpu : place === MEMORY ? resources.memory : amountOf(resources, name);
}

/**
 * What of a resource would be taken on the node with the Pod there: assumed amounts count for cpu and memory, real requests
 * for all else. Undefined when the resource does not count: the node has none, or it is an extended one that the Pod does
 * not ask for.
 */
export function takenOf(resource: ScoredResource, info: PodInfo, node: NodeInfo): number | undefined {
  const { name, place } = resource;
  if (capacityOf(resource, node) === 0) return undefined;
  if (place >= 0) return node.figure(FIGURE.nonZeroRequested + place) + wantedOf(resource, info.nonZeroRequests);
  const wanted = amountOf(info.requests, name);
  if (wanted === 0 && name !== 'ephemeral-storage') return undefined;
  return amountOf(node.requested, name) + wanted;
}
