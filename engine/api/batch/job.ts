import { keepMetadataOfStatusUpdate } from '../apps/status-update.ts';
import { workloadColumns } from '../apps/workload-columns.ts';
import { changeItems, sameValue, withDefaults, withField } from '../copy-on-write.ts';
import { defaultPodTemplate } from '../core/pod-defaults.ts';
import { podTemplateWarnings } from '../core/pod-warnings.ts';
import type { KindDescriptor } from '../descriptor.ts';
import { humanDuration } from '../duration.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { Job } from '../kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';
import { withGeneratedSelector } from './job-selector.ts';
import { validateJob, validateJobUpdate } from './job-validation.ts';

type Spec = Job['spec'];

const SPEC: Partial<Spec> = {
  parallelism: 1,
  completionMode: 'NonIndexed',
  suspend: false,
  podReplacementPolicy: 'TerminatingOrFailed',
};
/** The total does not limit a Job that limits each index. */
const NO_LIMIT = 2147483647;
const NO_SPEC = Object.freeze({}) as Spec;
const NO_TEMPLATE = Object.freeze({}) as Spec['template'];

type FailurePolicy = NonNullable<Spec['podFailurePolicy']>;
type FailureRule = FailurePolicy['rules'][number];
type ConditionPattern = NonNullable<FailureRule['onPodConditions']>[number];

/** A condition of a Pod that a rule names is looked for as a true one. */
export function defaultFailurePolicy(policy: FailurePolicy): FailurePolicy {
  return changeItems(policy, 'rules', (rule: FailureRule) =>
    changeItems(rule, 'onPodConditions', (pattern: ConditionPattern) => withDefaults(pattern, { status: 'True' })),
  );
}

/** After kubernetes/kubernetes pkg/apis/batch/v1/defaults.go. */
function defaultJobSpec(given: Spec): Spec {
  const { completions, parallelism, backoffLimitPerIndex, podFailurePolicy } = given;
  let spec = given;
  // One Pod, unless told; told only the parallelism, it is a work queue: done when any Pod is.
  if (completions === undefined && parallelism === undefined) spec = { ...spec, completions: 1 };
  if (podFailurePolicy !== undefined) {
    spec = withDefaults(spec, { podReplacementPolicy: 'Failed' });
    spec = withField(spec, 'podFailurePolicy', defaultFailurePolicy(podFailurePolicy));
  }
  spec = withDefaults(spec, SPEC);
  spec = withDefaults(spec, { backoffLimit: backoffLimitPerIndex === undefined ? 6 : NO_LIMIT });
  return withField(spec, 'template', defaultPodTemplate(spec.template ?? NO_TEMPLATE));
}

/** A Job without labels of its own bears those of its template. */
function withLabels(job: Job): Job {
  if (Object.keys(job.metadata.labels ?? {}).length > 0) return job;
  const { labels } = job.spec.template.metadata ?? {};
  return labels === undefined ? job : withField(job, 'metadata', { ...job.metadata, labels });
}

function isTrue({ status }: Job, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}

/** The Status column. */
function jobPhrase(job: Job): string {
  if (isTrue(job, 'Complete')) return 'Complete';
  if (isTrue(job, 'Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (isTrue(job, type)) return type;
  return 'Running';
}

function jobCompletions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

/** How long it has run, or took; empty before it starts. */
function jobDuration({ status }: Job, nowMs: number): string {
  if (!status?.startTime) return '';
  const endMs = status.completionTime ? Date.parse(status.completionTime) : nowMs;
  return humanDuration(endMs - Date.parse(status.startTime));
}

// After kubernetes/kubernetes pkg/registry/batch/job/strategy.go.
export const job: KindDescriptor<Job> = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  shortNames: [],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.batch.v1.Job',
  subresources: ['status'],
  applyDefaults: (object) => withField(object, 'spec', defaultJobSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: (object) => ({ ...firstGeneration(withLabels(withGeneratedSelector(object))), status: {} }),
  prepareForUpdate(next, previous, context) {
    if (context.status) return keepMetadataOfStatusUpdate(withField(next, 'spec', previous.spec), previous);
    return nextGeneration(withField(next, 'status', previous.status), previous, !sameValue(next.spec, previous.spec));
  },
  validateCreate: validateJob,
  validateUpdate: validateJobUpdate,
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
  warnings: ({ spec }) => podTemplateWarnings(spec?.template, 'spec.template'),
  columns: [
    nameColumn,
    column('Status', 'Status of the job.', jobPhrase),
    column('Completions', 'The number of pods which reached phase Succeeded.', jobCompletions),
    column('Duration', 'Time required to complete the job.', jobDuration),
    ageColumn,
    ...workloadColumns<Job>(
      'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
    ),
  ],
};
