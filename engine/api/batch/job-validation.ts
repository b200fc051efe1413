import { sameValue } from '../copy-on-write.ts';
import { validatePodTemplate } from '../core/pod-template-validation.ts';
import type { WriteContext } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { immutable, invalid, nonNegative, notSupported, required } from '../field-errors.ts';
import type { Container, Job, PodTemplateSpec } from '../kinds.ts';
import { labelSelectorOf } from '../label-selector.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { validateSelector } from '../selector-validation.ts';
import { validateJobPolicies } from './job-policy-validation.ts';
import { generatedLabels } from './job-selector.ts';

// After kubernetes/kubernetes pkg/apis/batch/validation/validation.go.

type Spec = Job['spec'];

const MAX_INDEXED_PARALLELISM = 100_000;
const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
] as const;
/** A Job under way is judged by the rules it began with. */
const IMMUTABLE = [
  'completionMode',
  'podReplacementPolicy',
  'backoffLimitPerIndex',
  'podFailurePolicy',
  'successPolicy',
  'managedBy',
] as const;

export function validateJob(object: Job): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadata(errors, object.metadata, true);
  validateGeneratedSelector(errors, object);
  validateSpec(errors, object.spec, object.metadata.name);
  return errors;
}

/** A selector that was not made by the server must have been asked for: else it would catch the Pods of others. */
function validateGeneratedSelector(errors: FieldError[], object: Job): void {
  const { spec } = object;
  if (spec.manualSelector === true || spec.selector === undefined) return;
  const expected = generatedLabels(object);
  for (const key in expected) {
    const actual = spec.template?.metadata?.labels?.[key];
    if (actual === expected[key]) continue;
    const field = 'spec.template.metadata.labels';
    if (actual === undefined) errors.push(required(`${field}[${key}]`, `must be '${expected[key]}'`));
    else errors.push(invalid(`${field}[${key}]`, spec.template.metadata?.labels, `must be '${expected[key]}'`));
  }
  if (!labelSelectorOf(spec.selector).matches(expected)) {
    errors.push(invalid('spec.selector', spec.selector, '`selector` not auto-generated'));
  }
}

function validateSpec(errors: FieldError[], spec: Spec, name: string): void {
  validateJobSpec(errors, spec, 'spec');
  if (spec.selector === undefined) errors.push(required('spec.selector'));
  else validateSelector(errors, spec.selector, 'spec.selector');
  const { labels } = spec.template.metadata ?? {};
  if (!labelSelectorOf(spec.selector).matches(labels)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  // Indexed Pods have their name and index for a hostname, which must be a label.
  const hostname = `${name}-${(spec.completions ?? 0) - 1}`;
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0 && hostname.length > 63) {
    const detail = `will not able to create pod with invalid DNS label: ${hostname}`;
    errors.push(invalid('metadata.name', name, `${detail}: must be no more than 63 characters`));
  }
}

