import { keepMetadataOfStatusUpdate } from '../apps/status-update.ts';
import { workloadColumns } from '../apps/workload-columns.ts';
import { withDefaults, withField } from '../copy-on-write.ts';
import { defaultPodTemplate } from '../core/pod-defaults.ts';
import { podTemplateWarnings } from '../core/pod-warnings.ts';
import type { KindDescriptor } from '../descriptor.ts';
import { ageSince } from '../duration.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { CronJob, Job } from '../kinds.ts';
import { ageColumn, column, nameColumn, numberColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';
import { validateCronJob, validateCronJobUpdate } from './cron-job-validation.ts';
import { defaultFailurePolicy } from './job.ts';

type Spec = CronJob['spec'];

const SPEC: Partial<Spec> = {
  concurrencyPolicy: 'Allow',
  suspend: false,
  successfulJobsHistoryLimit: 3,
  failedJobsHistoryLimit: 1,
};
const NO_SPEC = Object.freeze({}) as Spec;
const NO_TEMPLATE = Object.freeze({}) as Spec['jobTemplate'];
const NO_JOB_SPEC = Object.freeze({}) as Job['spec'];
const NO_POD_TEMPLATE = Object.freeze({}) as Job['spec']['template'];

/** Of the Job only its Pods and the rules on their failure get their defaults here: the rest of it comes when the Job does. */
function defaultSpec(given: Spec): Spec {
  const spec = withDefaults(given, SPEC);
  const template = spec.jobTemplate ?? NO_TEMPLATE;
  const job = template.spec ?? NO_JOB_SPEC;
  const { podFailurePolicy: policy } = job;
  const judged = policy === undefined ? job : withField(job, 'podFailurePolicy', defaultFailurePolicy(policy));
  const defaulted = withField(judged, 'template', defaultPodTemplate(job.template ?? NO_POD_TEMPLATE));
  return withField(spec, 'jobTemplate', withField(template, 'spec', defaulted));
}

/** Containers and images of the Jobs' Pods; CronJobs have no selector, and the column says so. */
const COLUMNS = workloadColumns<Job>(
  'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
).map(({ cell, ...definition }) => ({
  ...definition,
  cell: (object: CronJob, nowMs: number) => cell({ ...object, spec: object.spec?.jobTemplate?.spec } as Job, nowMs),
}));

// After kubernetes/kubernetes pkg/registry/batch/cronjob/strategy.go.
export const cronJob: KindDescriptor<CronJob> = {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.batch.v1.CronJob',
  subresources: ['status'],
  applyDefaults: (object) => withField(object, 'spec', defaultSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: (object) => ({ ...firstGeneration(object), status: {} }),
  prepareForUpdate: (next, previous, context) =>
    context.status
      ? keepMetadataOfStatusUpdate(withField(next, 'spec', previous.spec), previous)
      : nextGeneration(withField(next, 'status', previous.status), previous),
  validateCreate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings: ({ spec }) => podTemplateWarnings(spec?.jobTemplate?.spec?.template, 'spec.jobTemplate.spec.template'),
  columns: [
    nameColumn,
    column(
      'Schedule',
      'The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.',
      (object) => object.spec?.schedule ?? '',
    ),
    column(
      'Timezone',
      'The time zone name for the given schedule, see https://en.wikipedia.org/wiki/List_of_tz_database_time_zones. If not specified, this will default to the time zone of the kube-controller-manager process. The set of valid time zone names and the time zone offset is loaded from the system-wide time zone database by the API server during CronJob validation and the controller manager during execution. If no system-wide time zone database can be found a bundled version of the database is used instead. If the time zone name becomes invalid during the lifetime of a CronJob or due to a change in host configuration, the controller will stop creating new new Jobs and will create a system event with the reason UnknownTimeZone. More information can be found in https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones',
      (object) => object.spec?.timeZone ?? '<none>',
    ),
    {
      name: 'Suspend',
      type: 'boolean',
      description:
        'This flag tells the controller to suspend subsequent executions, it does not apply to already started executions.  Defaults to false.',
      priority: 0,
      cell: (object) => (object.spec?.suspend === true ? 'True' : 'False'),
    },
    numberColumn(
      'Active',
      'A list of pointers to currently running jobs.',
      (object) => object.status?.active?.length ?? 0,
    ),
    column(
      'Last Schedule',
      'Information when was the last time the job was successfully scheduled.',
      (object, nowMs) => (object.status?.lastScheduleTime ? ageSince(object.status.lastScheduleTime, nowMs) : '<none>'),
    ),
    ageColumn,
    ...COLUMNS,
  ],
};
