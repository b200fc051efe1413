import { type LabelSelectorFields, labelSelectorOf } from '../../api/label-selector.ts';
import { milliValue } from '../../api/quantity.ts';
import { type MetricsClient, MetricsError } from './metrics-client.ts';
import { type PodMetric, type PodSelection, withOrigin } from './pod-metrics.ts';

// The custom and the external metrics API, which adapters serve.
// https://github.com/kubernetes/design-proposals-archive/blob/main/instrumentation/custom-metrics-api.md

/** In which metric one is interested: its name, and which of its series. */
export interface MetricIdentifier {
  readonly name: string;
  readonly selector?: LabelSelectorFields | null;
}

/** Whose metric it is, as a resource of the API: `ingresses.networking.k8s.io`; undefined for the namespace itself. */
export interface DescribedObject {
  readonly resource: string | undefined;
  readonly name: string;
}

/** `MetricValue` of either version of custom.metrics.k8s.io. */
interface MetricValue {
  readonly describedObject: { readonly name: string };
  readonly timestamp: string;
  readonly value: string;
  readonly windowSeconds?: number | null;
  readonly window?: number | null;
}

interface ValueList<T> {
  readonly items: readonly T[];
}

const CUSTOM = 'custom.metrics.k8s.io';
const EXTERNAL = 'external.metrics.k8s.io';
/** The one that the controller prefers comes first. */
const CUSTOM_VERSIONS = ['v1beta2', 'v1beta1'];
const DEFAULT_WINDOW_S = 60;

/** @throws MetricsError */
export function readPodsMetric(
  client: MetricsClient,
  { namespace, selector }: PodSelection,
  metric: MetricIdentifier,
): Map<string, PodMetric> {
  const path = `namespaces/${namespace}/pods/*/${encodeURIComponent(metric.name)}`;
  const query = { labelSelector: selector, ...metricLabels(metric) };
  const { items } = readCustom(client, path, query, `get pods.${CUSTOM} *`);
  if (items.length === 0) throw new MetricsError('no metrics returned from custom metrics API');
  return new Map(
    items.map(({ describedObject, timestamp, value, windowSeconds, window }) => {
      const windowMs = (windowSeconds ?? window ?? DEFAULT_WINDOW_S) * 1_000;
      return [describedObject.name, { milli: milliValue(value), atMs: Date.parse(timestamp), windowMs }];
    }),
  );
}

/** The metric of one object, in thousandths. @throws MetricsError */
export function readObjectMetric(
  client: MetricsClient,
  namespace: string,
  { resource, name }: DescribedObject,
  metric: MetricIdentifier,
): number {
  const of = resource === undefined ? 'metrics' : `${resource}/${encodeURIComponent(name)}`;
  const path = `namespaces/${namespace}/${of}/${encodeURIComponent(metric.name)}`;
  const what = resource === undefined ? `get metrics.${CUSTOM} ${metric.name}` : `get ${resource}.${CUSTOM} ${name}`;
  const { items } = readCustom(client, path, metricLabels(metric), what);
  const [only] = items;
  if (only === undefined || items.length > 1) {
    const found = `returned ${items.length} results when we asked for exactly one`;
    throw new MetricsError(`unable to fetch metrics from custom metrics API: the custom metrics API server ${found}`);
  }
  return milliValue(only.value);
}

/** What all series of an external metric come to, in thousandths. @throws MetricsError */
export function readExternalMetric(client: MetricsClient, namespace: string, metric: MetricIdentifier): number {
  const path = `/apis/${EXTERNAL}/v1beta1/namespaces/${namespace}/${encodeURIComponent(metric.name)}`;
  const labelSelector = formatLabels(metric.selector);
  const { items } = withOrigin('external', () =>
    client.read<ValueList<{ readonly value: string }>>(
      path,
      labelSelector === '' ? {} : { labelSelector },
      `get ${metric.name}.${EXTERNAL}`,
    ),
  );
  if (items.length === 0) throw new MetricsError('no metrics returned from external metrics API');
  return items.reduce((sum, { value }) => sum + milliValue(value), 0);
}

/** From whichever version is served. */
function readCustom(
  client: MetricsClient,
  path: string,
  query: Readonly<Record<string, string>>,
  what: string,
): ValueList<MetricValue> {
  return withOrigin('custom', () => {
    for (const version of CUSTOM_VERSIONS) {
      const full = `/apis/${CUSTOM}/${version}/${path}`;
      if (!client.isMissing(full, query)) return client.read<ValueList<MetricValue>>(full, query, what);
    }
    throw new MetricsError(`no custom metrics API (${CUSTOM}) registered`);
  });
}

function metricLabels({ selector }: MetricIdentifier): Readonly<Record<string, string>> {
  const text = formatLabels(selector);
  return text === '' ? {} : { metricLabelSelector: text };
}

function formatLabels(selector: MetricIdentifier['selector']): string {
  return selector === undefined || selector === null ? '' : labelSelectorOf(selector).toString();
}
