import { sameValue } from '../copy-on-write.ts';
import type { WriteContext } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, immutable, invalid, nonNegative, notSupported } from '../field-errors.ts';
import type { Deployment } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { atMostHundredPercent, isZero, validateIntOrPercent } from './rolling-update-validation.ts';
import { validateSelectorAndTemplate } from './workload-validation.ts';

// After kubernetes/kubernetes pkg/apis/apps/validation/validation.go.

type Spec = Deployment['spec'];
type Strategy = NonNullable<Spec['strategy']>;
type RollingUpdate = NonNullable<Strategy['rollingUpdate']>;

/** The internal default of an absent deadline: none. */
const NO_DEADLINE = 2147483647;

function validateRollingUpdate(errors: FieldError[], { maxSurge = 0, maxUnavailable = 0 }: RollingUpdate): void {
  const field = 'spec.strategy.rollingUpdate';
  validateIntOrPercent(errors, `${field}.maxUnavailable`, maxUnavailable);
  validateIntOrPercent(errors, `${field}.maxSurge`, maxSurge);
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(invalid(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  atMostHundredPercent(errors, `${field}.maxUnavailable`, maxUnavailable);
}

function validateStrategy(errors: FieldError[], strategy: Strategy): void {
  if (strategy.type === 'Recreate') {
    if (strategy.rollingUpdate === undefined) return;
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    errors.push(forbidden('spec.strategy.rollingUpdate', detail));
  } else if (strategy.type === 'RollingUpdate') {
    validateRollingUpdate(errors, strategy.rollingUpdate ?? {});
  } else {
    // The real server prints its internal type here.
    const printed = { Type: strategy.type ?? '', RollingUpdate: strategy.rollingUpdate ?? null };
    errors.push(notSupported('spec.strategy', printed, ['Recreate', 'RollingUpdate']));
  }
}

function validateSpec(errors: FieldError[], spec: Spec): void {
  nonNegative(errors, 'spec.replicas', spec.replicas);
  validateSelectorAndTemplate(errors, spec);
  validateStrategy(errors, spec.strategy ?? {});
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  nonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
  const deadline = spec.progressDeadlineSeconds;
  if (deadline === undefined) return;
  nonNegative(errors, 'spec.progressDeadlineSeconds', deadline);
  if (deadline <= (spec.minReadySeconds ?? 0) && deadline !== NO_DEADLINE) {
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
}

function validateStatus(errors: FieldError[], { status }: Deployment): void {
  if (status === undefined) return;
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  nonNegative(errors, 'status.observedGeneration', status.observedGeneration);
  nonNegative(errors, 'status.replicas', replicas);
  nonNegative(errors, 'status.updatedReplicas', updatedReplicas);
  nonNegative(errors, 'status.readyReplicas', readyReplicas);
  nonNegative(errors, 'status.availableReplicas', availableReplicas);
  nonNegative(errors, 'status.unavailableReplicas', status.unavailableReplicas);
  nonNegative(errors, 'status.collisionCount', status.collisionCount);
  const more = 'cannot be greater than status.replicas';
  if (updatedReplicas > replicas) errors.push(invalid('status.updatedReplicas', updatedReplicas, more));
  if (readyReplicas > replicas) errors.push(invalid('status.readyReplicas', readyReplicas, more));
  if (availableReplicas > replicas) errors.push(invalid('status.availableReplicas', availableReplicas, more));
  if (availableReplicas > readyReplicas) {
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  }
}

export function validateDeployment(object: Deployment): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadata(errors, object.metadata, true);
  validateSpec(errors, object.spec);
  return errors;
}

export function validateDeploymentUpdate(
  next: Deployment,
  previous: Deployment,
  context: WriteContext,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadataUpdate(errors, next, previous);
  if (context.status) validateStatus(errors, next);
  if (next.spec === previous.spec) return errors;
  validateSpec(errors, next.spec);
  if (!sameValue(next.spec.selector, previous.spec.selector)) {
    errors.push(immutable('spec.selector', next.spec.selector));
  }
  return errors;
}
