import type { HorizontalPodAutoscaler } from '../kinds.ts';

type Metrics = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>;
type Metric = Metrics[number];
type Target = NonNullable<Metric['resource']>['target'];

interface Measured {
  readonly averageUtilization?: number;
  readonly averageValue?: string | number;
  readonly value?: string | number;
}

const UNKNOWN = '<unknown>';
const MAX_SHOWN = 2;

/** `cpu: 12%/50%, memory: <unknown>/100Mi`: what is, and what is wanted, for each metric. */
export function formatMetrics({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const list = metrics.map((metric, index) =>
    formatMetric(metric, measured(status?.currentMetrics?.[index] as Metric)),
  );
  const more = list.length > MAX_SHOWN ? ` + ${list.length - MAX_SHOWN} more...` : '';
  return list.slice(0, MAX_SHOWN).join(', ') + more;
}

function measured(metric: Metric | undefined): Measured {
  const source = metric?.resource ?? metric?.containerResource ?? metric?.pods ?? metric?.object ?? metric?.external;
  return ((source as { readonly current?: Measured } | undefined)?.current ?? {}) as Measured;
}

function formatMetric(metric: Metric, current: Measured): string {
  const { resource, containerResource, pods, object, external } = metric;
  const compute = resource ?? containerResource;
  if (compute !== undefined) return `${compute.name}: ${formatCompute(compute.target ?? {}, current)}`;
  const target = (pods ?? object ?? external)?.target;
  if (target === undefined) return '<unknown type>';
  if (target.averageValue !== undefined) {
    const average = pods === undefined ? ' (avg)' : '';
    return `${current.averageValue ?? UNKNOWN}/${target.averageValue}${average}`;
  }
  return `${current.value ?? UNKNOWN}/${target.value ?? UNKNOWN}`;
}

function formatCompute(target: Partial<Target>, current: Measured): string {
  if (target.averageValue !== undefined) return `${current.averageValue ?? UNKNOWN}/${target.averageValue}`;
  const is = current.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}%`;
  const wanted = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
  return `${is}/${wanted}`;
}
