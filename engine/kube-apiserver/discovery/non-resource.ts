import type { KindDescriptor } from '../../api/descriptor.ts';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { respond } from '../context.ts';
import { negotiate } from '../media-type.ts';
import { aggregatedDiscovery, apiGroupDocument, apiGroupList, apiResourceList, apiVersions } from './documents.ts';
import { versionInfo } from './version.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const HEALTH = ['healthz', 'livez', 'readyz'];

/** What is served beside resources: discovery, the version, health. Undefined when the path is none of these. */
export function serveNonResource(
  request: ApiRequest,
  segments: readonly string[],
  kinds: readonly KindDescriptor[],
  serverVersion: string,
): ApiResponse | undefined {
  const [first = '', second, third] = segments;
  if (segments.length === 1 && first === 'version') return respond(200, versionInfo(serverVersion));
  if (segments.length <= 2 && HEALTH.includes(first)) return { status: 200, headers: TEXT, body: 'ok' };
  if (segments.length === 0) return respond(200, { paths: paths(kinds) });
  if (first === 'api' && second === undefined) return serveRoot(request, kinds, true);
  if (first === 'api' && third === undefined) return found(apiResourceList(kinds, '', second!));
  if (first !== 'apis') return undefined;
  if (second === undefined) return serveRoot(request, kinds, false);
  if (third === undefined) return found(apiGroupDocument(kinds, second));
  return segments.length === 3 ? found(apiResourceList(kinds, second, third)) : undefined;
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

/** What Go's mux says of a path that nobody has claimed. */
export const PAGE_NOT_FOUND: ApiResponse = { status: 404, headers: TEXT, body: '404 page not found\n' };

function found(document: object | undefined): ApiResponse {
  return document === undefined ? PAGE_NOT_FOUND : respond(200, document);
}

function serveRoot(request: ApiRequest, kinds: readonly KindDescriptor[], core: boolean): ApiResponse {
  if (negotiate(request.headers?.['accept']).as === 'APIGroupDiscoveryList') {
    return { status: 200, headers: { 'content-type': AGGREGATED }, body: aggregatedDiscovery(kinds, core) };
  }
  return respond(200, core ? apiVersions() : apiGroupList(kinds));
}

function paths(kinds: readonly KindDescriptor[]): readonly string[] {
  const all = new Set(['/api', '/api/v1', '/apis', '/apis/', ...HEALTH.map((name) => `/${name}`), '/version']);
  for (const { group, version } of kinds) {
    if (group === '') continue;
    all.add(`/apis/${group}`);
    all.add(`/apis/${group}/${version}`);
  }
  return [...all].sort();
}
