import type {
  IHorizontalPodAutoscalerSpec as SpecV1,
  IHorizontalPodAutoscalerStatus as StatusV1,
} from 'kubernetes-models/autoscaling/v1';
import { withDefaults, withField } from '../copy-on-write.ts';
import type { HorizontalPodAutoscaler } from '../kinds.ts';
import type { KubeObject, ObjectMeta } from '../object.ts';
import { servedForm } from '../stored-kind.ts';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { type Metric, parseMetricStatuses, parseMetrics, printMetricStatuses, printMetrics } from './metric-forms.ts';

type SpecV2 = NonNullable<HorizontalPodAutoscaler['spec']>;
type StatusV2 = NonNullable<HorizontalPodAutoscaler['status']>;

interface HorizontalPodAutoscalerV1 extends KubeObject {
  readonly spec?: SpecV1;
  readonly status?: StatusV1;
}

/** What v1 has no fields for travels in annotations. */
const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const METRICS = `${PREFIX}metrics`;
const CURRENT_METRICS = `${PREFIX}current-metrics`;
const CONDITIONS = `${PREFIX}conditions`;
const BEHAVIOR = `${PREFIX}behavior`;
const CARRIERS: readonly string[] = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];

const NO_SPEC = Object.freeze({}) as SpecV1;

function isCpuUtilization({ type, resource }: Metric): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target?.averageUtilization !== undefined;
}

function parseAs<T>(text: string | undefined): T | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

function withoutCarriers(metadata: ObjectMeta): ObjectMeta {
  const { annotations } = metadata;
  if (annotations === undefined || !CARRIERS.some((name) => Object.hasOwn(annotations, name))) return metadata;
  const kept = Object.entries(annotations).filter(([name]) => !CARRIERS.includes(name));
  const { annotations: _, ...rest } = metadata;
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}

function specToStorage(given: SpecV1, annotations: Readonly<Record<string, string>>): SpecV2 {
  const { targetCPUUtilizationPercentage: percentage, ...spec } = given;
  const metrics: Metric[] = [...parseMetrics(annotations[METRICS])];
  if (percentage !== undefined) {
    const target = { type: 'Utilization', averageUtilization: percentage };
    metrics.push({ type: 'Resource', resource: { name: 'cpu', target } });
  }
  const behavior = parseAs<NonNullable<SpecV2['behavior']>>(annotations[BEHAVIOR]);
  return {
    ...spec,
    ...(metrics.length === 0 ? {} : { metrics }),
    ...(behavior === undefined ? {} : { behavior }),
  };
}

function statusToStorage(status: StatusV1, annotations: Readonly<Record<string, string>>): StatusV2 {
  const { currentCPUUtilizationPercentage: _, ...rest } = status;
  const metrics = parseMetricStatuses(annotations[CURRENT_METRICS]);
  const conditions = parseAs<StatusV2['conditions']>(annotations[CONDITIONS]);
  return {
    ...rest,
    currentMetrics: (metrics.length === 0 ? null : metrics) as StatusV2['currentMetrics'],
    ...(Array.isArray(conditions) ? { conditions } : {}),
  } as StatusV2;
}

function toStorage(object: KubeObject): HorizontalPodAutoscaler {
  const { spec = NO_SPEC, status, metadata } = object as HorizontalPodAutoscalerV1;
  const { annotations = {} } = metadata;
  return horizontalPodAutoscaler.applyDefaults!({
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: withoutCarriers(metadata),
    spec: specToStorage(spec, annotations),
    ...(status === undefined ? {} : { status: statusToStorage(status, annotations) }),
  });
}

function carriersOf({ spec, status }: HorizontalPodAutoscaler): Record<string, string> {
  const carriers: Record<string, string> = {};
  const others = (spec?.metrics ?? []).filter((metric) => !isCpuUtilization(metric));
  if (others.length > 0) carriers[METRICS] = printMetrics(others);
  if ((status?.currentMetrics?.length ?? 0) > 0)
    carriers[CURRENT_METRICS] = printMetricStatuses(status!.currentMetrics!);
  if ((status?.conditions?.length ?? 0) > 0) carriers[CONDITIONS] = JSON.stringify(status!.conditions);
  if (spec?.behavior !== undefined) carriers[BEHAVIOR] = JSON.stringify(spec.behavior);
  return carriers;
}

function fromStorage(object: HorizontalPodAutoscaler): KubeObject {
  const { metrics, behavior: _, ...spec } = object.spec ?? ({} as SpecV2);
  const { conditions: _c, currentMetrics, ...status } = object.status ?? ({} as StatusV2);
  const carriers = carriersOf(object);
  const cpu = metrics?.find(isCpuUtilization)?.resource?.target?.averageUtilization;
  const used = currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.current?.averageUtilization;
  const annotations = { ...object.metadata.annotations, ...carriers };
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: Object.keys(carriers).length === 0 ? object.metadata : { ...object.metadata, annotations },
    spec: { ...spec, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }) },
    status: {
      currentReplicas: 0,
      ...status,
      ...(used === undefined ? {} : { currentCPUUtilizationPercentage: used }),
    },
  } as KubeObject;
}

/** The older form, which knows of no metric but the share of CPU. */
export const horizontalPodAutoscalerV1 = servedForm<HorizontalPodAutoscaler>(horizontalPodAutoscaler, {
  version: 'v1',
  schema: 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler',
  applyDefaults: (object) => withField(object, 'spec', withDefaults(object.spec ?? ({} as SpecV2), { minReplicas: 1 })),
  toStorage,
  fromStorage,
});
