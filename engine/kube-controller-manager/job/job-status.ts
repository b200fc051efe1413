import type { Job, Pod } from '../../api/kinds.ts';
import { timestamp } from '../../api/timestamp.ts';
import { formatIndexes, isIndexed } from './completion-indexes.ts';
import { limitsIndexes } from './index-failures.ts';
import { type JobCondition, type JobStatus, type Verdict, withSuspension, withTrue } from './job-conditions.ts';
import { counts, type JobState } from './job-state.ts';

/** What a reconcile has found and done. */
export interface JobOutcome {
  readonly state: JobState;
  /** Active Pods after those made and deleted. */
  readonly active: number;
  readonly terminating: number;
  readonly verdict: Verdict | undefined;
  /** The Pods that are counted in this reconcile, and so let go; there are only so many at a time. */
  readonly leaving: ReadonlySet<Pod>;
}

/**
 * The status with everything seen written down, but ended Pods only noted by uid: they are counted when their finalizer
 * is off, so that a crash in between neither loses one nor counts it twice.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers
 */
export function notedStatus(job: Job, outcome: JobOutcome, wallMs: number): JobStatus {
  const { state, active, terminating, verdict, leaving } = outcome;
  const { active: _, startTime: __, ...previous } = job.status ?? {};
  const noted = previous.uncountedTerminatedPods ?? {};
  const conditions = previous.conditions ?? [];
  const judged = verdict === undefined ? conditions : withTrue(conditions, verdict.target, verdict, wallMs);
  const settled = verdict === undefined ? withSuspension(job, judged, wallMs) : judged;
  const startTime = startOf(job, settled, wallMs);
  return {
    ...previous,
    ...(startTime ? { startTime } : {}),
    ...(active > 0 ? { active } : {}),
    // Those that were deleted just now still look ready.
    ready: Math.min(state.ready, active),
    terminating,
    ...(isIndexed(job) ? indexedCounts(state) : {}),
    ...(limitsIndexes(job) ? { failedIndexes: formatIndexes(state.failedIndexes) } : {}),
    uncountedTerminatedPods: {
      ...uids('succeeded', noted.succeeded, isIndexed(job) ? [] : state.newSucceeded.filter((pod) => leaving.has(pod))),
      ...uids(
        'failed',
        noted.failed,
        failures(job, state, verdict).filter((pod) => leaving.has(pod)),
      ),
    },
    ...(settled.length > 0 ? { conditions: [...settled] } : {}),
  };
}

/** A Job starts anew whenever it is resumed: so its deadline does not run while it is suspended. */
function startOf({ spec, status = {} }: Job, settled: readonly JobCondition[], wallMs: number): string | undefined {
  if (spec.suspend === true) return isSuspended(settled) ? undefined : status.startTime;
  return status.startTime && !isSuspended(status.conditions ?? []) ? status.startTime : timestamp(wallMs);
}

/**
 * The Pods to count as failed: a failed Job's Pods all do, whatever state they are in. One that bears its index's count
 * waits for its successor.
 */
function failures(job: Job, state: JobState, verdict: Verdict | undefined): Pod[] {
  const waiting = new Set(verdict === undefined ? [...state.lastFailed.values()] : []);
  const failed = verdict?.target === 'FailureTarget' ? state.unfinished : state.newFailed;
  return failed.filter((pod) => counts(job, pod) && !waiting.has(pod));
}

function isSuspended(conditions: readonly JobCondition[]): boolean {
  return conditions.some(({ type, status }) => type === 'Suspended' && status === 'True');
}

function indexedCounts({ succeededIndexes }: JobState): JobStatus {
  if (succeededIndexes.size === 0) return {};
  return { succeeded: succeededIndexes.size, completedIndexes: formatIndexes(succeededIndexes) };
}

function uids(field: 'succeeded' | 'failed', noted: readonly string[] = [], added: readonly Pod[]) {
  if (noted.length + added.length === 0) return {};
  return { [field]: [...noted, ...added.map(({ metadata }) => metadata.uid)] };
}

/** Counts what was noted, once all finalizers are off, and with no Pod left makes the verdict final. */
export function countedStatus(status: JobStatus, verdict: Verdict | undefined, wallMs: number): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const counted: JobStatus = {
    ...status,
    uncountedTerminatedPods: {},
    ...(succeeded.length > 0 ? { succeeded: (status.succeeded ?? 0) + succeeded.length } : {}),
    ...(failed.length > 0 ? { failed: (status.failed ?? 0) + failed.length } : {}),
  };
  if (verdict === undefined || (counted.terminating ?? 0) > 0 || (counted.active ?? 0) > 0) return counted;
  const isComplete = verdict.target === 'SuccessCriteriaMet';
  const conditions = withTrue(counted.conditions ?? [], isComplete ? 'Complete' : 'Failed', verdict, wallMs);
  return {
    ...counted,
    conditions: [...conditions],
    ...(isComplete ? { completionTime: timestamp(wallMs) } : {}),
  };
}
