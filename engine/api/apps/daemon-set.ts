import { changeField, sameValue, withDefaults, withField } from '../copy-on-write.ts';
import { defaultPodTemplate } from '../core/pod-defaults.ts';
import { podTemplateWarnings } from '../core/pod-warnings.ts';
import type { KindDescriptor } from '../descriptor.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { DaemonSet } from '../kinds.ts';
import { ageColumn, column, nameColumn, numberColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';
import { validateDaemonSet, validateDaemonSetUpdate } from './daemon-set-validation.ts';
import { keepMetadataOfStatusUpdate } from './status-update.ts';
import { workloadColumns } from './workload-columns.ts';

type Spec = DaemonSet['spec'];
type Strategy = NonNullable<Spec['updateStrategy']>;

const SPEC: Partial<Spec> = {
  updateStrategy: Object.freeze({ type: 'RollingUpdate' }),
  revisionHistoryLimit: 10,
};
const STRATEGY: Partial<Strategy> = { type: 'RollingUpdate' };
const ROLLING: NonNullable<Strategy['rollingUpdate']> = { maxSurge: 0, maxUnavailable: 1 };
const NO_STATUS = {
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
};
const NO_SPEC = Object.freeze({}) as Spec;
const NO_TEMPLATE = Object.freeze({}) as Spec['template'];
/** Counts the templates, in an annotation since the field went away with extensions/v1beta1. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function defaultStrategy(given: Strategy): Strategy {
  const strategy = withDefaults(given, STRATEGY);
  if (strategy.type !== 'RollingUpdate') return strategy;
  return withField(strategy, 'rollingUpdate', withDefaults(strategy.rollingUpdate ?? ROLLING, ROLLING));
}

function defaultSpec(given: Spec): Spec {
  const spec = changeField(withDefaults(given, SPEC), 'updateStrategy', defaultStrategy);
  return withField(spec, 'template', defaultPodTemplate(spec.template ?? NO_TEMPLATE));
}

function withTemplateGeneration(object: DaemonSet, generation: number): DaemonSet {
  const annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
  return withField(object, 'metadata', { ...object.metadata, annotations });
}

function templateGenerationOf({ metadata }: DaemonSet): number {
  return Number(metadata.annotations?.[TEMPLATE_GENERATION] ?? 0) || 0;
}

function nextTemplateGeneration(next: DaemonSet, previous: DaemonSet): DaemonSet {
  const before = templateGenerationOf(previous);
  const generation = sameValue(next.spec.template, previous.spec.template) ? before : before + 1;
  return templateGenerationOf(next) === generation ? next : withTemplateGeneration(next, generation);
}

function formatLabels(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '<none>' : pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

// After kubernetes/kubernetes pkg/registry/apps/daemonset/strategy.go.
export const daemonSet: KindDescriptor<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.apps.v1.DaemonSet',
  subresources: ['status'],
  applyDefaults: (object) => withField(object, 'spec', defaultSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: (object) => ({ ...withTemplateGeneration(firstGeneration(object), 1), status: NO_STATUS }),
  prepareForUpdate: (next, previous, context) =>
    context.status
      ? keepMetadataOfStatusUpdate(withField(next, 'spec', previous.spec), previous)
      : nextTemplateGeneration(nextGeneration(withField(next, 'status', previous.status), previous), previous),
  validateCreate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  warnings: ({ spec }) => podTemplateWarnings(spec?.template, 'spec.template'),
  columns: [
    nameColumn,
    numberColumn(
      'Desired',
      'The total number of nodes that should be running the daemon pod (including nodes correctly running the daemon pod). More info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/',
      (object) => object.status?.desiredNumberScheduled ?? 0,
    ),
    numberColumn(
      'Current',
      'The number of nodes that are running at least 1 daemon pod and are supposed to run the daemon pod. More info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/',
      (object) => object.status?.currentNumberScheduled ?? 0,
    ),
    numberColumn(
      'Ready',
      'numberReady is the number of nodes that should be running the daemon pod and have one or more of the daemon pod running with a Ready Condition.',
      (object) => object.status?.numberReady ?? 0,
    ),
    numberColumn(
      'Up-to-date',
      'The total number of nodes that are running updated daemon pod',
      (object) => object.status?.updatedNumberScheduled ?? 0,
    ),
    numberColumn(
      'Available',
      'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and available (ready for at least spec.minReadySeconds)',
      (object) => object.status?.numberAvailable ?? 0,
    ),
    column(
      'Node Selector',
      "NodeSelector is a selector which must be true for the pod to fit on a node. Selector which must match a node's labels for the pod to be scheduled on that node. More info: https://kubernetes.io/docs/concepts/configuration/assign-pod-node/",
      (object) => formatLabels(object.spec?.template?.spec?.nodeSelector),
    ),
    ageColumn,
    ...workloadColumns<DaemonSet>(
      "A label query over pods that are managed by the daemon set. Must match in order to be controlled. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
    ),
  ],
};
