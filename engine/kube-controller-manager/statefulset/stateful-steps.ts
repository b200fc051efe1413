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

/** How many Pods an update may take at a time: what `rollingUpdate.maxUnavailable` says, or one. */
export type UpdatePace = 'by-max-unavailable' | 'one-by-one';

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
export function statefulSteps(
  statefulSet: StatefulSet,
  ranks: Ranks,
  updateRevision: string,
  pace: UpdatePace = 'one-by-one',
): Steps {
  const isOrdered = statefulSet.spec.podManagementPolicy !== 'Parallel';
  const filling = fillingSteps(statefulSet, ranks, isOrdered);
  if (filling.blocked) return filling;
  const shrinking = shrinkingSteps(statefulSet, ranks, isOrdered);
  const remove = [...filling.remove, ...shrinking.remove];
  if (shrinking.blocked) return { create: filling.create, remove };
  if (statefulSet.spec.updateStrategy?.type === 'OnDelete') return { create: filling.create, remove };
  const update = { revision: updateRevision, removed: remove };
  const replaced =
    pace === 'one-by-one' ? nextToUpdate(statefulSet, ranks, update) : manyToUpdate(statefulSet, ranks, update);
  return { create: filling.create, remove: [...remove, ...replaced] };
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

/** A rolling update under way. */
interface Update {
  readonly revision: string;
  /** Pods that go already. */
  readonly removed: readonly Pod[];
}

/** The highest Pod of an older revision, once all above it are back and available. */
function nextToUpdate(statefulSet: StatefulSet, ranks: Ranks, { revision, removed }: Update): readonly Pod[] {
  for (let ordinal = ranks.end - 1; ordinal >= lowestToUpdate(statefulSet, ranks); ordinal--) {
    const pod = ranks.pods.get(ordinal);
    if (pod === undefined || ranks.isTerminating(pod) || removed.includes(pod)) return [];
    if (revisionOf(pod) !== revision) return [pod];
    if (!isHealthy(statefulSet, ranks, pod)) return [];
  }
  return [];
}

/** The highest Pods of an older revision, as many as may be missing besides those that are: these count wherever they are. */
function manyToUpdate(statefulSet: StatefulSet, ranks: Ranks, { revision, removed }: Update): readonly Pod[] {
  const { maxUnavailable = 1 } = statefulSet.spec.updateStrategy?.rollingUpdate ?? {};
  let allowed = Math.max(1, scaledValue(maxUnavailable, ranks.end - ranks.start, false));
  const old: Pod[] = [];
  for (let ordinal = ranks.end - 1; ordinal >= ranks.start; ordinal--) {
    const pod = ranks.pods.get(ordinal);
    const isGoing = pod === undefined || ranks.isTerminating(pod) || removed.includes(pod);
    if (isGoing || !isHealthy(statefulSet, ranks, pod)) allowed -= 1;
    if (isGoing || ordinal < lowestToUpdate(statefulSet, ranks)) continue;
    if (revisionOf(pod) !== revision) old.push(pod);
  }
  return old.slice(0, Math.max(0, allowed));
}

function lowestToUpdate({ spec }: StatefulSet, { start }: Ranks): number {
  return start + (spec.updateStrategy?.rollingUpdate?.partition ?? 0);
}
