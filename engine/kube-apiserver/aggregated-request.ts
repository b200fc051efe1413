import type { APIService } from '../api/extension-kinds.ts';
import type { HttpOutcome, HttpRequest } from '../api/http-port.ts';
import type { ApiRequest, ApiResponse, UserInfo } from '../api/request.ts';
import type { Lookup } from './admission/admission.ts';
import { TEXT } from './discovery/page.ts';
import { resolveService } from './service-resolver.ts';

const PORT = 443;
const TIMEOUT_MS = 30_000;
/** What of a client's headers the other server is told. */
const HEADERS = ['accept', 'content-type', 'user-agent', 'if-none-match'] as const;

type Spec = NonNullable<APIService['spec']>;

/**
 * A request as the server behind an APIService gets it: over TLS to its Service, with the user in headers, whom that server believes.
 * After kube-aggregator `pkg/apiserver/handler_proxy.go`; simplified: nothing proves that it is this server who says so.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/#authentication-flow
 */
export function requestTo(
  { service, caBundle, insecureSkipTLSVerify }: Spec,
  lookup: Lookup,
  { method, path, query = {}, headers = {}, body }: ApiRequest,
  user: UserInfo,
): HttpRequest | { readonly error: string } {
  const { namespace = '', name = '', port = PORT } = service ?? {};
  const at = resolveService(lookup, namespace, name, port);
  if ('error' in at) return at;
  const host = `${name}.${namespace}.svc`;
  const kept = HEADERS.flatMap((header) => (headers[header] === undefined ? [] : [[header, headers[header]]]));
  const text = bodyText(body);
  return {
    method,
    ...at,
    path: `${path}${queryText(query)}`,
    headers: {
      Host: host,
      'X-Remote-User': user.username,
      'X-Remote-Group': user.groups.join(','),
      ...Object.fromEntries(kept),
      ...(text === undefined || headers['content-type'] !== undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(text === undefined ? {} : { body: text }),
    tls: {
      serverName: host,
      ...(caBundle === undefined ? {} : { authorities: atob(String(caBundle)) }),
      ...(insecureSkipTLSVerify === true ? { insecure: true } : {}),
    },
    timeoutMs: TIMEOUT_MS,
  };
}

/** What the client is told. */
export function answerOf(outcome: HttpOutcome): ApiResponse {
  if ('error' in outcome)
    return { status: 503, headers: TEXT, body: `error trying to reach service: ${outcome.error}\n` };
  const { status, headers } = outcome;
  const body = new TextDecoder().decode(outcome.body);
  const type = headers['content-type'] ?? 'text/plain';
  const told = {
    'content-type': type,
    ...(headers['warning'] === undefined ? {} : { warning: headers['warning'] }),
  };
  return { status, headers: told, body: type.startsWith('application/json') ? (parsed(body) ?? body) : body };
}

export function parsed(text: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : new TextDecoder().decode(text));
  } catch {
    return undefined;
  }
}

function bodyText(body: unknown): string | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : JSON.stringify(body);
}

function queryText(query: NonNullable<ApiRequest['query']>): string {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(query))
    for (const value of [values].flat()) parameters.append(name, value);
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
