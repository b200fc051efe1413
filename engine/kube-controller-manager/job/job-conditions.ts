import type { Job } from '../../api/kinds.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { JobState } from './job-state.ts';
import { metSuccessRule } from './success-policy.ts';

export type JobStatus = NonNullable<Job['status']>;
export type JobCondition = NonNullable<JobStatus['conditions']>[number];
type Statement = Pick<JobCondition, 'reason' | 'message'>;

/** What ends a Job: said at once as a target, and as final when no Pod is left. */
export interface Verdict extends Statement {
  readonly target: 'SuccessCriteriaMet' | 'FailureTarget';
}

export const COMPLETED: Verdict = {
  target: 'SuccessCriteriaMet',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};
const BACKOFF_LIMIT: Verdict = {
  target: 'FailureTarget',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
};
const DEADLINE: Verdict = {
  target: 'FailureTarget',
  reason: 'DeadlineExceeded',
  message: 'Job was active longer than specified deadline',
};
const MAX_FAILED_INDEXES: Verdict = {
  target: 'FailureTarget',
  reason: 'MaxFailedIndexesExceeded',
  message: 'Job has exceeded the specified maximal number of failed indexes',
};
const FAILED_INDEXES: Verdict = { target: 'FailureTarget', reason: 'FailedIndexes', message: 'Job has failed indexes' };
const SUSPENDED: Statement = { reason: 'JobSuspended', message: 'Job suspended' };
const RESUMED: Statement = { reason: 'JobResumed', message: 'Job resumed' };

function conditionIsTrue({ status }: Job, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}

export function isFinished(job: Job): boolean {
  return conditionIsTrue(job, 'Complete') || conditionIsTrue(job, 'Failed');
}

/** The verdict already spoken, or the one that failures and the clock bring now. */
export function verdictOf(job: Job, state: JobState, wallMs: number): Verdict | undefined {
  const { spec, status } = job;
  for (const target of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const spoken = status?.conditions?.find((condition) => condition.type === target && condition.status === 'True');
    if (spoken !== undefined) return { target, reason: spoken.reason, message: spoken.message };
  }
  if (state.fatal !== undefined) return { target: 'FailureTarget', reason: 'PodFailurePolicy', message: state.fatal };
  const limit = spec.backoffLimit ?? 6;
  if (state.failed > limit || restartsExceed(job, state, limit)) return BACKOFF_LIMIT;
  const leftMs = deadlineLeftMs(job, wallMs);
  if (leftMs !== undefined && leftMs <= 0) return DEADLINE;
  return indexVerdict(job, state);
}

function indexVerdict(job: Job, { failedIndexes, succeededIndexes }: JobState): Verdict | undefined {
  const { maxFailedIndexes, completions = 0 } = job.spec;
  if (failedIndexes.size > (maxFailedIndexes ?? Number.POSITIVE_INFINITY)) return MAX_FAILED_INDEXES;
  if (failedIndexes.size > 0 && failedIndexes.size + succeededIndexes.size >= completions) return FAILED_INDEXES;
  const rule = metSuccessRule(job, succeededIndexes);
  if (rule === undefined) return undefined;
  return { target: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` };
}

/** With OnFailure the kubelet restarts containers in their Pod, and those restarts count. */
function restartsExceed({ spec }: Job, { restarts }: JobState, limit: number): boolean {
  if (spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** How long `activeDeadlineSeconds` still allows; undefined without one, before the start and while suspended. */
export function deadlineLeftMs({ spec, status }: Job, wallMs: number): number | undefined {
  if (spec.activeDeadlineSeconds === undefined || spec.suspend === true || !status?.startTime) return undefined;
  return Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1_000 - wallMs;
}

/** The conditions with this one True, the same list when it was. */
export function withTrue(
  conditions: readonly JobCondition[],
  type: string,
  { reason, message }: Statement,
  wallMs: number,
): readonly JobCondition[] {
  return withStatus(conditions, type, 'True', { reason, message }, wallMs);
}

/** Notes whether the Job is suspended; one that never was says nothing. */
export function withSuspension(job: Job, conditions: readonly JobCondition[], wallMs: number): readonly JobCondition[] {
  if (job.spec.suspend === true) return withStatus(conditions, 'Suspended', 'True', SUSPENDED, wallMs);
  if (!conditions.some(({ type }) => type === 'Suspended')) return conditions;
  return withStatus(conditions, 'Suspended', 'False', RESUMED, wallMs);
}

function withStatus(
  conditions: readonly JobCondition[],
  type: string,
  status: 'True' | 'False',
  statement: Statement,
  wallMs: number,
): readonly JobCondition[] {
  const current = conditions.find((condition) => condition.type === type);
  if (current?.status === status && current.reason === statement.reason) return conditions;
  const now = timestamp(wallMs);
  const condition = { type, status, lastProbeTime: now, lastTransitionTime: now, ...statement };
  return current === undefined
    ? [...conditions, condition]
    : conditions.map((each) => (each === current ? condition : each));
}
