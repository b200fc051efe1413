import { milliValue } from '../../api/quantity.ts';
import { type MetricsClient, MetricsError } from './metrics-client.ts';

/** What `metrics.k8s.io` tells of a Pod. */
interface PodMetrics {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly timestamp: string;
  readonly window: string;
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

/** What a Pod used of one resource, or shows of another metric, on the average of a window. */
export interface PodMetric {
  /** In thousandths. */
  readonly milli: number;
  /** When the window ended, milliseconds since 1970. */
  readonly atMs: number;
  readonly windowMs: number;
}

/** Whose metrics are asked for. */
export interface PodSelection {
  readonly namespace: string;
  readonly selector: string;
}

/**
 * The usage of a resource by Pod, from whatever serves the resource metrics API (metrics-server, as a rule).
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/
 *
 * @param container only of the container of this name.
 * @throws MetricsError saying why there are no figures.
 */
export function readPodMetrics(
  client: MetricsClient,
  { namespace, selector }: PodSelection,
  resource: string,
  container: string | undefined,
): Map<string, PodMetric> {
  const metrics = new Map<string, PodMetric>();
  for (const { metadata, timestamp, window, containers } of list(client, namespace, selector)) {
    const meant = containers.filter(({ name }) => container === undefined || name === container);
    if (container !== undefined && meant.length === 0) {
      const pod = `${metadata.namespace ?? namespace}/${metadata.name}`;
      throw new MetricsError(
        `failed to get container metrics: container ${container} not present in metrics for pod ${pod}`,
      );
    }
    // A Pod of which one container is not known is not known at all.
    if (meant.length === 0 || meant.some(({ usage }) => usage[resource] === undefined)) continue;
    const milli = meant.reduce((sum, { usage }) => sum + milliValue(usage[resource]!), 0);
    metrics.set(metadata.name, { milli, atMs: Date.parse(timestamp), windowMs: Number.parseFloat(window) * 1_000 });
  }
  return metrics;
}

function list(client: MetricsClient, namespace: string, labelSelector: string): readonly PodMetrics[] {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;
  const items = withOrigin('resource', () =>
    client.read<{ readonly items: readonly PodMetrics[] }>(path, { labelSelector }, 'get pods.metrics.k8s.io'),
  ).items;
  if (items.length === 0) throw new MetricsError('no metrics returned from resource metrics API');
  return items;
}

/** Says which of the three APIs gave nothing. */
export function withOrigin<T>(api: 'resource' | 'custom' | 'external', read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MetricsError)) throw error;
    throw new MetricsError(`unable to fetch metrics from ${api} metrics API: ${error.message}`);
  }
}
