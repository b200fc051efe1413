import { isProxied } from '../api/proxied-path.ts';
import type { ApiRequest } from '../api/request.ts';

// How long a watch lasts is counted on the real clock, by this server.

/** `--min-request-timeout`: a watch without a time-out of its own lasts so long, twice that at most. */
const MIN_WATCH_MS = 1_800_000;

/** The request as the cluster gets it: a watch of it would end by its own clock. */
export function untimed(request: ApiRequest): ApiRequest {
  if (askedMs(request) === undefined) return request;
  const { timeoutSeconds: _, ...query } = request.query!;
  return { ...request, query };
}

/** In real milliseconds. */
export function watchMs(request: ApiRequest): number {
  return askedMs(request) ?? MIN_WATCH_MS * (1 + Math.random());
}

function askedMs({ path, query }: ApiRequest): number | undefined {
  if (isProxied(path)) return undefined;
  const text = query?.['timeoutSeconds'];
  return typeof text === 'string' && /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) * 1000 : undefined;
}
