import type { KindDescriptor } from '../../api/descriptor.ts';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { respond, type ServerContext } from '../context.ts';
import { Query } from '../query.ts';
import { apiGroupDocument, apiResourceList } from './documents.ts';
import { healthPaths, serveHealth } from './health.ts';
import { CONFIGURATION_PATH, KEYS_PATH, serveIssuer } from './issuer.ts';
import { serveMetrics } from './metrics.ts';
import { PAGE_NOT_FOUND } from './page.ts';
import { versionInfo } from './version.ts';

/** What is served beside resources: discovery, the version, health. Undefined when the path is none of these. */
export function serveNonResource(
  request: ApiRequest,
  segments: readonly string[],
  server: ServerContext,
  serverVersion: string,
): ApiResponse | undefined {
  const aggregated = server.aggregation.kinds();
  const kinds = aggregated.length === 0 ? server.kinds : [...server.kinds, ...aggregated];
  const [first = '', second, third] = segments;
  if (segments.length === 0) return respond(200, { paths: paths(kinds) });
  if (segments.length === 1 && first === 'version') return respond(200, versionInfo(serverVersion));
  if (segments.length === 1 && first === 'metrics') return serveMetrics(server, serverVersion);
  if (first === 'api' && second === undefined) return server.rootDiscovery.serve(request, kinds, true);
  if (first === 'api' && third === undefined) return found(apiResourceList(kinds, '', second!));
  if (first !== 'apis') {
    const issuer = serveIssuer(request.path, server.tokenKey, server.advertiseAddress);
    return issuer ?? serveHealth(segments, new Query(request));
  }
  if (second === undefined) return server.rootDiscovery.serve(request, kinds, false);
  if (third === undefined) return found(apiGroupDocument(kinds, second));
  return segments.length === 3 ? found(apiResourceList(kinds, second, third)) : undefined;
}

function found(document: object | undefined): ApiResponse {
  return document === undefined ? PAGE_NOT_FOUND : respond(200, document);
}

function paths(kinds: readonly KindDescriptor[]): readonly string[] {
  const all = new Set([
    CONFIGURATION_PATH,
    KEYS_PATH,
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/version',
  ]);
  for (const path of healthPaths()) all.add(path);
  for (const { group, version } of kinds) {
    const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    if (group !== '') all.add(`/apis/${group}`);
    all.add(base);
    all.add(`/openapi/v3${base}`);
  }
  return [...all].sort();
}
