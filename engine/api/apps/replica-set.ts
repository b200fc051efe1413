import { sameValue, withDefaults, withField } from '../copy-on-write.ts';
import { defaultPodTemplate } from '../core/pod-defaults.ts';
import { podTemplateWarnings } from '../core/pod-warnings.ts';
import type { KindDescriptor } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { immutable, invalid, nonNegative } from '../field-errors.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { ReplicaSet } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { ageColumn, nameColumn, numberColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';
import { keepMetadataOfStatusUpdate } from './status-update.ts';
import { workloadColumns } from './workload-columns.ts';
import { validateSelectorAndTemplate } from './workload-validation.ts';

type Spec = ReplicaSet['spec'];

const SPEC: Partial<Spec> = { replicas: 1 };
const NO_SPEC = Object.freeze({}) as Spec;
const NO_TEMPLATE = Object.freeze({}) as NonNullable<Spec['template']>;

function defaultSpec(spec: Spec): Spec {
  return withField(withDefaults(spec, SPEC), 'template', defaultPodTemplate(spec.template ?? NO_TEMPLATE));
}

function validateSpec(errors: FieldError[], spec: Spec): void {
  nonNegative(errors, 'spec.replicas', spec.replicas);
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  validateSelectorAndTemplate(errors, spec);
}

function validateStatus(errors: FieldError[], { status }: ReplicaSet): void {
  if (status === undefined) return;
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0, fullyLabeledReplicas = 0 } = status;
  nonNegative(errors, 'status.replicas', replicas);
  nonNegative(errors, 'status.fullyLabeledReplicas', fullyLabeledReplicas);
  nonNegative(errors, 'status.readyReplicas', readyReplicas);
  nonNegative(errors, 'status.availableReplicas', availableReplicas);
  nonNegative(errors, 'status.observedGeneration', status.observedGeneration);
  const more = 'cannot be greater than status.replicas';
  if (fullyLabeledReplicas > replicas) errors.push(invalid('status.fullyLabeledReplicas', fullyLabeledReplicas, more));
  if (readyReplicas > replicas) errors.push(invalid('status.readyReplicas', readyReplicas, more));
  if (availableReplicas > replicas) errors.push(invalid('status.availableReplicas', availableReplicas, more));
  if (availableReplicas > readyReplicas) {
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  }
}

export const replicaSet: KindDescriptor<ReplicaSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.apps.v1.ReplicaSet',
  subresources: ['scale', 'status'],
  applyDefaults: (object) => withField(object, 'spec', defaultSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: (object) => ({ ...firstGeneration(object), status: { replicas: 0 } }),
  prepareForUpdate: (next, previous, context) =>
    context.status
      ? keepMetadataOfStatusUpdate(withField(next, 'spec', previous.spec), previous)
      : nextGeneration(withField(next, 'status', previous.status), previous),
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, true);
    validateSpec(errors, object.spec);
    return errors;
  },
  validateUpdate(next, previous, context) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    if (context.status) validateStatus(errors, next);
    if (next.spec === previous.spec) return errors;
    validateSpec(errors, next.spec);
    if (!sameValue(next.spec.selector, previous.spec.selector)) {
      errors.push(immutable('spec.selector', next.spec.selector));
    }
    return errors;
  },
  selectableFields: (object) => ({ 'status.replicas': String(object.status?.replicas ?? 0) }),
  warnings: ({ spec }) => podTemplateWarnings(spec?.template, 'spec.template'),
  columns: [
    nameColumn,
    numberColumn(
      'Desired',
      'Replicas is the number of desired pods. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset',
      (object) => object.spec?.replicas ?? 0,
    ),
    numberColumn(
      'Current',
      'Replicas is the most recently observed number of non-terminating pods. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset',
      (object) => object.status?.replicas ?? 0,
    ),
    numberColumn(
      'Ready',
      'The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.',
      (object) => object.status?.readyReplicas ?? 0,
    ),
    ageColumn,
    ...workloadColumns<ReplicaSet>(
      "Selector is a label query over pods that should match the replica count. Label keys and values that must match in order to be controlled by this replica set. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
    ),
  ],
};
