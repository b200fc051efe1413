import type { FieldError } from '../field-error.ts';
import { forbidden, invalid } from '../field-errors.ts';
import type { Pod } from '../kinds.ts';
import { validateMetadata } from '../metadata-validation.ts';
import { validatePodSpec } from './pod-spec-validation.ts';

const NO_SPEC = Object.freeze({}) as Pod['spec'];
/** Marks the image of a static Pod that its kubelet keeps in the API. */
const MIRROR = 'kubernetes.io/config.mirror';

/** After kubernetes/kubernetes pkg/apis/core/validation/validation.go ValidatePodCreate. */
export function validatePod(pod: Pod): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadata(errors, pod.metadata, true);
  validatePodAnnotations(errors, pod);
  const spec = pod.spec ?? NO_SPEC;
  validatePodSpec(errors, spec, 'spec');
  if ((spec.ephemeralContainers?.length ?? 0) > 0) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if ((spec.schedulingGates?.length ?? 0) > 0 && (spec.nodeName ?? '') !== '') {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return errors;
}

export function validatePodAnnotations(errors: FieldError[], pod: Pod): void {
  const mirror = pod.metadata.annotations?.[MIRROR];
  if (mirror === undefined || (pod.spec?.nodeName ?? '') !== '') return;
  const detail = 'must set spec.nodeName if mirror pod annotation is set';
  errors.push(invalid(`metadata.annotations[${MIRROR}]`, mirror, detail));
}
