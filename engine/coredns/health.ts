import type { HttpServerRequest, HttpServerResponse } from '../linux/http.ts';
import type { ServerSettings } from './server-set.ts';

interface Health {
  readonly settings: ServerSettings;
  readonly ready: boolean;
  /** It was told to end, and goes on answering for a while. */
  readonly ending: boolean;
  readonly metrics: () => string;
}

/** What the plugins health, ready and prometheus answer on their ports. */
export function answerHttp(
  { local: { port }, path }: HttpServerRequest,
  { settings, ready, ending, metrics }: Health,
): HttpServerResponse {
  if (port === settings.healthPort && path === '/health') return { body: 'OK' };
  if (port === settings.readyPort && path === '/ready') {
    if (ready && !ending) return { body: 'OK' };
    return { status: 503, body: ready ? 'Shutting down' : 'kubernetes' };
  }
  if (port === settings.metricsPort && path === '/metrics') {
    return { headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }, body: metrics() };
  }
  return { status: 404, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' };
}
