import { milliValue } from '../../api/quantity.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client } from '../../client/client.ts';

/** What `metrics.k8s.io` tells of a Pod. */
interface PodMetrics {
  readonly metadata: { readonly name: string };
  readonly timestamp: string;
  readonly window: string;
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

/** What a Pod used of one resource on the average of a window. */
export interface PodMetric {
  /** In thousandths. */
  readonly milli: number;
  /** When the window ended, milliseconds since 1970. */
  readonly atMs: number;
  readonly windowMs: number;
}

const MISSING = 'the server could not find the requested resource';

/**
 * The usage of a resource by Pod, from whatever serves the resource metrics API (metrics-server, as a rule).
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/
 *
 * @param container only of the containers of this name.
 * @throws Error saying why there are no figures.
 */
export function readPodMetrics(
  client: Client,
  namespace: string,
  labelSelector: string,
  resource: string,
  container: string | undefined,
): Map<string, PodMetric> {
  const items = list(client, namespace, labelSelector);
  const metrics = new Map<string, PodMetric>();
  for (const { metadata, timestamp, window, containers } of items) {
    const meant = containers.filter(({ name }) => container === undefined || name === container);
    // A Pod of which one container is not known is not known at all.
    if (meant.length === 0 || meant.some(({ usage }) => usage[resource] === undefined)) continue;
    const milli = meant.reduce((sum, { usage }) => sum + milliValue(usage[resource]!), 0);
    metrics.set(metadata.name, { milli, atMs: Date.parse(timestamp), windowMs: Number.parseFloat(window) * 1_000 });
  }
  if (metrics.size === 0) throw new Error(`no metrics returned from resource metrics API`);
  return metrics;
}

function list(client: Client, namespace: string, labelSelector: string): readonly PodMetrics[] {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;
  try {
    const { body } = client.request({ method: 'GET', path, query: { labelSelector } });
    return (body as { readonly items: readonly PodMetrics[] }).items;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const message = error.message === MISSING ? `${MISSING} (get pods.metrics.k8s.io)` : error.message;
    throw new Error(`unable to fetch metrics from resource metrics API: ${message}`);
  }
}
