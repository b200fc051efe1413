import { changeField, mapItems, withDefaults, withField } from '../copy-on-write.ts';
import { defaultPodTemplate } from '../core/pod-defaults.ts';
import { podTemplateWarnings } from '../core/pod-warnings.ts';
import type { KindDescriptor } from '../descriptor.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { StatefulSet } from '../kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';
import { validateStatefulSet, validateStatefulSetUpdate } from './stateful-set-validation.ts';
import { keepMetadataOfStatusUpdate } from './status-update.ts';
import { workloadColumns } from './workload-columns.ts';

type Spec = StatefulSet['spec'];
type Strategy = NonNullable<Spec['updateStrategy']>;
type Retention = NonNullable<Spec['persistentVolumeClaimRetentionPolicy']>;
type ClaimTemplate = NonNullable<Spec['volumeClaimTemplates']>[number];

const SPEC: Partial<Spec> = {
  podManagementPolicy: 'OrderedReady',
  updateStrategy: Object.freeze({ type: 'RollingUpdate' }),
  persistentVolumeClaimRetentionPolicy: Object.freeze({}),
  replicas: 1,
  revisionHistoryLimit: 10,
};
const STRATEGY: Partial<Strategy> = { type: 'RollingUpdate' };
const ROLLING: NonNullable<Strategy['rollingUpdate']> = { partition: 0 };
const RETENTION: Retention = { whenDeleted: 'Retain', whenScaled: 'Retain' };
const CLAIM: Partial<ClaimTemplate> = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  status: Object.freeze({ phase: 'Pending' }),
};
const CLAIM_SPEC: Partial<NonNullable<ClaimTemplate['spec']>> = { volumeMode: 'Filesystem' };
const NO_SPEC = Object.freeze({}) as Spec;
const NO_TEMPLATE = Object.freeze({}) as Spec['template'];

function defaultStrategy(given: Strategy): Strategy {
  const strategy = withDefaults(given, STRATEGY);
  if (strategy.type !== 'RollingUpdate') return strategy;
  return withField(strategy, 'rollingUpdate', withDefaults(strategy.rollingUpdate ?? ROLLING, ROLLING));
}

function defaultClaim(given: ClaimTemplate): ClaimTemplate {
  return changeField(withDefaults(given, CLAIM), 'spec', (spec) => withDefaults(spec, CLAIM_SPEC));
}

function defaultSpec(given: Spec): Spec {
  let spec = changeField(withDefaults(given, SPEC), 'updateStrategy', defaultStrategy);
  spec = changeField(spec, 'persistentVolumeClaimRetentionPolicy', (policy) => withDefaults(policy, RETENTION));
  spec = changeField(spec, 'volumeClaimTemplates', (templates) => mapItems(templates, defaultClaim));
  return withField(spec, 'template', defaultPodTemplate(spec.template ?? NO_TEMPLATE));
}

// After kubernetes/kubernetes pkg/registry/apps/statefulset/strategy.go.
export const statefulSet: KindDescriptor<StatefulSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.apps.v1.StatefulSet',
  subresources: ['scale', 'status'],
  applyDefaults: (object) => withField(object, 'spec', defaultSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: (object) => ({
    ...firstGeneration(object),
    status: { replicas: 0, availableReplicas: 0 },
  }),
  prepareForUpdate: (next, previous, context) =>
    context.status
      ? keepMetadataOfStatusUpdate(withField(next, 'spec', previous.spec), previous)
      : nextGeneration(withField(next, 'status', previous.status), previous),
  validateCreate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  warnings: ({ spec }) => podTemplateWarnings(spec?.template, 'spec.template'),
  columns: [
    nameColumn,
    column(
      'Ready',
      'Number of the pod with ready state',
      (object) => `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`,
    ),
    ageColumn,
    // Containers and images, but no selector.
    ...workloadColumns<StatefulSet>('').slice(0, 2),
  ],
};
