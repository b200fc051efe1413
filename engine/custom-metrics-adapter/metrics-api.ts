import { badRequest, methodNotAllowed, noSuchResource } from '../api/errors.ts';
import { type LabelSelector, parseLabelSelector } from '../api/label-selector.ts';
import { quantityOfMilli } from '../api/quantity.ts';
import { StatusError } from '../api/status-error.ts';
import { timestamp } from '../api/timestamp.ts';
import type { Figures } from './scraper.ts';
import type { Series } from './series.ts';

// https://github.com/kubernetes/metrics: pkg/apis/custom_metrics and pkg/apis/external_metrics

const CUSTOM = 'custom.metrics.k8s.io';
const EXTERNAL = 'external.metrics.k8s.io';

export interface MetricsRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A figure, whose it is, and which of the Pods showed it. */
interface Owned extends Series {
  readonly namespace: string;
  readonly pod: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

/** Whose metric is asked for. */
interface Question {
  readonly version: string;
  /** `pods`, `ingresses.networking.k8s.io`, `namespaces`. */
  readonly resource: string;
  /** Undefined for what is in no namespace. */
  readonly namespace: string | undefined;
  /** `*`: of all that the selector finds. */
  readonly name: string;
  readonly metric: string;
  readonly query: URLSearchParams;
}

/**
 * Answers for the two groups: discovery, `…/namespaces/NS/pods/NAME/METRIC`, `…/namespaces/NS/metrics/METRIC` and
 * `…/external.metrics.k8s.io/v1beta1/namespaces/NS/METRIC`.
 *
 * @throws StatusError
 */
export function serveMetrics(figures: Figures, { method, path, query }: MetricsRequest): object {
  if (method !== 'GET') throw methodNotAllowed();
  const segments = path.split('/').filter((segment) => segment !== '');
  const [apis, group, version = '', ...rest] = segments;
  const isCustom = group === CUSTOM && (version === 'v1beta1' || version === 'v1beta2');
  if (apis !== 'apis' || !(isCustom || (group === EXTERNAL && version === 'v1beta1'))) throw noSuchResource();
  if (rest.length === 0) return isCustom ? customResources(figures, version) : externalResources(figures);
  const [first, namespace, third, fourth, fifth] = rest;
  const inNamespace = first === 'namespaces';
  if (!isCustom) {
    if (!inNamespace || rest.length !== 3) throw noSuchResource();
    return externalValues(figures, third!, query);
  }
  const about = { version, query };
  if (inNamespace && third === 'metrics' && rest.length === 4)
    return values(figures, {
      ...about,
      resource: 'namespaces',
      namespace: undefined,
      name: namespace!,
      metric: fourth!,
    });
  if (inNamespace && rest.length === 5)
    return values(figures, { ...about, resource: third!, namespace, name: fourth!, metric: fifth! });
  if (!inNamespace && rest.length === 3)
    return values(figures, { ...about, resource: first!, namespace: undefined, name: namespace!, metric: third! });
  throw noSuchResource();
}

function customResources(figures: Figures, version: string): object {
  const names = new Set<string>();
  for (const { name, labels } of owned(figures)) {
    for (const resource of ['namespaces', 'pods', ...(figures.services.length > 0 ? ['services'] : [])])
      names.add(`${resource}/${name}`);
    for (const label of Object.keys(labels))
      if (OBJECT_LABELS[label] !== undefined) names.add(`${OBJECT_LABELS[label]}/${name}`);
  }
  const resources = [...names].sort().map((name) => ({
    name,
    singularName: '',
    namespaced: !/^(namespaces|nodes)\//.test(name),
    kind: 'MetricValueList',
    verbs: ['get'],
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${CUSTOM}/${version}`, resources };
}

function externalResources({ external }: Figures): object {
  const resources = [...new Set(external.map(({ name }) => name))].sort().map((name) => ({
    name,
    singularName: '',
    namespaced: true,
    kind: 'ExternalMetricValueList',
    verbs: ['get'],
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${EXTERNAL}/v1beta1`, resources };
}

/** By which labels of a figure an object is known whose it is, and not only its Pod's. */
const OBJECT_LABELS: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  daemonset: 'daemonsets.apps',
  deployment: 'deployments.apps',
  ingress: 'ingresses.networking.k8s.io',
  job: 'jobs.batch',
  node: 'nodes',
  service: 'services',
  statefulset: 'statefulsets.apps',
});

const KINDS: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  'daemonsets.apps': 'DaemonSet',
  'deployments.apps': 'Deployment',
  'ingresses.networking.k8s.io': 'Ingress',
  'jobs.batch': 'Job',
  namespaces: 'Namespace',
  nodes: 'Node',
  pods: 'Pod',
  services: 'Service',
  'statefulsets.apps': 'StatefulSet',
});

