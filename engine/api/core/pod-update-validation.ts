import { sameValue } from '../copy-on-write.ts';
import type { WriteContext } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid } from '../field-errors.ts';
import type { Container, Pod, PodSpec, Toleration } from '../kinds.ts';
import { validateMetadataUpdate } from '../metadata-validation.ts';
import { validatePodSpec } from './pod-spec-validation.ts';
import { validateEphemeralUpdate, validateResize } from './pod-subresources.ts';
import { validatePodAnnotations } from './pod-validation.ts';

const MAX_INT32 = 2147483647;
const FROZEN =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/**
 * A Pod is what it was made: hardly anything of its spec may change. Binding is not an update and does not come here.
 * After kubernetes/kubernetes pkg/apis/core/validation/validation.go ValidatePodUpdate.
 */
export function validatePodUpdate(next: Pod, previous: Pod, { subresource }: WriteContext): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadataUpdate(errors, next, previous);
  if (next.spec === previous.spec) return errors;
  validatePodSpec(errors, next.spec, 'spec');
  validatePodAnnotations(errors, next);
  if (subresource === 'ephemeralcontainers') validateEphemeralUpdate(errors, next, previous);
  else if (subresource === 'resize') validateResize(errors, next, previous);
  else validateSpecUpdate(errors, next.spec, previous.spec);
  return errors;
}

function validateSpecUpdate(errors: FieldError[], next: PodSpec, previous: PodSpec): void {
  for (const list of ['containers', 'initContainers'] as const) {
    if ((next[list]?.length ?? 0) === (previous[list]?.length ?? 0)) continue;
    errors.push(forbidden(`spec.${list}`, 'pod updates may not add or remove containers'));
    return;
  }
  validateDeadline(errors, next.activeDeadlineSeconds, previous.activeDeadlineSeconds);
  validateAddedTolerations(errors, next.tolerations ?? [], previous.tolerations ?? []);
  validateRemovedGates(errors, next, previous);
  if (!sameValue(withoutMutableFields(next, previous), previous)) errors.push(forbidden('spec', FROZEN));
}

function validateDeadline(errors: FieldError[], next: number | undefined, previous: number | undefined): void {
  const field = 'spec.activeDeadlineSeconds';
  if (next === undefined) {
    if (previous === undefined) return;
    errors.push(invalid(field, undefined, 'must not update from a positive integer to nil value'));
  } else if (next < 0 || next > MAX_INT32) {
    errors.push(invalid(field, next, `must be between 0 and ${MAX_INT32}, inclusive`));
  } else if (previous !== undefined && previous < next) {
    errors.push(invalid(field, next, 'must be less than or equal to previous value'));
  }
}

/** Tolerations may be added, and those there may change how long they last. */
function validateAddedTolerations(
  errors: FieldError[],
  next: readonly Toleration[],
  previous: readonly Toleration[],
): void {
  if (next === previous) return;
  const kept = previous.every((old) =>
    next.some((toleration) => sameValue({ ...toleration, tolerationSeconds: old.tolerationSeconds }, old)),
  );
  if (kept) return;
  const detail = 'existing toleration can not be modified except its tolerationSeconds';
  errors.push(forbidden('spec.tolerations', detail));
}

function validateRemovedGates(errors: FieldError[], next: PodSpec, previous: PodSpec): void {
  next.schedulingGates?.forEach(({ name }, index) => {
    if (previous.schedulingGates?.some((gate) => gate.name === name) === true) return;
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(forbidden(`spec.schedulingGates[${index}]`, detail));
  });
}

/** The new spec with the previous values of whatever may change: what is left over must be the same. */
function withoutMutableFields(next: PodSpec, previous: PodSpec): PodSpec {
  const spec: PodSpec = {
    ...next,
    containers: withImagesOf(next.containers, previous.containers) ?? [],
    initContainers: withImagesOf(next.initContainers, previous.initContainers),
    activeDeadlineSeconds: previous.activeDeadlineSeconds,
    tolerations: previous.tolerations,
    schedulingGates: previous.schedulingGates,
  };
  if ((previous.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1) {
    spec.terminationGracePeriodSeconds = previous.terminationGracePeriodSeconds;
  }
  return spec;
}

function withImagesOf(containers: Container[] | undefined, previous: Container[] | undefined): Container[] | undefined {
  return containers?.map((container, index) => ({ ...container, image: previous?.[index]?.image }));
}
