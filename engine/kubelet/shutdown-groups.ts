import type { Pod } from '../api/kinds.ts';

/** Pods from this priority on, up to that of the next group, end together. */
export interface ShutdownGroup {
  readonly priority: number;
  readonly periodMs: number;
}

/**
 * Which Pods end when the machine is shut down: those of the lowest priority first, and nobody waits for a group without
 * Pods. After `groupByPriority` of `pkg/kubelet/nodeshutdown`.
 * https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#pod-priority-graceful-node-shutdown
 */
export function shutdownOrder(
  groups: readonly ShutdownGroup[],
  pods: readonly Pod[],
): readonly { readonly periodMs: number; readonly pods: readonly Pod[] }[] {
  const ordered = groups.toSorted((a, b) => a.priority - b.priority);
  return ordered
    .map(({ periodMs }, index) => ({ periodMs, pods: pods.filter((pod) => groupOf(ordered, pod) === index) }))
    .filter((group) => group.pods.length > 0);
}

/** The last that the Pod's priority reaches; Pods below all of them are in the first. */
function groupOf(ordered: readonly ShutdownGroup[], { spec }: Pod): number {
  const { priority = 0 } = spec;
  return Math.max(
    0,
    ordered.findLastIndex((group) => group.priority <= priority),
  );
}

/** How long a Pod of a group may take to end: what it asks for, and no longer than the group has. */
export function shutdownGrace({ spec }: Pod, periodMs: number): number {
  return Math.min(Math.floor(periodMs / 1000), spec.terminationGracePeriodSeconds ?? 30);
}