function owned({ pods }: Figures): Owned[] {
  return pods.flatMap(({ pod: { metadata }, series }) =>
    series.map((each) => ({
      ...each,
      namespace: each.labels['namespace'] ?? metadata.namespace ?? '',
      pod: each.labels['pod'] ?? metadata.name,
      podLabels: metadata.labels ?? {},
    })),
  );
}

function values(figures: Figures, question: Question): object {
  const { version, resource, namespace, name, metric, query } = question;
  const chosen = readSelector(query.get('metricLabelSelector'));
  const series = owned(figures).filter(
    (each) =>
      each.name === metric && chosen.matches(each.labels) && (namespace === undefined || each.namespace === namespace),
  );
  const byObject = new Map<string, Owned[]>();
  for (const each of series) {
    for (const owner of ownersOf(figures, each, question)) byObject.set(owner, [...(byObject.get(owner) ?? []), each]);
  }
  if (byObject.size === 0)
    throw noMetric(name === '*' ? `${metric} for ${resource}` : `${metric} for ${resource} ${name}`);
  const items = [...byObject].map(([owner, parts]) => metricValue(question, owner, parts));
  return { kind: 'MetricValueList', apiVersion: `${CUSTOM}/${version}`, metadata: {}, items };
}

/** The objects among those asked for that a figure is of. */
function ownersOf({ services }: Figures, each: Owned, { resource, name, query }: Question): readonly string[] {
  const isMeant = (owner: string) => name === '*' || name === owner;
  if (resource === 'namespaces') return [each.namespace].filter(isMeant);
  if (resource === 'pods') {
    if (name === '*' && !readSelector(query.get('labelSelector')).matches(each.podLabels)) return [];
    return [each.pod].filter(isMeant);
  }
  const label = Object.keys(OBJECT_LABELS).find((key) => OBJECT_LABELS[key] === resource);
  const told = label === undefined ? undefined : each.labels[label];
  if (told !== undefined) return [told].filter(isMeant);
  if (resource !== 'services') return [];
  // What a Service's Pods show together is the Service's, too.
  return services
    .filter(({ metadata, spec }) => metadata.namespace === each.namespace && selects(spec.selector, each.podLabels))
    .map(({ metadata }) => metadata.name)
    .filter(isMeant);
}

function selects(selector: Readonly<Record<string, string>> | undefined, labels: Readonly<Record<string, string>>) {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

function metricValue(
  { version, resource, namespace, metric }: Question,
  owner: string,
  parts: readonly Owned[],
): object {
  const [plural = '', ...group] = resource.split('.');
  const newest = parts.reduce((a, b) => (b.atMs > a.atMs ? b : a));
  const figure = {
    timestamp: timestamp(newest.atMs),
    ...(newest.windowSeconds === undefined
      ? {}
      : { [version === 'v1beta1' ? 'window' : 'windowSeconds']: newest.windowSeconds }),
    value: quantity(parts.reduce((sum, { value }) => sum + value, 0)),
  };
  const describedObject = {
    kind: KINDS[resource] ?? plural,
    ...(namespace === undefined ? {} : { namespace }),
    name: owner,
    apiVersion: `${group.join('.')}/v1`,
  };
  return version === 'v1beta1'
    ? { describedObject, metricName: metric, ...figure, selector: null }
    : { describedObject, metric: { name: metric, selector: null }, ...figure };
}

function externalValues({ external }: Figures, metric: string, query: URLSearchParams): object {
  const named = external.filter(({ name }) => name === metric);
  if (named.length === 0) throw noMetric(`${metric} for namespaces`);
  const selector = readSelector(query.get('labelSelector'));
  const items = named
    .filter(({ labels }) => selector.matches(labels))
    .map(({ labels, atMs, value }) => ({
      metricName: metric,
      metricLabels: labels,
      timestamp: timestamp(atMs),
      value: quantity(value),
    }));
  return { kind: 'ExternalMetricValueList', apiVersion: `${EXTERNAL}/v1beta1`, metadata: {}, items };
}

function quantity(value: number): string {
  return quantityOfMilli(Math.round(value * 1000));
}

function readSelector(text: string | null): LabelSelector {
  try {
    return parseLabelSelector(text ?? '');
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}

function noMetric(what: string): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `the server could not find the metric ${what}`,
    reason: 'NotFound',
    code: 404,
  });
}
