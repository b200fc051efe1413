import { badRequest } from '../api/errors.ts';
import type { ApiRequest } from '../api/request.ts';
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
  const askedMs = parseDuration(text);
  if (askedMs === undefined)
    throw badRequest(`invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(text)}`);
  return askedMs > 0 && askedMs < MAX_MS ? askedMs : MAX_MS;
}

function isLongRunning(request: ApiRequest): boolean {
  if (new Query(request).flag('watch')) return true;
  const info = readRequestInfo(pathSegments(request.path) ?? []);
  return info !== undefined && (info.watch === true || LONG_RUNNING.includes(info.subresource));
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/** As Go's `time.ParseDuration`; undefined for anything else. */
function parseDuration(text: string): number | undefined {
  const [, sign = '', amount = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (amount === '0') return 0;
  if (amount === '' || amount.replace(PART, '') !== '') return undefined;
  let ms = 0;
  for (const [, number, unit] of amount.matchAll(PART)) ms += Number(number) * UNITS_MS[unit!]!;
  return sign === '-' ? -ms : ms;
}
