import { internalError, serviceUnavailable } from '../../api/errors.ts';
import type { HttpAnswer, HttpOutcome, HttpRequest } from '../../api/http-port.ts';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { type Passage, rewriteLinks, rewriteUrl } from './links.ts';
import type { RequestPath } from './path.ts';

// What a request and its answer become on their way through this server. After k8s.io/apimachinery `pkg/util/proxy` and Go's
// httputil.ReverseProxy.

/** Where a request goes on. */
export interface Backend {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

/** As the real server's dialer has it. */
const CONNECT_TIMEOUT_MS = 30_000;

/** What belongs to one connection, by RFC 9110 section 7.6.1. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
]);

/** The request as it goes on: without what was meant for this server alone, with word of where it came in. */
export function forwarded(
  request: ApiRequest,
  { host, port, scheme }: Backend,
  path: RequestPath,
  here: string,
): HttpRequest {
  const headers: Record<string, string> = { host: here, ...passedOn(request.headers ?? {}) };
  delete headers['authorization'];
  for (const name of Object.keys(headers)) if (name.startsWith('impersonate-')) delete headers[name];
  const body = bodyOf(request);
  return {
    method: request.method,
    host,
    port,
    path: `${path.there === '' ? '/' : path.there}${path.query}`,
    headers: { ...headers, 'x-forwarded-uri': `${path.prefix}${path.there}` },
    ...(body === undefined ? {} : { body }),
    ...(scheme === 'https' ? { tls: { serverName: host, insecure: true } } : {}),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
  };
}

function bodyOf({ body, bodyBytes }: ApiRequest): string | Uint8Array | undefined {
  if (bodyBytes !== undefined) return Uint8Array.from(bodyBytes, (character) => character.charCodeAt(0));
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}

function passedOn(headers: Readonly<Record<string, string>>): Record<string, string> {
  const named = (headers['connection'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name) && !named.includes(name));
  return Object.fromEntries(kept);
}

/** What a server behind says about whom it trusts must not hold for this one. */
const CORS = /^access-control-allow-(credentials|headers|methods|origin)$/;

/** The answer as the client gets it. @throws StatusError when there is none */
export function answered(outcome: HttpOutcome, passage: Passage): ApiResponse {
  if ('error' in outcome) throw serviceUnavailable(`error trying to reach service: ${outcome.error}`);
  const headers = passedOn(outcome.headers);
  for (const name of Object.keys(headers)) if (CORS.test(name)) delete headers[name];
  // Without a body it says how long that would have been.
  const length = outcome.headers['content-length'];
  if (outcome.body.length === 0 && length !== undefined) headers['content-length'] = length;
  const location = headers['location'];
  if (location !== undefined)
    return {
      status: outcome.status,
      headers: { ...headers, location: moved(location, passage) },
      body: textOf(outcome),
    };
  const body = textOf(outcome);
  const isPage =
    headers['content-type']?.split(';')[0]?.trim() === 'text/html' && headers['content-encoding'] === undefined;
  return {
    status: outcome.status,
    headers,
    body: isPage && typeof body === 'string' ? rewriteLinks(body, passage) : body,
  };
}

function moved(location: string, passage: Passage): string {
  if (/%(?![\da-f]{2})|[\x00-\x1f\x7f]/i.test(location))
    throw internalError(`error trying to parse Location header: parse ${JSON.stringify(location)}: invalid URL escape`);
  return rewriteUrl(location, passage);
}

/** A text where it is one; other bytes as they are. */
function textOf({ body }: HttpAnswer): string | Uint8Array {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return body;
  }
}
