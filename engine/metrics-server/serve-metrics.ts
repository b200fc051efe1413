import { badRequest, methodNotAllowed, noSuchResource, notFound, resourceName } from '../api/errors.ts';
import { parseLabelSelector } from '../api/label-selector.ts';
import type { ApiRequest, ApiResponse } from '../api/request.ts';
import type { Figures } from './figures.ts';
import { GROUP, VERSION } from './metrics-api.ts';

export const JSON_HEADERS = { 'content-type': 'application/json' };

/** `/apis/metrics.k8s.io/v1beta1/nodes[/NAME]`, `…/[namespaces/NS/]pods[/NAME]`. @throws StatusError */
export function serveMetrics(figures: Figures, { method, path, query = {} }: ApiRequest): ApiResponse {
  if (method !== 'GET') throw methodNotAllowed();
  const [, , , ...rest] = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
  const inNamespace = rest[0] === 'namespaces';
  const [resource, name] = inNamespace ? rest.slice(2) : rest;
  const namespace = inNamespace ? rest[1] : undefined;
  if (resource !== 'nodes' && resource !== 'pods') throw noSuchResource();
  if (name !== undefined) {
    const object = resource === 'nodes' ? figures.node(name) : figures.pod(name, namespace ?? '');
    const plural = resource === 'nodes' ? 'nodemetrics' : 'podmetrics';
    const full = namespace === undefined ? name : `${namespace}/${name}`;
    if (object === undefined) throw notFound(resourceName(plural, GROUP), full);
    return { status: 200, headers: JSON_HEADERS, body: object };
  }
  const selector = readSelector(String(query['labelSelector'] ?? ''));
  const all = resource === 'nodes' ? figures.nodes() : figures.pods(namespace);
  const kind = resource === 'nodes' ? 'NodeMetricsList' : 'PodMetricsList';
  const items = all.filter(({ metadata }) => selector.matches(metadata.labels ?? {}));
  return { status: 200, headers: JSON_HEADERS, body: { kind, apiVersion: `${GROUP}/${VERSION}`, metadata: {}, items } };
}

function readSelector(text: string) {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}
