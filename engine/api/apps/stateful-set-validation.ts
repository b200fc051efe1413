import { sameValue } from '../copy-on-write.ts';
import { validatePodTemplate } from '../core/pod-template-validation.ts';
import type { WriteContext } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, nonNegative, notSupported, required } from '../field-errors.ts';
import type { StatefulSet } from '../kinds.ts';
import { labelSelectorOf } from '../label-selector.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { validateSelector } from '../selector-validation.ts';
import { atMostHundredPercent, isZero, validateIntOrPercent } from './rolling-update-validation.ts';
import { isEmptySelector } from './selector.ts';

// After kubernetes/kubernetes pkg/apis/apps/validation/validation.go, ValidateStatefulSet….

type Spec = StatefulSet['spec'];

const FROZEN =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
  "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
const COUNTS = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'availableReplicas',
  'observedGeneration',
  'collisionCount',
] as const;

export function validateStatefulSet(object: StatefulSet): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadata(errors, object.metadata, true);
  validateSpec(errors, object.spec);
  return errors;
}

export function validateStatefulSetUpdate(
  next: StatefulSet,
  previous: StatefulSet,
  context: WriteContext,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadataUpdate(errors, next, previous);
  if (context.status) for (const key of COUNTS) nonNegative(errors, `status.${key}`, next.status?.[key]);
  if (next.spec === previous.spec) return errors;
  validateSpec(errors, next.spec);
  if (!sameValue(withoutMutableFields(next.spec), withoutMutableFields(previous.spec))) {
    errors.push(forbidden('spec', FROZEN));
  }
  return errors;
}

function withoutMutableFields(spec: Spec): object {
  const {
    replicas: _replicas,
    ordinals: _ordinals,
    template: _template,
    updateStrategy: _updateStrategy,
    revisionHistoryLimit: _revisionHistoryLimit,
    persistentVolumeClaimRetentionPolicy: _policy,
    minReadySeconds: _minReadySeconds,
    ...frozen
  } = spec;
  return frozen;
}

function validateSpec(errors: FieldError[], spec: Spec): void {
  validateManagementPolicy(errors, spec.podManagementPolicy);
  validateUpdateStrategy(errors, spec.updateStrategy ?? {});
  validateRetention(errors, spec.persistentVolumeClaimRetentionPolicy);
  nonNegative(errors, 'spec.replicas', spec.replicas);
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  nonNegative(errors, 'spec.ordinals.start', spec.ordinals?.start);
  const { selector, template } = spec;
  if (selector === undefined) errors.push(required('spec.selector'));
  else {
    validateSelector(errors, selector, 'spec.selector');
    if (isEmptySelector(selector)) {
      errors.push(invalid('spec.selector', selector, 'empty selector is invalid for statefulset'));
    }
  }
  const { labels } = template.metadata ?? {};
  if (!labelSelectorOf(selector).matches(labels)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  validatePodTemplate(errors, withClaimVolumes(template, spec), 'spec.template');
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
  if (activeDeadlineSeconds !== undefined) {
    const detail = 'activeDeadlineSeconds in StatefulSet is not Supported';
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', detail));
  }
}

function validateManagementPolicy(errors: FieldError[], policy: string | undefined): void {
  if (policy === undefined || policy === '') errors.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  }
}

function validateUpdateStrategy(errors: FieldError[], strategy: NonNullable<Spec['updateStrategy']>): void {
  const { type, rollingUpdate } = strategy;
  const field = 'spec.updateStrategy.rollingUpdate';
  if (type === undefined) errors.push(required('spec.updateStrategy'));
  else if (type === 'OnDelete') {
    if (rollingUpdate === undefined) return;
    errors.push(invalid(field, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'"));
  } else if (type === 'RollingUpdate') {
    nonNegative(errors, `${field}.partition`, rollingUpdate?.partition);
    const maxUnavailable = rollingUpdate?.maxUnavailable;
    if (maxUnavailable === undefined) return;
    validateIntOrPercent(errors, `${field}.maxUnavailable`, maxUnavailable);
    if (isZero(maxUnavailable)) errors.push(invalid(`${field}.maxUnavailable`, maxUnavailable, 'cannot be 0'));
    atMostHundredPercent(errors, `${field}.maxUnavailable`, maxUnavailable);
  } else {
    // The real server prints its internal type here.
    const printed = { Type: type, RollingUpdate: rollingUpdate ?? null };
    errors.push(invalid('spec.updateStrategy', printed, "must be 'RollingUpdate' or 'OnDelete'"));
  }
}

function validateRetention(errors: FieldError[], policy: Spec['persistentVolumeClaimRetentionPolicy']): void {
  for (const key of ['whenDeleted', 'whenScaled'] as const) {
    const value = policy?.[key];
    if (value === undefined || value === 'Retain' || value === 'Delete') continue;
    errors.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${key}`, value, ['Delete', 'Retain']));
  }
}

/** The template as its Pods will be: each claim template gives them a volume of its name. */
function withClaimVolumes(template: Spec['template'], { volumeClaimTemplates = [] }: Spec): Spec['template'] {
  if (volumeClaimTemplates.length === 0 || template.spec === undefined) return template;
  const names = volumeClaimTemplates.flatMap(({ metadata }) => metadata?.name ?? []);
  const own = template.spec.volumes?.filter(({ name }) => !names.includes(name)) ?? [];
  const claimed = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...template.spec, volumes: [...own, ...claimed] } };
}
