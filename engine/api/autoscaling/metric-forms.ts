import type { HorizontalPodAutoscaler } from '../kinds.ts';

// Metrics in the form that autoscaling/v1 keeps in annotations (that of v2beta1), and back.
// After kubernetes/kubernetes pkg/apis/autoscaling/v1/conversion.go.

export type Metric = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number];
export type MetricStatus = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

/** JSON of either form. */
type Json = { readonly [field: string]: unknown };

const COMPUTE: readonly string[] = ['resource', 'containerResource'];

/** Leaves out what is not there, as `omitempty` does. */
function compact(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Resource` → `resource`: where a metric of this type says more. */
function sourceKey(type: string): string {
  return type.slice(0, 1).toLowerCase() + type.slice(1);
}

/** The amounts of a metric: wanted (`target`) or measured (`current`), by their new names and their old ones. */
interface Amounts {
  readonly holder: 'target' | 'current';
  /** Prefix of the old names: `targetValue`, `currentAverageValue`. */
  readonly prefix: 'target' | 'current';
}

const WANTED: Amounts = { holder: 'target', prefix: 'target' };
const MEASURED: Amounts = { holder: 'current', prefix: 'current' };

function older(metric: Json, amounts: Amounts): Json {
  const key = sourceKey(String(metric['type'] ?? ''));
  const source = isJson(metric[key]) ? metric[key] : {};
  const { value, averageValue, averageUtilization } = (source[amounts.holder] ?? {}) as Json;
  const { name, selector } = (source['metric'] ?? {}) as Json;
  const { prefix } = amounts;
  const average = { [`${prefix}AverageValue`]: averageValue };
  switch (key) {
    case 'pods':
      return { type: metric['type'], pods: compact({ metricName: name, selector, ...average }) };
    case 'object':
      return {
        type: metric['type'],
        object: compact({
          target: source['describedObject'],
          metricName: name,
          selector,
          [`${prefix}Value`]: value ?? '0',
          averageValue,
        }),
      };
    case 'external':
      return {
        type: metric['type'],
        external: compact({ metricName: name, metricSelector: selector, [`${prefix}Value`]: value, ...average }),
      };
    default:
      return {
        type: metric['type'],
        [key]: compact({
          name: source['name'],
          container: source['container'],
          [`${prefix}AverageUtilization`]: averageUtilization,
          ...average,
        }),
      };
  }
}

function newer(metric: Json, amounts: Amounts): Json {
  const key = sourceKey(String(metric['type'] ?? ''));
  const source = isJson(metric[key]) ? metric[key] : {};
  const { prefix, holder } = amounts;
  const averageValue = source[`${prefix}AverageValue`] ?? source['averageValue'];
  const averageUtilization = source[`${prefix}AverageUtilization`];
  const given = source[`${prefix}Value`];
  // An Object metric always has a value; beside an average it means nothing.
  const value = key === 'object' && averageValue !== undefined ? undefined : given;
  const type = averageUtilization !== undefined ? 'Utilization' : value !== undefined ? 'Value' : 'AverageValue';
  const held = compact({
    type: holder === 'target' ? type : undefined,
    averageUtilization,
    averageValue,
    value,
  });
  if (COMPUTE.includes(key)) {
    const about = compact({ name: source['name'], container: source['container'] });
    return { type: metric['type'], [key]: { ...about, [holder]: held } };
  }
  const named = compact({ name: source['metricName'], selector: source['selector'] ?? source['metricSelector'] });
  const described = compact({ describedObject: source['target'] });
  return { type: metric['type'], [key]: { ...described, metric: named, [holder]: held } };
}

function parse(text: string | undefined): readonly Json[] {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isJson) : [];
  } catch {
    // Whoever writes the annotation by hand may err; the real server takes no notice either.
    return [];
  }
}

export function printMetrics(metrics: readonly Metric[]): string {
  return JSON.stringify(metrics.map((metric) => older(metric as unknown as Json, WANTED)));
}

export function parseMetrics(text: string | undefined): readonly Metric[] {
  return parse(text).map((metric) => newer(metric, WANTED) as unknown as Metric);
}

export function printMetricStatuses(metrics: readonly MetricStatus[]): string {
  return JSON.stringify(metrics.map((metric) => older(metric as unknown as Json, MEASURED)));
}

export function parseMetricStatuses(text: string | undefined): readonly MetricStatus[] {
  return parse(text).map((metric) => newer(metric, MEASURED) as unknown as MetricStatus);
}
