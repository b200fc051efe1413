import { humanDuration } from '../../api/duration.ts';
import type { CronJob, Job } from '../../api/kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import { controllerOf } from '../../api/object.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, longTime, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';
import { describePodTemplate } from './pod-template.ts';

export function describeJob(invocation: Invocation, writer: DescriptionWriter, job: Job): void {
  const { metadata, spec, status = {} } = job;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  if (spec.selector !== undefined) writer.field(0, 'Selector', labelSelectorOf(spec.selector as object).toString());
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  const owner = controllerOf(job);
  if (owner !== undefined) writer.field(0, 'Controlled By', `${owner.kind}/${owner.name}`);
  if (spec.parallelism !== undefined) writer.field(0, 'Parallelism', spec.parallelism);
  writer.field(0, 'Completions', spec.completions ?? '<unset>');
  if (spec.completionMode !== undefined) writer.field(0, 'Completion Mode', spec.completionMode);
  if (spec.suspend !== undefined) writer.field(0, 'Suspend', spec.suspend);
  if (spec.backoffLimit !== undefined) writer.field(0, 'Backoff Limit', spec.backoffLimit);
  if (spec.ttlSecondsAfterFinished !== undefined) {
    writer.field(0, 'TTL Seconds After Finished', spec.ttlSecondsAfterFinished);
  }
  if (status.startTime !== undefined) writer.field(0, 'Start Time', longTime(status.startTime));
  if (status.completionTime !== undefined) writer.field(0, 'Completed At', longTime(status.completionTime));
  if (status.startTime !== undefined && status.completionTime !== undefined) {
    const durationMs = Date.parse(status.completionTime) - Date.parse(status.startTime);
    writer.field(0, 'Duration', humanDuration(durationMs));
  }
  if (spec.activeDeadlineSeconds !== undefined) {
    writer.field(0, 'Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`);
  }
  const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`;
  writer.field(
    0,
    'Pods Statuses',
    `${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`,
  );
  if (spec.completionMode === 'Indexed')
    writer.field(0, 'Completed Indexes', cutIndexes(status.completedIndexes ?? ''));
  describePodTemplate(writer, spec.template);
  describeEvents(invocation, writer, job);
}

const MAX_INDEXES_LENGTH = 50;

/** Long lists of indexes end at the first comma from there on. */
function cutIndexes(indexes: string): string {
  if (indexes === '') return '<none>';
  const end = indexes.indexOf(',', MAX_INDEXES_LENGTH);
  return end < 0 ? indexes : `${indexes.slice(0, end + 1)}...`;
}

export function describeCronJob(invocation: Invocation, writer: DescriptionWriter, cronJob: CronJob): void {
  const { metadata, spec, status = {} } = cronJob;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'Schedule', spec.schedule);
  if (spec.timeZone !== undefined) writer.field(0, 'Time Zone', spec.timeZone);
  writer.field(0, 'Concurrency Policy', spec.concurrencyPolicy ?? '');
  writer.field(0, 'Suspend', spec.suspend === true ? 'True' : 'False');
  writer.field(0, 'Successful Job History Limit', spec.successfulJobsHistoryLimit ?? '<unset>');
  writer.field(0, 'Failed Job History Limit', spec.failedJobsHistoryLimit ?? '<unset>');
  const deadline = spec.startingDeadlineSeconds;
  writer.field(0, 'Starting Deadline Seconds', deadline === undefined ? '<unset>' : `${deadline}s`);
  const job = spec.jobTemplate.spec;
  writer.field(
    0,
    'Selector',
    job?.selector === undefined ? '<unset>' : labelSelectorOf(job.selector as object).toString(),
  );
  writer.field(0, 'Parallelism', job?.parallelism ?? '<unset>');
  writer.field(0, 'Completions', job?.completions ?? '<unset>');
  if (job?.activeDeadlineSeconds !== undefined) {
    writer.field(0, 'Active Deadline Seconds', `${job.activeDeadlineSeconds}s`);
  }
  describePodTemplate(writer, job?.template);
  writer.field(0, 'Last Schedule Time', longTime(status.lastScheduleTime));
  const active = (status.active ?? []).map(({ name }) => name ?? '');
  writer.field(0, 'Active Jobs', active.length === 0 ? '<none>' : active.join(', '));
  describeEvents(invocation, writer, cronJob);
}
