import { workloadColumns } from '../apps/workload-columns.ts';
import { withDefaults, withField } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, nonNegative, notSupported, required } from '../field-errors.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { ReplicationController } from '../kinds.ts';
import { ageColumn, nameColumn, numberColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import { validatePodTemplate } from './pod-template-validation.ts';
import { podTemplateWarnings } from './pod-warnings.ts';

type Spec = NonNullable<ReplicationController['spec']>;

const NO_SPEC = Object.freeze({}) as Spec;

/** The selector and the controller's own labels are taken from the template where they are missing. */
function applyDefaults(object: ReplicationController): ReplicationController {
  const { spec = NO_SPEC } = object;
  const labels = spec.template?.metadata?.labels;
  let next = withDefaults(spec, { replicas: 1 });
  if (labels !== undefined && Object.keys(next.selector ?? {}).length === 0) {
    next = withField(next, 'selector', labels);
  }
  if (next.template !== undefined) next = withField(next, 'template', defaultPodTemplate(next.template));
  const defaulted = withField(object, 'spec', next);
  if (labels === undefined || Object.keys(object.metadata?.labels ?? {}).length > 0) return defaulted;
  return { ...defaulted, metadata: { ...object.metadata, labels } };
}

function validateSpec(errors: FieldError[], { spec = NO_SPEC }: ReplicationController): void {
  const { selector = {}, template } = spec;
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  if (Object.keys(selector).length === 0) errors.push(required('spec.selector'));
  nonNegative(errors, 'spec.replicas', spec.replicas);
  if (template === undefined) {
    errors.push(required('spec.template'));
    return;
  }
  const { labels = {} } = template.metadata ?? {};
  if (!Object.entries(selector).every(([key, value]) => labels[key] === value)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  validatePodTemplate(errors, template, 'spec.template');
  const { restartPolicy } = template.spec ?? {};
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/ */
export const replicationController = storedKind<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  schema: 'io.k8s.api.core.v1.ReplicationController',
  subresources: ['scale', 'status'],
  applyDefaults,
  prepareForCreate: (object) => ({ ...firstGeneration(object), status: { replicas: 0 } }),
  prepareForUpdate: (next, previous, context) =>
    context.status
      ? withField(next, 'spec', previous.spec)
      : nextGeneration(withField(next, 'status', previous.status), previous),
  ...validation<ReplicationController>({ namespaced: true, validate: validateSpec }),
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  warnings: ({ spec }) => podTemplateWarnings(spec?.template, 'spec.template'),
  columns: [
    nameColumn,
    numberColumn(
      'Desired',
      'Replicas is the number of desired replicas. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller',
      ({ spec }) => spec?.replicas ?? 0,
    ),
    numberColumn(
      'Current',
      'Replicas is the most recently observed number of replicas. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller',
      ({ status }) => status?.replicas ?? 0,
    ),
    numberColumn(
      'Ready',
      'The number of ready replicas for this replication controller.',
      ({ status }) => status?.readyReplicas ?? 0,
    ),
    ageColumn,
    ...workloadColumns<ReplicationController>(
      'Selector is a label query over pods that should match the Replicas count. If Selector is empty, it is defaulted to the labels present on the Pod template. Label keys and values that must match in order to be controlled by this replication controller, if empty defaulted to labels on Pod template. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
      ({ spec }) => (spec?.selector === undefined ? undefined : { matchLabels: spec.selector }),
    ),
  ],
});
