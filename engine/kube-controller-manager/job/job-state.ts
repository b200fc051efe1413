import type { Job, Pod } from '../../api/kinds.ts';
import { isActive, isReady, isTerminating } from '../pod-state.ts';
import { completionIndex, isIndexed, parseIndexes } from './completion-indexes.ts';
import { isTracked } from './job-pod.ts';

/** What there is of a Job at the moment: its Pods, sorted by what they mean to it, and the counts so far. */
export interface JobState {
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: readonly Pod[];
  /** Ended, and not noted in the status before. */
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  /** With those just found. */
  readonly succeeded: number;
  readonly failed: number;
  /** Of an Indexed Job. */
  readonly succeededIndexes: ReadonlySet<number>;
}

/** @param counted uids whose finalizer has been taken off though the cache may not show it yet. */
export function observeJob(job: Job, pods: readonly Pod[], counted: ReadonlySet<string>): JobState {
  const { status = {}, spec } = job;
  const noted = status.uncountedTerminatedPods ?? {};
  const isNew = (pod: Pod) =>
    isTracked(pod) &&
    !counted.has(pod.metadata.uid) &&
    noted.succeeded?.includes(pod.metadata.uid) !== true &&
    noted.failed?.includes(pod.metadata.uid) !== true;
  const ended = pods.filter(isNew);
  const failed = ended.filter((pod) => hasFailed(job, pod));
  const active = pods.filter(isActive);
  const succeededIndexes = parseIndexes(status.completedIndexes, spec.completions ?? 0);
  let succeeded = ended.filter((pod) => pod.status?.phase === 'Succeeded');
  if (isIndexed(job)) {
    // Of two Pods with one index only the first counts.
    succeeded = succeeded.filter((pod) => {
      const index = completionIndex(pod, job);
      if (index === undefined || succeededIndexes.has(index)) return false;
      succeededIndexes.add(index);
      return true;
    });
  }
  return {
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter(isTerminating),
    newSucceeded: succeeded,
    newFailed: failed,
    succeeded: isIndexed(job)
      ? succeededIndexes.size
      : (status.succeeded ?? 0) + (noted.succeeded?.length ?? 0) + succeeded.length,
    failed: (status.failed ?? 0) + (noted.failed?.length ?? 0) + failed.length,
    succeededIndexes,
  };
}

/**
 * Whether a Pod counts as failed. One that is being deleted does at once, unless the Job waits for the very end
 * (https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-replacement-policy).
 */
export function hasFailed({ spec }: Job, { status, metadata }: Pod): boolean {
  if (status?.phase === 'Failed') return true;
  if (spec.podReplacementPolicy === 'Failed') return false;
  return metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded';
}

/** How many Pods should be at work. */
export function wantedActive({ spec }: Job, { active, succeeded }: JobState): number {
  const parallelism = spec.parallelism ?? 1;
  // A work queue: once a Pod has succeeded, the others finish what they have and none follow.
  if (spec.completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(parallelism, spec.completions - succeeded));
}

export function hasSucceeded({ spec }: Job, succeeded: number, active: number): boolean {
  if (active > 0) return false;
  return spec.completions === undefined ? succeeded > 0 : succeeded >= spec.completions;
}
