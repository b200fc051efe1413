import type { FieldError } from '../field-error.ts';
import type { PodTemplateSpec } from '../kinds.ts';
import { validateAnnotations, validateLabels } from '../metadata-validation.ts';
import { validatePodSpec } from './pod-spec-validation.ts';

const NO_SPEC = Object.freeze({}) as NonNullable<PodTemplateSpec['spec']>;

/** A template of Pods, at `field` of a workload. After ValidatePodTemplateSpec. */
export function validatePodTemplate(errors: FieldError[], template: PodTemplateSpec, field: string): void {
  const { labels, annotations } = template.metadata ?? {};
  if (labels !== undefined) validateLabels(errors, labels, `${field}.labels`);
  if (annotations !== undefined) validateAnnotations(errors, annotations, `${field}.annotations`);
  validatePodSpec(errors, template.spec ?? NO_SPEC, `${field}.spec`);
}
