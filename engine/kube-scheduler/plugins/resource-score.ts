import type { NodeInfo } from '../node-info.ts';
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
export function amountOf(resources: Resources, name: string): number {
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

/** Only cpu and memory are assumed for containers that do not ask. */
function isAssumed(name: string): boolean {
  return name === 'cpu' || name === 'memory';
}

/**
 * What of a resource would be taken on the node with the Pod there: assumed amounts count for cpu and memory, real requests
 * for all else. Undefined when the resource does not count: the node has none, or it is an extended one that the Pod does
 * not ask for.
 */
export function takenOf(name: string, info: PodInfo, node: NodeInfo): number | undefined {
  if (amountOf(node.allocatable, name) === 0) return undefined;
  if (isAssumed(name)) return amountOf(node.nonZeroRequested, name) + amountOf(info.nonZeroRequests, name);
  const wanted = amountOf(info.requests, name);
  if (wanted === 0 && name !== 'ephemeral-storage') return undefined;
  return amountOf(node.requested, name) + wanted;
}
