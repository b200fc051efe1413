import { scaledValue } from '../../api/int-or-string.ts';
import type { Pod, StatefulSet } from '../../api/kinds.ts';
import { isAvailable } from '../pod-state.ts';
import { revisionOf } from './stateful-pod.ts';

/** No more than this many Pods are made at a time. */
const BURST = 500;

/** The Pods of a StatefulSet, by ordinal. */
export interface Ranks {
  /** The ordinals that should have a Pod: from `start` up to, but without, `end`. */
  readonly start: number;
  readonly end: number;
  readonly pods: ReadonlyMap<number, Pod>;
  readonly isTerminating: (pod: Pod) => boolean;
  readonly wallMs: number;
}

export interface Steps {
  /** Ordinals that get a Pod. */
  readonly create: readonly number[];
  readonly remove: readonly Pod[];
}

/**
 * What to do next. OrderedReady does one thing at a time: Pods come from the lowest ordinal up and go from the highest
 * down, each when all before it are available. Parallel does not wait. Only when all is in place a rolling update
 * replaces Pods, from the highest ordinal down to the partition.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees, after
 * `pkg/controller/statefulset/stateful_set_control.go` (updateStatefulSet).
 */
export function statefulSteps(statefulSet: StatefulSet, ranks: Ranks, updateRevision: string): Steps {
  const isOrdered = statefulSet.spec.podManagementPolicy !== 'Parallel';
  const filling = fillingSteps(statefulSet, ranks, isOrdered);
  if (filling.blocked) return filling;
  const shrinking = shrinkingSteps(statefulSet, ranks, isOrdered);
  const remove = [...filling.remove, ...shrinking.remove];
  if (shrinking.blocked) return { create: filling.create, remove };
  return { create: filling.create, remove: [...remove, ...updateSteps(statefulSet, ranks, updateRevision, remove)] };
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

function isHealthy({ spec }: StatefulSet, { isTerminating, wallMs }: Ranks, pod: Pod): boolean {
  return pod.status?.phase === 'Running' && !isTerminating(pod) && isAvailable(pod, spec.minReadySeconds ?? 0, wallMs);
}

interface Stage extends Steps {
  /** Nothing that comes later may be done yet. */
  readonly blocked: boolean;
}

/** Makes the Pods that are missing, and clears away those that ended so that they can be made anew. */
function fillingSteps(statefulSet: StatefulSet, ranks: Ranks, isOrdered: boolean): Stage {
  const create: number[] = [];
  const remove: Pod[] = [];
  for (let ordinal = ranks.start; ordinal < ranks.end; ordinal++) {
    const pod = ranks.pods.get(ordinal);
    if (pod === undefined) create.push(ordinal);
    else if (hasEnded(pod)) {
      if (!ranks.isTerminating(pod)) remove.push(pod);
    } else if (!isOrdered || isHealthy(statefulSet, ranks, pod)) continue;
    if (isOrdered || create.length >= BURST) return { create, remove, blocked: true };
  }
  return { create, remove, blocked: false };
}

/** Removes Pods whose ordinal is not wanted, the highest first. */
function shrinkingSteps(statefulSet: StatefulSet, ranks: Ranks, isOrdered: boolean): Stage {
  const isCondemned = (ordinal: number) => ordinal < ranks.start || ordinal >= ranks.end;
  const condemned = [...ranks.pods].filter(([ordinal]) => isCondemned(ordinal)).sort(([a], [b]) => b - a);
  const remove: Pod[] = [];
  const firstUnhealthy = condemned.findLast(([, pod]) => !isHealthy(statefulSet, ranks, pod))?.[1];
  for (const [, pod] of condemned) {
    if (ranks.isTerminating(pod)) {
      if (isOrdered) return { create: [], remove, blocked: true };
      continue;
    }
    const mustWait = isOrdered && !isHealthy(statefulSet, ranks, pod) && pod !== firstUnhealthy;
    if (!mustWait) remove.push(pod);
    if (isOrdered) return { create: [], remove, blocked: true };
  }
  return { create: [], remove, blocked: false };
}

/** @param removed those that go already. */
function updateSteps(
  statefulSet: StatefulSet,
  ranks: Ranks,
  updateRevision: string,
  removed: readonly Pod[],
): readonly Pod[] {
  const { type, rollingUpdate } = statefulSet.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  const allowed = Math.max(1, scaledValue(rollingUpdate?.maxUnavailable ?? 1, ranks.end - ranks.start, false));
  const lowest = ranks.start + (rollingUpdate?.partition ?? 0);
  const remove: Pod[] = [];
  let unavailable = 0;
  for (let ordinal = ranks.end - 1; ordinal >= lowest && unavailable < allowed; ordinal--) {
    const pod = ranks.pods.get(ordinal);
    if (pod === undefined || ranks.isTerminating(pod) || removed.includes(pod)) unavailable += 1;
    else if (revisionOf(pod) !== updateRevision) {
      remove.push(pod);
      unavailable += 1;
    } else if (!isHealthy(statefulSet, ranks, pod)) unavailable += 1;
  }
  return remove;
}
