import { changeField, sameValue, withDefaults, withField } from '../copy-on-write.ts';
import { defaultPodTemplate } from '../core/pod-defaults.ts';
import { podTemplateWarnings } from '../core/pod-warnings.ts';
import type { KindDescriptor } from '../descriptor.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { Deployment } from '../kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';
import { validateDeployment, validateDeploymentUpdate } from './deployment-validation.ts';
import { keepMetadataOfStatusUpdate } from './status-update.ts';
import { workloadColumns } from './workload-columns.ts';

type Spec = Deployment['spec'];
type Strategy = NonNullable<Spec['strategy']>;

const SPEC: Partial<Spec> = {
  replicas: 1,
  strategy: Object.freeze({ type: 'RollingUpdate' }),
  revisionHistoryLimit: 10,
  progressDeadlineSeconds: 600,
};
const STRATEGY: Partial<Strategy> = { type: 'RollingUpdate' };
const ROLLING: NonNullable<Strategy['rollingUpdate']> = { maxSurge: '25%', maxUnavailable: '25%' };
const NO_SPEC = Object.freeze({}) as Spec;
const NO_TEMPLATE = Object.freeze({}) as Spec['template'];

function defaultStrategy(given: Strategy): Strategy {
  const strategy = withDefaults(given, STRATEGY);
  if (strategy.type !== 'RollingUpdate') return strategy;
  return withField(strategy, 'rollingUpdate', withDefaults(strategy.rollingUpdate ?? ROLLING, ROLLING));
}

function defaultSpec(given: Spec): Spec {
  const spec = changeField(withDefaults(given, SPEC), 'strategy', defaultStrategy);
  return withField(spec, 'template', defaultPodTemplate(spec.template ?? NO_TEMPLATE));
}

// After kubernetes/kubernetes pkg/registry/apps/deployment/strategy.go.
export const deployment: KindDescriptor<Deployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.apps.v1.Deployment',
  subresources: ['scale', 'status'],
  applyDefaults: (object) => withField(object, 'spec', defaultSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: (object) => ({ ...firstGeneration(object), status: {} }),
  prepareForUpdate(next, previous, context) {
    if (context.status) return keepMetadataOfStatusUpdate(withField(next, 'spec', previous.spec), previous);
    // Annotations count too, for the sake of tools that keep state in them.
    const changed =
      !sameValue(next.spec, previous.spec) ||
      !sameValue(next.metadata.annotations ?? {}, previous.metadata.annotations ?? {});
    return nextGeneration(withField(next, 'status', previous.status), previous, changed);
  },
  validateCreate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  warnings: ({ spec }) => podTemplateWarnings(spec?.template, 'spec.template'),
  columns: [
    nameColumn,
    column('Ready', 'Number of the pod with ready state', (object) => {
      return `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`;
    }),
    column(
      'Up-to-date',
      'Total number of non-terminating pods targeted by this deployment that have the desired template spec.',
      (object) => object.status?.updatedReplicas ?? 0,
    ),
    column(
      'Available',
      'Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.',
      (object) => object.status?.availableReplicas ?? 0,
    ),
    ageColumn,
    ...workloadColumns<Deployment>(
      "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment. It must match the pod template's labels.",
    ),
  ],
};
