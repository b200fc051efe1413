import type { WriteContext } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, nonNegative, notSupported, required } from '../field-errors.ts';
import type { CronJob } from '../kinds.ts';
import {
  validateAnnotations,
  validateLabels,
  validateMetadata,
  validateMetadataUpdate,
} from '../metadata-validation.ts';
import { parseCronSchedule } from './cron-schedule.ts';
import { validateJobSpec } from './job-validation.ts';

// After kubernetes/kubernetes pkg/apis/batch/validation/validation.go ValidateCronJobCreate and …Update.

type Spec = CronJob['spec'];

const POLICIES = ['Allow', 'Forbid', 'Replace'];
/** Eleven less than a label's 63: Jobs and their Pods are named after their CronJob. */
const MAX_NAME = 52;

export function validateCronJob({ metadata, spec }: CronJob): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadata(errors, metadata, true);
  validateSpec(errors, spec, undefined);
  if ((metadata.name ?? '').length > MAX_NAME) {
    errors.push(invalid('metadata.name', metadata.name, `must be no more than ${MAX_NAME} characters`));
  }
  return errors;
}

export function validateCronJobUpdate(next: CronJob, previous: CronJob, _context: WriteContext): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadataUpdate(errors, next, previous);
  if (next.spec !== previous.spec) validateSpec(errors, next.spec, previous.spec);
  return errors;
}

function validateSpec(errors: FieldError[], spec: Spec, previous: Spec | undefined): void {
  if (spec.schedule === undefined || spec.schedule === '') errors.push(required('spec.schedule'));
  else if (spec.schedule !== previous?.schedule) validateSchedule(errors, spec);
  if (spec.timeZone !== previous?.timeZone) validateTimeZone(errors, spec.timeZone);
  nonNegative(errors, 'spec.startingDeadlineSeconds', spec.startingDeadlineSeconds);
  if (!spec.concurrencyPolicy) errors.push(required('spec.concurrencyPolicy'));
  else if (!POLICIES.includes(spec.concurrencyPolicy)) {
    errors.push(notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy, POLICIES));
  }
  validateJobTemplate(errors, spec);
  nonNegative(errors, 'spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit);
  nonNegative(errors, 'spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit);
}

function validateSchedule(errors: FieldError[], { schedule }: Spec): void {
  try {
    if (schedule.includes('TZ')) {
      const detail = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
      errors.push(invalid('spec.schedule', schedule, detail));
    } else parseCronSchedule(schedule);
  } catch (error) {
    errors.push(invalid('spec.schedule', schedule, (error as Error).message));
  }
}

function validateTimeZone(errors: FieldError[], timeZone: string | undefined): void {
  if (timeZone === undefined) return;
  if (timeZone === '') errors.push(invalid('spec.timeZone', timeZone, 'timeZone must be nil or non-empty string'));
  else if (timeZone.toLowerCase() === 'local') {
    const detail = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    errors.push(invalid('spec.timeZone', timeZone, detail));
  } else if (!isTimeZone(timeZone)) errors.push(invalid('spec.timeZone', timeZone, `unknown time zone ${timeZone}`));
}

/** Names of the IANA database; offsets such as `+01:00`, which JavaScript also takes, are none. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || name.length > 100) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function validateJobTemplate(errors: FieldError[], { jobTemplate }: Spec): void {
  const field = 'spec.jobTemplate';
  const { labels, annotations } = jobTemplate.metadata ?? {};
  if (labels !== undefined) validateLabels(errors, labels, `${field}.metadata.labels`);
  if (annotations !== undefined) validateAnnotations(errors, annotations, `${field}.metadata.annotations`);
  const spec = jobTemplate.spec!;
  validateJobSpec(errors, spec, `${field}.spec`);
  if (spec.selector !== undefined)
    errors.push(forbidden(`${field}.spec.selector`, '`selector` will be auto-generated'));
  if (spec.manualSelector === true) {
    errors.push(notSupported(`${field}.spec.manualSelector`, true, ['nil', 'false']));
  }
}
