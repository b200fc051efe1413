import type { CronJob, Job, ObjectReference } from '../../api/kinds.ts';
import type { Manifest } from '../../api/object.ts';
import { timestamp } from '../../api/timestamp.ts';
import { controllerReference } from '../claim.ts';

const SCHEDULED_TIMESTAMP = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** One schedule, one name: whoever tries twice finds it taken. */
export function jobName({ metadata }: CronJob, scheduledMs: number): string {
  return `${metadata.name}-${Math.floor(scheduledMs / 60_000)}`;
}

/** @param offsetMs of the CronJob's time zone at that moment. */
export function jobFromTemplate(cronJob: CronJob, scheduledMs: number, offsetMs: number): Manifest<Job> {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, scheduledMs),
      namespace: cronJob.metadata.namespace,
      labels: metadata?.labels,
      annotations: { ...metadata?.annotations, [SCHEDULED_TIMESTAMP]: localTimestamp(scheduledMs, offsetMs) },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec: spec!,
  };
}

/** RFC 3339 on the clocks of a time zone. */
function localTimestamp(ms: number, offsetMs: number): string {
  if (offsetMs === 0) return timestamp(ms);
  const minutes = Math.abs(Math.trunc(offsetMs / 60_000));
  const two = (value: number) => String(value).padStart(2, '0');
  const zone = `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return timestamp(ms + offsetMs).replace('Z', zone);
}

export function jobReference({ apiVersion, kind, metadata }: Job): ObjectReference {
  const { name, namespace, uid, resourceVersion } = metadata;
  return { apiVersion, kind, name, namespace, uid, resourceVersion };
}

/** `Complete` or `Failed`; undefined while the Job is at work. */
export function finishOf({ status }: Job): 'Complete' | 'Failed' | undefined {
  for (const type of ['Complete', 'Failed'] as const) {
    if (status?.conditions?.some((condition) => condition.type === type && condition.status === 'True')) return type;
  }
  return undefined;
}

/** The finished Jobs beyond the history limits, oldest first. */
export function surplusJobs({ spec }: CronJob, jobs: readonly Job[]): Job[] {
  const surplus = (finish: 'Complete' | 'Failed', limit: number | undefined): Job[] => {
    if (limit === undefined) return [];
    const ended = jobs.filter((job) => finishOf(job) === finish).toSorted(byStart);
    return ended.slice(0, Math.max(0, ended.length - limit));
  };
  return [...surplus('Complete', spec.successfulJobsHistoryLimit), ...surplus('Failed', spec.failedJobsHistoryLimit)];
}

function byStart(a: Job, b: Job): number {
  const [left, right] = [a.status?.startTime ?? '', b.status?.startTime ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
