import { sameValue } from '../copy-on-write.ts';
import { validatePodTemplate } from '../core/pod-template-validation.ts';
import type { WriteContext } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, immutable, invalid, nonNegative, notSupported, required } from '../field-errors.ts';
import type { DaemonSet } from '../kinds.ts';
import { labelSelectorOf } from '../label-selector.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { validateSelector } from '../selector-validation.ts';
import { atMostHundredPercent, isZero, validateIntOrPercent } from './rolling-update-validation.ts';
import { isEmptySelector } from './selector.ts';

// After kubernetes/kubernetes pkg/apis/apps/validation/validation.go, ValidateDaemonSet….

type Spec = DaemonSet['spec'];

const COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const;

export function validateDaemonSet(object: DaemonSet): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadata(errors, object.metadata, true);
  validateSpec(errors, object.spec);
  return errors;
}

export function validateDaemonSetUpdate(
  next: DaemonSet,
  previous: DaemonSet,
  context: WriteContext,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadataUpdate(errors, next, previous);
  if (context.status) for (const key of COUNTS) nonNegative(errors, `status.${key}`, next.status?.[key]);
  if (next.spec === previous.spec) return errors;
  validateSpec(errors, next.spec);
  if (!sameValue(next.spec.selector, previous.spec.selector)) {
    errors.push(immutable('spec.selector', next.spec.selector));
  }
  return errors;
}

function validateSpec(errors: FieldError[], spec: Spec): void {
  const { selector, template } = spec;
  if (selector !== undefined) validateSelector(errors, selector, 'spec.selector');
  const { labels } = template.metadata ?? {};
  if (!labelSelectorOf(selector).matches(labels)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  if (selector !== undefined && isEmptySelector(selector)) {
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'));
  }
  validatePodTemplate(errors, template, 'spec.template');
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
  if (activeDeadlineSeconds !== undefined) {
    const detail = 'activeDeadlineSeconds in DaemonSet is not Supported';
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', detail));
  }
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  validateUpdateStrategy(errors, spec.updateStrategy ?? {});
  nonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
}

function validateUpdateStrategy(errors: FieldError[], strategy: NonNullable<Spec['updateStrategy']>): void {
  const { type, rollingUpdate } = strategy;
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    // The real server prints its internal type here.
    const printed = { Type: type ?? '', RollingUpdate: rollingUpdate ?? null };
    errors.push(notSupported('spec.updateStrategy', printed, ['RollingUpdate', 'OnDelete']));
    return;
  }
  const field = 'spec.updateStrategy.rollingUpdate';
  if (rollingUpdate === undefined) {
    errors.push(required(field));
    return;
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  validateIntOrPercent(errors, `${field}.maxUnavailable`, maxUnavailable);
  validateIntOrPercent(errors, `${field}.maxSurge`, maxSurge);
  atMostHundredPercent(errors, `${field}.maxUnavailable`, maxUnavailable);
  atMostHundredPercent(errors, `${field}.maxSurge`, maxSurge);
  if (!isZero(maxUnavailable) && !isZero(maxSurge)) {
    errors.push(invalid(`${field}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  } else if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(required(`${field}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  }
}
