import { validatePodTemplate } from '../core/pod-template-validation.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, notSupported, required } from '../field-errors.ts';
import type { PodTemplateSpec } from '../kinds.ts';
import { type LabelSelectorFields, labelSelectorOf } from '../label-selector.ts';
import { validateSelector } from '../selector-validation.ts';
import { isEmptySelector } from './selector.ts';

interface WorkloadSpec {
  readonly selector?: LabelSelectorFields;
  readonly template?: PodTemplateSpec;
}

const NO_TEMPLATE: PodTemplateSpec = Object.freeze({});

/**
 * The selector of a Deployment or ReplicaSet, and the template whose Pods it must find.
 * After kubernetes/kubernetes pkg/apis/apps/validation, ValidateDeploymentSpec and ValidatePodTemplateSpecForReplicaSet.
 */
export function validateSelectorAndTemplate(errors: FieldError[], { selector, template }: WorkloadSpec): void {
  if (selector === undefined) {
    errors.push(required('spec.selector'));
    validateTemplate(errors, template ?? NO_TEMPLATE, undefined);
    return;
  }
  const before = errors.length;
  validateSelector(errors, selector, 'spec.selector');
  if (errors.length > before) {
    errors.push(invalid('spec.selector', selector, 'invalid label selector'));
    return;
  }
  // The real server says "deployment" of ReplicaSets too.
  if (isEmptySelector(selector)) {
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for deployment'));
  }
  validateTemplate(errors, template ?? NO_TEMPLATE, selector);
}

/** Pods of a workload live on: restarted always, with no deadline, and found by the selector. */
function validateTemplate(
  errors: FieldError[],
  template: PodTemplateSpec,
  selector: LabelSelectorFields | undefined,
): void {
  const labels = template.metadata?.labels;
  if (!labelSelectorOf(selector).matches(labels)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  validatePodTemplate(errors, template, 'spec.template');
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
  if (activeDeadlineSeconds !== undefined) {
    const detail = 'activeDeadlineSeconds in ReplicaSet is not Supported';
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', detail));
  }
}