/** The spec of a Job or of a CronJob's template, at `field`; selectors apart. */
export function validateJobSpec(errors: FieldError[], spec: Spec, field: string): void {
  for (const key of COUNTS) nonNegative(errors, `${field}.${key}`, spec[key]);
  validateMode(errors, spec, field);
  validateJobPolicies(errors, spec, field);
  validatePodTemplate(errors, spec.template, `${field}.template`);
  const { restartPolicy } = spec.template.spec ?? {};
  if (restartPolicy === undefined || restartPolicy === 'Always') {
    errors.push(required(`${field}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  } else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') {
    errors.push(notSupported(`${field}.template.spec.restartPolicy`, restartPolicy, ['OnFailure', 'Never']));
  }
}

function validateMode(
  errors: FieldError[],
  { completionMode, completions, parallelism = 0 }: Spec,
  field: string,
): void {
  if (completionMode === undefined || completionMode === 'NonIndexed') return;
  if (completionMode !== 'Indexed') {
    errors.push(notSupported(`${field}.completionMode`, completionMode, ['Indexed', 'NonIndexed']));
  } else if (completions === undefined) {
    errors.push(required(`${field}.completions`, 'when completion mode is Indexed'));
  } else if (parallelism > MAX_INDEXED_PARALLELISM) {
    const detail = `must be less than or equal to ${MAX_INDEXED_PARALLELISM} when completion mode is Indexed`;
    errors.push(invalid(`${field}.parallelism`, parallelism, detail));
  }
}

export function validateJobUpdate(next: Job, previous: Job, context: WriteContext): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadataUpdate(errors, next, previous);
  if (context.status) validateStatus(errors, next);
  if (next.spec === previous.spec) return errors;
  validateSpec(errors, next.spec, next.metadata.name);
  validateCompletions(errors, next.spec, previous.spec);
  validateImmutable(errors, 'selector', next.spec, previous.spec);
  validateTemplateUpdate(errors, next.spec, previous);
  for (const key of IMMUTABLE) validateImmutable(errors, key, next.spec, previous.spec);
  return errors;
}

function validateImmutable(errors: FieldError[], field: keyof Spec, next: Spec, previous: Spec): void {
  if (!sameValue(next[field], previous[field])) errors.push(immutable(`spec.${field}`, next[field]));
}

/** Only an Indexed Job can be made larger or smaller, together with its parallelism. */
function validateCompletions(errors: FieldError[], next: Spec, previous: Spec): void {
  if (next.completions === previous.completions) return;
  if (next.completionMode !== 'Indexed') validateImmutable(errors, 'completions', next, previous);
  else if (next.completions !== next.parallelism) {
    const detail = 'can only be modified in tandem with spec.parallelism';
    errors.push(invalid('spec.completions', next.completions, detail));
  }
}

/** While a Job is suspended a queueing controller may still size its Pods and direct them elsewhere. */
function validateTemplateUpdate(errors: FieldError[], next: Spec, previous: Job): void {
  const before = previous.spec.template;
  const template = isAtRest(previous) ? withSizes(withDirectives(next.template, before), before) : next.template;
  if (!sameValue(template, before)) errors.push(immutable('spec.template', next.template));
}

/** Whether a Job is suspended with no Pod left: before its start, or when the controller has said so. */
function isAtRest({ spec, status = {} }: Job): boolean {
  if (spec.suspend !== true || (status.active ?? 0) > 0) return false;
  const isSaid = status.conditions?.some(({ type, status: is }) => type === 'Suspended' && is === 'True') === true;
  return isSaid || !status.startTime;
}

function withDirectives(next: PodTemplateSpec, previous: PodTemplateSpec): PodTemplateSpec {
  const { labels, annotations } = previous.metadata ?? {};
  const { nodeSelector, affinity, tolerations, schedulingGates } = previous.spec ?? { containers: [] };
  return {
    metadata: { ...next.metadata, labels, annotations },
    spec: { ...next.spec!, nodeSelector, affinity, tolerations, schedulingGates },
  };
}

function withSizes(next: PodTemplateSpec, previous: PodTemplateSpec): PodTemplateSpec {
  const sized = (containers: readonly Container[] | undefined, before: readonly Container[] = []) =>
    containers?.map((container, i) => ({ ...container, resources: before[i]?.resources }));
  const { containers, initContainers } = previous.spec ?? { containers: [] };
  const spec = next.spec!;
  return {
    ...next,
    spec: {
      ...spec,
      containers: sized(spec.containers, containers)!,
      initContainers: sized(spec.initContainers, initContainers),
    },
  };
}

function validateStatus(errors: FieldError[], { status = {} }: Job): void {
  for (const key of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) {
    nonNegative(errors, `status.${key}`, status[key]);
  }
  const is = (type: string) => status.conditions?.some((each) => each.type === type && each.status === 'True') === true;
  if (is('Complete') && is('Failed')) {
    errors.push(invalid('status.conditions', status.conditions, 'cannot set Complete=True and Failed=true conditions'));
  }
  if (status.completionTime && !is('Complete')) {
    const detail = 'completionTime can only be set when the Complete condition is true';
    errors.push(invalid('status.completionTime', status.completionTime, detail));
  }
}
