import { unauthorized } from '../../api/errors.ts';
import { isForPeople } from '../../api/pretty-print.ts';
import { isProxied } from '../../api/proxied-path.ts';
import type { ApiHandler, ApiRequest, ApiResponse, StartWatch, UserInfo } from '../../api/request.ts';
import { Errno } from '../../linux/errno.ts';
import type {
  ForkedResponse,
  HttpServerRequest,
  HttpServerResponse,
  SecureChannel,
  StreamedResponse,
} from '../../linux/http.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';
import { serverTls } from '../../linux/programs/go/server-tls.ts';
import type { Signal } from '../../linux/signal.ts';
import { encode, printError } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';

// The API as a Pod's programs meet it: HTTP over TLS on the machines' network.
// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api

const HEADERS = ['accept', 'authorization', 'content-type', 'user-agent', 'if-none-match'] as const;
const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Whoever stands behind the server may tell them apart. */
const PROXIED_METHODS: readonly string[] = [...METHODS, 'HEAD', 'OPTIONS'];
/** What a child that waits for an answer wakes itself with. */
const ANSWERED: Signal = 'URG';
/** Where a child has the connection. */
const CONNECTION = 0;

/** The certificate that the API server's flags name; without a word nothing is wrong with it. */
export function* apiTls(process: Process): Task<(() => SecureChannel) | undefined> {
  const certificate = flagValue(process.argv, 'tls-cert-file') ?? '';
  try {
    const key = flagValue(process.argv, 'tls-private-key-file') ?? '';
    const tls = yield* serverTls(
      process,
      { certificate, key },
      flagValue(process.argv, 'client-ca-file') !== undefined,
    );
    if ('channel' in tls) return tls.channel;
    yield* printError(process, `Error: failed to load TLS cert/key pair: ${tls.problem}\n`);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* printError(
      process,
      `Error: failed to load TLS cert/key pair: open ${certificate}: no such file or directory\n`,
    );
  }
  return undefined;
}

/** Whom a client's certificates (DER) stand for; undefined for those that are not believed. */
export type ClientUser = (chain: readonly Uint8Array[]) => UserInfo | undefined;

/**
 * What the API server's port answers. Simplified: exec, attach and port-forward are not served there.
 *
 * @param clientUser absent where nobody is known by a certificate
 */
export function apiOverHttps(
  handle: ApiHandler,
  clientUser?: ClientUser,
): (request: HttpServerRequest) => HttpServerResponse | ForkedResponse | StreamedResponse {
  return (request) => {
    const proxied = isProxied(pathOf(request));
    const method = request.method === 'HEAD' && !proxied ? 'GET' : request.method;
    if (!(proxied ? PROXIED_METHODS : METHODS).includes(method)) return { status: 405, body: 'Method Not Allowed\n' };
    const shown = clientUser === undefined ? [] : (request.tls?.clientChain ?? []);
    const user = shown.length === 0 ? undefined : clientUser?.(shown);
    // Who shows a certificate that is not believed may still have a token, but is nobody in particular no more.
    if (shown.length > 0 && user === undefined && request.headers['authorization'] === undefined)
      return written(NOT_BELIEVED, request);
    const read = readRequest(request, method as ApiRequest['method']);
    const answer = handle(user === undefined ? read : { ...read, user }, request.peer.address);
    if (answer.later === undefined) return written(answer, request);
    const { later } = answer;
    return {
      *child(child) {
        let late: ApiResponse | undefined;
        child.setSignalAction(ANSWERED, 'catch');
        const leave = later((response) => {
          late = response;
          child.kill(child.pid, ANSWERED);
        });
        try {
          while (late === undefined) if (yield* hasGone(child)) return undefined;
          return written(late, request);
        } finally {
          if (late === undefined) leave();
        }
      },
    };
  };
}

/** Waits for a signal; whether the client has gone instead. */
function* hasGone(child: Process): Task<boolean> {
  try {
    yield* child.poll([CONNECTION]);
    return (yield* child.read(CONNECTION)).length === 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    child.takeSignals();
    return error.code !== 'EINTR';
  }
}

/** Escaped as it came. */
function pathOf({ target }: HttpServerRequest): string {
  return target.replace(/\?.*$/s, '');
}

function readRequest(request: HttpServerRequest, method: ApiRequest['method']): ApiRequest {
  const { query, headers, body, peer } = request;
  const path = pathOf(request);
  const before = headers['x-forwarded-for'];
  const forwardedFor = before === undefined ? peer.address : `${before}, ${peer.address}`;
  const kept: Record<string, string> = isProxied(path) ? { ...headers, 'x-forwarded-for': forwardedFor } : {};
  for (const [name, value] of Object.entries(headers))
    if (HEADERS.some((each) => each === name) || /^(impersonate|x-remote)-/.test(name)) kept[name] = value;
  const parameters = new Map<string, string | readonly string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : [...[before].flat(), value]);
  }
  return {
    method,
    path,
    query: Object.fromEntries(parameters),
    headers: kept,
    ...(body.length === 0 ? {} : { body }),
  };
}

function written(answer: ApiResponse, request: HttpServerRequest): HttpServerResponse | StreamedResponse {
  const { body, watch, byteStream } = answer;
  // Nothing has been written yet, nor can be.
  if (answer.status === 204) return headed(answer);
  if (byteStream !== undefined) return { ...headed(answer), stream: byteStream };
  if (watch !== undefined) return { ...headed(answer), stream: (sink) => watch(asLines(sink)) };
  if (answer.session !== undefined) return NOT_UPGRADED;
  if (body instanceof Uint8Array) return { ...headed(answer), body };
  if (typeof body !== 'object' || body === null) return { ...headed(answer), body: String(body ?? '') };
  return {
    ...headed(answer),
    body: isPretty(request) ? JSON.stringify(body, undefined, 2) : `${JSON.stringify(body)}\n`,
  };
}

function isPretty({ headers, query }: HttpServerRequest): boolean {
  return isForPeople(headers['user-agent'] ?? '', new URLSearchParams(query).get('pretty'));
}

function headed({ status, headers }: ApiResponse): HttpServerResponse {
  const named = Object.entries(headers).map(([name, value]) => [
    name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
    value,
  ]);
  return { status, headers: { 'Cache-Control': 'no-cache, private', ...Object.fromEntries(named) } };
}

/** Events as lines of JSON. */
function asLines({ write, end }: Parameters<StreamedResponse['stream']>[0]): Parameters<StartWatch>[0] {
  return { event: (event) => write(encode(`${JSON.stringify(event)}\n`)), end };
}

const NOT_BELIEVED: ApiResponse = {
  status: 401,
  headers: { 'content-type': 'application/json' },
  body: unauthorized().status,
};

/** What is said of sessions whoever asks, since connections are not upgraded here. */
const NOT_UPGRADED: HttpServerResponse = {
  status: 400,
  headers: { 'Content-Type': 'application/json' },
  body: `${JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message:
      'Upgrade request required: exec, attach and port-forward are not served over the network of the simulated machines',
    reason: 'BadRequest',
    code: 400,
  })}\n`,
};
