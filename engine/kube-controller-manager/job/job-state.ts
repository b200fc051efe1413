import { isReady } from '../../api/core/ready.ts';
import type { Job, Pod } from '../../api/kinds.ts';
import { isActive, isTerminating } from '../pod-state.ts';
import { completionIndex, isIndexed, parseIndexes } from './completion-indexes.ts';
import { countBearers, failsIndex, limitsIndexes } from './index-failures.ts';
import { isTracked } from './job-pod.ts';
import { countsAsFailure, failureRuling } from './pod-failure-policy.ts';

/** What there is of a Job at the moment: its Pods, sorted by what they mean to it, and the counts so far. */
export interface JobState {
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: readonly Pod[];
  /** Of containers in their Pods, also in those that are ending. */
  readonly restarts: number;
  /** Ended, and not noted in the status before. */
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  /** All that have not been counted and have not succeeded: the Job's failure would make them failures. */
  readonly unfinished: readonly Pod[];
  /** With those just found, without those a rule tells to ignore. */
  readonly succeeded: number;
  readonly failed: number;
  /** Why a rule fails the whole Job, if one does. */
  readonly fatal: string | undefined;
  /** Of an Indexed Job. */
  readonly succeededIndexes: ReadonlySet<number>;
  /** Of a Job that limits the failures of each index. */
  readonly failedIndexes: ReadonlySet<number>;
  /** By index: the failed Pod that its next one follows. */
  readonly lastFailed: ReadonlyMap<number, Pod>;
}

/** @param counted uids whose finalizer has been taken off though the cache may not show it yet. */
export function observeJob(job: Job, pods: readonly Pod[], counted: ReadonlySet<string>): JobState {
  const { status = {} } = job;
  const noted = status.uncountedTerminatedPods ?? {};
  const isNew = (pod: Pod) =>
    isTracked(pod) &&
    !counted.has(pod.metadata.uid) &&
    noted.succeeded?.includes(pod.metadata.uid) !== true &&
    noted.failed?.includes(pod.metadata.uid) !== true;
  const failedPods = pods.filter((pod) => hasFailed(job, pod));
  const newFailed = failedPods.filter(isNew);
  const active = pods.filter(isActive);
  const succeeded = observeSuccess(job, pods.filter(isNew));
  return {
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter(isTerminating),
    restarts: pods.reduce((sum, pod) => sum + restartsOf(pod), 0),
    newFailed,
    unfinished: pods.filter((pod) => isNew(pod) && pod.status?.phase !== 'Succeeded'),
    ...succeeded,
    failed: (status.failed ?? 0) + (noted.failed?.length ?? 0) + newFailed.filter((pod) => counts(job, pod)).length,
    fatal: fatalRuling(job, failedPods),
    ...observeIndexFailures(job, failedPods, active, succeeded.succeededIndexes),
  };
}

function restartsOf({ status = {} }: Pod): number {
  if (status.phase !== 'Running' && status.phase !== 'Pending') return 0;
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** Whether a failed Pod goes into `status.failed`. */
export function counts(job: Job, pod: Pod): boolean {
  return countsAsFailure(job, pod) && (!isIndexed(job) || completionIndex(pod, job) !== undefined);
}

function fatalRuling(job: Job, failed: readonly Pod[]): string | undefined {
  if (job.spec.podFailurePolicy === undefined) return undefined;
  for (const pod of failed) {
    const ruling = failureRuling(job, pod);
    if (ruling?.action === 'FailJob') return ruling.message;
  }
  return undefined;
}

function observeSuccess(job: Job, fresh: readonly Pod[]) {
  const { status = {}, spec } = job;
  const ended = fresh.filter((pod) => pod.status?.phase === 'Succeeded');
  const succeededIndexes = parseIndexes(status.completedIndexes, spec.completions ?? 0);
  if (!isIndexed(job)) {
    const uncounted = status.uncountedTerminatedPods?.succeeded?.length ?? 0;
    const succeeded = (status.succeeded ?? 0) + uncounted + ended.length;
    return { succeededIndexes, newSucceeded: ended, succeeded };
  }
  // Of two Pods with one index only the first counts.
  const newSucceeded = ended.filter((pod) => {
    const index = completionIndex(pod, job);
    if (index === undefined || succeededIndexes.has(index)) return false;
    succeededIndexes.add(index);
    return true;
  });
  return { succeededIndexes, newSucceeded, succeeded: succeededIndexes.size };
}

function observeIndexFailures(
  job: Job,
  failed: readonly Pod[],
  active: readonly Pod[],
  succeeded: ReadonlySet<number>,
): Pick<JobState, 'failedIndexes' | 'lastFailed'> {
  if (!limitsIndexes(job)) return { failedIndexes: new Set(), lastFailed: new Map() };
  const failedIndexes = parseIndexes(job.status?.failedIndexes, job.spec.completions ?? 0);
  for (const pod of failed) {
    const index = completionIndex(pod, job);
    if (index === undefined || succeeded.has(index) || !isTracked(pod)) continue;
    if (failsIndex(job, pod)) failedIndexes.add(index);
  }
  const isSettled = (index: number) => succeeded.has(index) || failedIndexes.has(index);
  return { failedIndexes, lastFailed: countBearers(job, failed, active, isSettled) };
}

/** Whether nothing is left to do for an index. */
export function isSettled({ succeededIndexes, failedIndexes }: JobState, index: number): boolean {
  return succeededIndexes.has(index) || failedIndexes.has(index);
}

/**
 * Whether a Pod counts as failed. One that is being deleted does at once, unless the Job waits for the very end
 * (https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-replacement-policy).
 */
export function hasFailed({ spec }: Job, { status, metadata }: Pod): boolean {
  if (status?.phase === 'Failed') return true;
  if (waitsForTheEnd(spec)) return false;
  return metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded';
}

/** Whether a Pod that is being deleted is replaced, and counted, only when it has ended. */
export function waitsForTheEnd({ podReplacementPolicy, podFailurePolicy }: Job['spec']): boolean {
  return podReplacementPolicy === 'Failed' || podFailurePolicy !== undefined;
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
