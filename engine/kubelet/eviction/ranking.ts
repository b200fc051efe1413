import type { Pod } from '../../api/kinds.ts';
import type { ContainerUsage } from '../../api/node-api.ts';
import { podRequest } from '../quantities.ts';

/** A Pod with what it uses. */
export interface Candidate {
  readonly pod: Pod;
  readonly containers: readonly ContainerUsage[];
  /** Bytes of the resource that is short. */
  readonly used: number;
}

/**
 * The Pods in the order in which they go: those that use more than they ask for, then by priority, then by how much more
 * they use. After `pkg/kubelet/eviction/helpers.go` (`rankMemoryPressure`, `rankDiskPressureFunc`).
 * https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#pod-selection-for-kubelet-eviction
 */
export function rankForEviction(candidates: readonly Candidate[], resource: string): Candidate[] {
  const rank = (candidate: Candidate) => {
    const excess = candidate.used - podRequest(candidate.pod, resource);
    return { candidate, excess, exceeds: excess > 0, priority: candidate.pod.spec.priority ?? 0 };
  };
  return candidates
    .map(rank)
    .sort((a, b) => Number(b.exceeds) - Number(a.exceeds) || a.priority - b.priority || b.excess - a.excess)
    .map(({ candidate }) => candidate);
}

const SYSTEM_CRITICAL = 2_000_000_000;

/** Static Pods and those of the highest priorities are never evicted. */
export function isCritical({ metadata, spec }: Pod): boolean {
  const fromFile = metadata.annotations?.['kubernetes.io/config.source'] === 'file';
  return fromFile || (spec.priority ?? 0) >= SYSTEM_CRITICAL;
}
