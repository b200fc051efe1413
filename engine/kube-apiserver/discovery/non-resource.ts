import type { KindDescriptor } from '../../api/descriptor.ts';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { hash32 } from '../../sim/index.ts';
import { respond, type ServerContext } from '../context.ts';
import { negotiate } from '../media-type.ts';
import { Query } from '../query.ts';
import { aggregatedDiscovery, apiGroupDocument, apiGroupList, apiResourceList, apiVersions } from './documents.ts';
import { healthPaths, serveHealth } from './health.ts';
import { serveMetrics } from './metrics.ts';
import { PAGE_NOT_FOUND } from './page.ts';
import { versionInfo } from './version.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** What is served beside resources: discovery, the version, health. Undefined when the path is none of these. */
export function serveNonResource(
  request: ApiRequest,
  segments: readonly string[],
  server: ServerContext,
  serverVersion: string,
): ApiResponse | undefined {
  const kinds = [...server.kinds, ...server.aggregation.kinds()];
  const [first = '', second, third] = segments;
  if (segments.length === 0) return respond(200, { paths: paths(kinds) });
  if (segments.length === 1 && first === 'version') return respond(200, versionInfo(serverVersion));
  if (segments.length === 1 && first === 'metrics') return serveMetrics(server, serverVersion);
  if (first === 'api' && second === undefined) return serveRoot(request, kinds, true);
  if (first === 'api' && third === undefined) return found(apiResourceList(kinds, '', second!));
  if (first !== 'apis') return serveHealth(segments, new Query(request));
  if (second === undefined) return serveRoot(request, kinds, false);
  if (third === undefined) return found(apiGroupDocument(kinds, second));
  return segments.length === 3 ? found(apiResourceList(kinds, second, third)) : undefined;
}

function found(document: object | undefined): ApiResponse {
  return document === undefined ? PAGE_NOT_FOUND : respond(200, document);
}

function serveRoot(request: ApiRequest, kinds: readonly KindDescriptor[], core: boolean): ApiResponse {
  if (negotiate(request.headers?.['accept']).as !== 'APIGroupDiscoveryList') {
    return respond(200, core ? apiVersions() : apiGroupList(kinds));
  }
  const body = aggregatedDiscovery(kinds, core);
  const text = JSON.stringify(body);
  const etag = `"${hex(hash32(text, 0))}${hex(hash32(text, 1))}"`;
  const headers = { 'content-type': AGGREGATED, etag, vary: 'Accept' };
  if (request.headers?.['if-none-match'] === etag) return { status: 304, headers };
  return { status: 200, headers, body };
}

function hex(hash: number): string {
  return hash.toString(16).padStart(8, '0').toUpperCase();
}

function paths(kinds: readonly KindDescriptor[]): readonly string[] {
  const all = new Set(['/api', '/api/v1', '/apis', '/apis/', '/metrics', '/openapi/v2', '/openapi/v3', '/version']);
  for (const path of healthPaths()) all.add(path);
  for (const { group, version } of kinds) {
    const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    if (group !== '') all.add(`/apis/${group}`);
    all.add(base);
    all.add(`/openapi/v3${base}`);
  }
  return [...all].sort();
}
