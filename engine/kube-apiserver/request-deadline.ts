import { badRequest } from '../api/errors.ts';
import type { ApiRequest } from '../api/request.ts';
import { readGoDuration } from '../linux/programs/go/duration.ts';
import { Query } from './query.ts';
import { pathSegments, readRequestInfo } from './request-info.ts';

// How long a request may take. After k8s.io/apiserver pkg/endpoints/filters/request_deadline.go and pkg/server/config.go
// (`DefaultLongRunningFunc` of kube-apiserver).

/** `--request-timeout` */
const MAX_MS = 60_000;
/** Subresources whose requests last as long as they last. */
const LONG_RUNNING: readonly string[] = ['attach', 'exec', 'proxy', 'log', 'portforward'];

/**
 * In milliseconds; undefined for requests that may go on for ever. A client may ask for less than a minute (`timeout=34s`), for
 * more it gets no more.
 *
 * @throws StatusError BadRequest for a `timeout` that is no duration
 */
export function timeLimitMs(request: ApiRequest): number | undefined {
  if (isLongRunning(request)) return undefined;
  const query = new Query(request);
  if (!query.has('timeout')) return MAX_MS;
  const text = query.text('timeout');
  const askedMs = readGoDuration(text);
  if (typeof askedMs === 'string') throw badRequest(`invalid timeout specified in the request URL - ${askedMs}`);
  return askedMs > 0 && askedMs < MAX_MS ? askedMs : MAX_MS;
}

export function isLongRunning(request: ApiRequest): boolean {
  if (new Query(request).flag('watch')) return true;
  const info = readRequestInfo(pathSegments(request.path) ?? []);
  return info !== undefined && (info.watch === true || LONG_RUNNING.includes(info.subresource));
}
