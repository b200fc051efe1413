import type { Job, Pod } from '../../api/kinds.ts';
import { completionIndex } from './completion-indexes.ts';
import { isTracked } from './job-pod.ts';
import { endedMs, retryDelayMs } from './pod-backoff.ts';
import { countsAsFailure, failureRuling } from './pod-failure-policy.ts';

// A Job with `backoffLimitPerIndex` counts the failures of each index apart. Every Pod bears the count of those before
// it in annotations, so the last failed Pod of an index is kept (by its finalizer) until its successor has the count.
// https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index, after
// pkg/controller/job/indexed_job_utils.go.

const FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count';

export function limitsIndexes({ spec }: Job): boolean {
  return spec.completionMode === 'Indexed' && spec.backoffLimitPerIndex !== undefined;
}

function count(pod: Pod, annotation: string): number {
  const text = pod.metadata.annotations?.[annotation] ?? '';
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
}

/** What went before this Pod: failures that count, and those that a rule told to ignore. */
function failuresBefore(pod: Pod): number {
  return count(pod, FAILURE_COUNT) + count(pod, IGNORED_COUNT);
}

/** Whether a failed Pod was the last that its index may have. */
export function failsIndex(job: Job, pod: Pod): boolean {
  const action = failureRuling(job, pod)?.action;
  if (action === 'FailIndex') return true;
  return action !== 'Ignore' && count(pod, FAILURE_COUNT) >= (job.spec.backoffLimitPerIndex ?? 0);
}

/**
 * By index: the failed Pod that carries its count until it has a successor.
 *
 * @param failed all failed Pods of the Job, also those counted before.
 */
export function countBearers(
  job: Job,
  failed: readonly Pod[],
  active: readonly Pod[],
  settled: (index: number) => boolean,
): ReadonlyMap<number, Pod> {
  const bearers = new Map<number, Pod>();
  const atWork = new Set(active.map((pod) => completionIndex(pod, job)));
  for (const pod of failed) {
    const index = completionIndex(pod, job);
    if (index === undefined || !isTracked(pod) || atWork.has(index) || settled(index)) continue;
    const other = bearers.get(index);
    if (other === undefined || failuresBefore(other) <= failuresBefore(pod)) bearers.set(index, pod);
  }
  return bearers;
}

/** The annotations of the Pod that follows `last` at its index. */
export function failureCounts(job: Job, last: Pod | undefined): Readonly<Record<string, string>> {
  if (last === undefined) return { [FAILURE_COUNT]: '0' };
  const counts = countsAsFailure(job, last);
  const ignored = count(last, IGNORED_COUNT) + (counts ? 0 : 1);
  return {
    [FAILURE_COUNT]: String(count(last, FAILURE_COUNT) + (counts ? 1 : 0)),
    ...(ignored > 0 ? { [IGNORED_COUNT]: String(ignored) } : {}),
  };
}

/** How long an index still waits for its next Pod: each waits for itself. */
export function indexWaitMs(last: Pod | undefined, wallMs: number): number {
  if (last === undefined) return 0;
  return Math.max(0, endedMs(last, wallMs) + retryDelayMs(failuresBefore(last) + 1) - wallMs);
}
