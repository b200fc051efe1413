import { forbidden, resourceName } from '../api/errors.ts';
import type { HttpServerResponse } from '../linux/http.ts';

/** An answer, and what the log says of it. */
interface HealthAnswer {
  readonly response: HttpServerResponse;
  readonly problem?: string;
}

const LIVE = ['ping', 'log', 'metric-collection-timely', 'metadata-informer-sync'];
const READY = ['ping', 'log', 'metric-storage-ready', 'metric-informer-sync', 'metadata-informer-sync', 'shutdown'];
const STORAGE = 'metric-storage-ready';

/**
 * `/livez`, `/readyz`, `/healthz` and nothing else: it is ready once there are figures, which takes two looks at a kubelet.
 * After the checks that metrics-server's `pkg/server/config.go` adds to those of k8s.io/apiserver.
 */
export function answerHealth(path: string, hasFigures: boolean): HealthAnswer {
  const checks = path === '/readyz' ? READY : path === '/livez' || path === '/healthz' ? LIVE : undefined;
  if (checks === undefined) return { response: { status: 403, body: mayNotGet(path) } };
  if (hasFigures || !checks.includes(STORAGE)) return { response: { body: 'ok' } };
  const lines = checks.map((check) => (check === STORAGE ? `[-]${check} failed: reason withheld` : `[+]${check} ok`));
  return {
    response: { status: 500, body: `${[...lines, 'readyz check failed'].join('\n')}\n` },
    problem: `"Failed probe" probe="${STORAGE}" err="no metrics to serve"`,
  };
}

/** Who asks without proving who they are may not look; the API server comes by another way. */
function mayNotGet(path: string): string {
  const why = `User "system:anonymous" cannot get path ${JSON.stringify(path)}`;
  return `${JSON.stringify(forbidden(resourceName(''), '', why).status)}\n`;
}
