import { withDefaults, withField } from '../copy-on-write.ts';
import type { HorizontalPodAutoscaler } from '../kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { formatMetrics } from './metric-columns.ts';
import { validateAutoscaler } from './validation.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Behavior = NonNullable<Spec['behavior']>;
type Rules = NonNullable<Behavior['scaleUp']>;
type Metrics = NonNullable<Spec['metrics']>;

const NO_SPEC = Object.freeze({}) as Spec;
const MIN: Partial<Spec> = { minReplicas: 1 };
const CPU_80: Metrics = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
];
const SCALE_UP: Rules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const SCALE_DOWN: Rules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };
const NO_STATUS = Object.freeze({ desiredReplicas: 0, currentMetrics: null });

/** Whoever says something of the behaviour gets the rest of it spelled out. */
function defaultBehavior(behavior: Behavior): Behavior {
  const up = withField(behavior, 'scaleUp', withDefaults(behavior.scaleUp ?? SCALE_UP, SCALE_UP));
  return withField(up, 'scaleDown', withDefaults(behavior.scaleDown ?? SCALE_DOWN, SCALE_DOWN));
}

function defaultSpec(given: Spec): Spec {
  let spec = withDefaults(given, MIN);
  if ((spec.metrics?.length ?? 0) === 0) spec = withField(spec, 'metrics', CPU_80);
  return spec.behavior === undefined ? spec : withField(spec, 'behavior', defaultBehavior(spec.behavior));
}

// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
export const horizontalPodAutoscaler = storedKind<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  schema: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  subresources: ['status'],
  applyDefaults: (object) => withField(object, 'spec', defaultSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: (object) => ({ ...object, status: NO_STATUS as never }),
  prepareForUpdate: (next, previous, context) =>
    context.status ? withField(next, 'spec', previous.spec) : withField(next, 'status', previous.status),
  ...validation<HorizontalPodAutoscaler>({ namespaced: true, validate: validateAutoscaler }),
  columns: [
    nameColumn,
    column(
      'Reference',
      'scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected, as well as to actually change the replica count.',
      ({ spec }) => `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`,
    ),
    column(
      'Targets',
      'metrics contains the specifications for which to use to calculate the desired replica count (the maximum replica count across all metrics will be used).',
      formatMetrics,
    ),
    column(
      'MinPods',
      'minReplicas is the lower limit for the number of replicas to which the autoscaler can scale down.  It defaults to 1 pod.',
      ({ spec }) => String(spec?.minReplicas ?? '<unset>'),
    ),
    column(
      'MaxPods',
      'maxReplicas is the upper limit for the number of replicas to which the autoscaler can scale up. It cannot be less that minReplicas.',
      ({ spec }) => spec?.maxReplicas ?? 0,
    ),
    column(
      'Replicas',
      'currentReplicas is current number of replicas of pods managed by this autoscaler, as last seen by the autoscaler.',
      ({ status }) => status?.currentReplicas ?? 0,
    ),
    ageColumn,
  ],
});
