import type { ApiResponse } from '../../api/request.ts';
import type { Query } from '../query.ts';
import { PAGE_NOT_FOUND, TEXT } from './page.ts';

/** What is looked at, in the order of the real server; a few of them only when it is asked whether it is ready. */
const CHECKS: readonly { readonly name: string; readonly onlyReady?: boolean }[] = [
  { name: 'ping' },
  { name: 'etcd' },
  { name: 'informer-sync', onlyReady: true },
  { name: 'poststarthook/start-system-namespaces-controller' },
  { name: 'poststarthook/scheduling/bootstrap-system-priority-classes' },
  { name: 'shutdown', onlyReady: true },
];

const ENDPOINTS: readonly string[] = ['healthz', 'livez', 'readyz'];

/** The paths of health for the list of all paths. */
export function healthPaths(): readonly string[] {
  return ENDPOINTS.flatMap((endpoint) => [`/${endpoint}`, ...checksOf(endpoint).map((name) => `/${endpoint}/${name}`)]);
}

/**
 * `/healthz`, `/livez`, `/readyz` and their single checks: https://kubernetes.io/docs/reference/using-api/health-checks/.
 * A server that answers at all is healthy here: its store is in the same process. Undefined for other paths.
 */
export function serveHealth([endpoint = '', ...rest]: readonly string[], query: Query): ApiResponse | undefined {
  if (!ENDPOINTS.includes(endpoint)) return undefined;
  const checks = checksOf(endpoint);
  const one = rest.join('/');
  if (one !== '') return checks.includes(one) ? ok('ok') : PAGE_NOT_FOUND;
  if (!query.has('verbose')) return ok('ok');
  const excluded = query.all('exclude');
  const lines = checks.map((name) => `[+]${name}${excluded.includes(name) ? ' excluded:' : ''} ok`);
  const unknown = excluded.filter((name) => !checks.includes(name)).map((name) => JSON.stringify(name));
  if (unknown.length > 0) {
    lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.join(',')}`);
  }
  return ok(`${lines.join('\n')}\n${endpoint} check passed\n`);
}

function checksOf(endpoint: string): readonly string[] {
  return CHECKS.filter(({ onlyReady }) => endpoint === 'readyz' || onlyReady !== true).map(({ name }) => name);
}

function ok(body: string): ApiResponse {
  return { status: 200, headers: TEXT, body };
}
