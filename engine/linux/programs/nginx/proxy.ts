import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { HttpProtocolError, type HttpResponse, type HttpServerResponse, httpRequest } from '../../http.ts';
import { encode } from '../../stdio.ts';
import { resolveHost } from '../resolve.ts';
import { complain, type Exchange } from './exchange.ts';
import { type ProxyPass, parseProxyUrl } from './proxy-pass.ts';
import type { Settings } from './settings.ts';
import { isPlain } from './template.ts';
import type { Upstream, UpstreamServer } from './upstream.ts';
import { escapeUri } from './uri.ts';
import { expand } from './variables.ts';

/** Fields that are about one connection, and those that nginx writes itself. */
const NOT_PASSED: ReadonlySet<string> = new Set(
  'connection keep-alive transfer-encoding content-length date server upgrade te trailer'.split(' '),
);

/** Methods that may be sent twice without harm. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);

interface Answered {
  readonly response: HttpServerResponse;
  /** Somebody behind said it. */
  readonly passed: boolean;
}

/** `proxy_pass`: asks the servers behind, one after another until one answers. */
export function* proxy(exchange: Exchange, pass: ProxyPass): Task<Answered> {
  const { request, config, state, settings } = exchange;
  const failed = (status: number): Answered => ({ response: { status }, passed: false });
  const target = pass.url ?? parseProxyUrl(expand(pass.target, exchange));
  if (target === undefined || target.host === '') {
    complain(exchange, `invalid URL prefix in "${expand(pass.target, exchange)}"`);
    return failed(500);
  }
  const { host, port } = target;
  const path = pathFor(exchange, pass, target.uri);
  exchange.proxyHost = port === undefined ? host : `${host}:${port}`;
  const upstream: Upstream = config.upstreams.get(host) ?? single(host, port ?? 80);
  const tries = settings.proxyTries === 0 ? upstream.servers.length : settings.proxyTries;
  const tried = new Set<UpstreamServer>();
  let last = failed(502);
  while (tried.size < tries) {
    const peer = state.balancer.choose(upstream, upstreamKey(exchange, upstream), exchange.process.now(), tried);
    if (peer === undefined) break;
    const { server } = peer;
    tried.add(server);
    const address = config.addresses.get(server.host) ?? (yield* resolveHost(exchange.process, server.host));
    if (address === undefined) {
      complain(exchange, `${server.host} could not be resolved (3: Host not found)`);
      return failed(502);
    }
    peer.active += 1;
    const attempt = yield* ask(exchange, `${address}:${server.port}`, path, upstream.name);
    peer.active -= 1;
    last = attempt.answer;
    const retry = attempt.failure !== undefined && settings.proxyNext.has(attempt.failure);
    if (attempt.failure !== undefined && (retry || ['error', 'timeout'].includes(attempt.failure)))
      state.balancer.failed(peer, exchange.process.now());
    else state.balancer.succeeded(peer);
    if (!retry || !(IDEMPOTENT.has(request.method) || !attempt.sent || settings.proxyNext.has('non_idempotent')))
      return last;
  }
  if (tried.size === 0) {
    complain(exchange, 'no live upstreams while connecting to upstream', 'error', `http://${upstream.name}${path}`);
    exchange.upstream.push({ name: upstream.name, address: upstream.name, status: '502', timeMs: 0 });
  }
  return last;
}

function upstreamKey(exchange: Exchange, { key }: Upstream): string {
  return key === undefined ? exchange.request.peer.address : expand(key, exchange);
}

/** The path that is asked for behind. */
function pathFor(exchange: Exchange, { target }: ProxyPass, uri: string | undefined): string {
  const { request, rewritten, location } = exchange;
  const args = exchange.args === '' ? '' : `?${exchange.args}`;
  if (!isPlain(target) && uri !== undefined) return uri.startsWith('/') ? uri : `/${uri}`;
  if (uri === undefined) {
    if (rewritten) return escapeUri(exchange.uri) + args;
    const asked = request.target.replace(/^https?:\/\/[^/?]*/i, '').replace(/#.*/, '');
    return asked.startsWith('/') ? asked : `/${asked}`;
  }
  // After `rewrite … break` the location's part is not replaced: the path is another one.
  if (rewritten) return escapeUri(exchange.uri) + args;
  const rest = exchange.uri.slice(location?.path.length ?? 1);
  const own = uri.startsWith('?') ? `/${uri}` : uri;
  return own + escapeUri(rest) + args;
}

function single(host: string, port: number): Upstream {
  // One server alone is never taken out.
  const server = { host, port, weight: 1, backup: false, down: false, maxFails: 0, failTimeoutMs: 0 };
  return { name: `${host}:${port}`, method: 'round-robin', key: undefined, servers: [server], place: '' };
}

interface Attempt {
  readonly answer: Answered;
  /** In the words of `proxy_next_upstream`. */
  readonly failure: string | undefined;
  /** Whether the server may have begun to act on it. */
  readonly sent: boolean;
}

function* ask(exchange: Exchange, address: string, path: string, name: string): Task<Attempt> {
  const { settings, process } = exchange;
  const startMs = process.now();
  const [host = '', port] = address.split(':');
  let connected = false;
  const note = (status: number) =>
    exchange.upstream.push({ name, address, status: String(status), timeMs: process.now() - startMs });
  const headers = passedHeaders(exchange);
  try {
    const answer = yield* httpRequest(process, {
      method: settings.proxyMethod === undefined ? exchange.method : expand(settings.proxyMethod, exchange),
      host,
      port: Number(port),
      path,
      version: settings.proxyVersion,
      headers,
      upgrades: headers['Upgrade'] !== undefined,
      ...bodyFor(exchange),
      connectTimeoutMs: settings.proxyConnectMs,
      readTimeoutMs: settings.proxyReadMs,
      onConnect: () => {
        connected = true;
      },
    });
    note(answer.status);
    if (answer.upgraded !== undefined) exchange.behind = { ...answer.upgraded, idleMs: settings.proxyReadMs };
    exchange.upstreamHeaders = answer.headers;
    const word = `http_${answer.status}`;
    const failure = settings.proxyNext.has(word) ? word : undefined;
    return { answer: { response: passedResponse(exchange, answer), passed: true }, failure, sent: true };
  } catch (error) {
    const { text, status, failure } = describe(error, connected);
    complain(exchange, text, 'error', `http://${address}${path}`);
    note(status);
    return { answer: { response: { status }, passed: false }, failure, sent: connected };
  }
}

function describe(
  error: unknown,
  connected: boolean,
): { readonly text: string; readonly status: number; readonly failure: string } {
  const doing = connected ? 'while reading response header from upstream' : 'while connecting to upstream';
  if (error instanceof HttpProtocolError)
    return { text: `upstream sent invalid header ${doing}`, status: 502, failure: 'invalid_header' };
  if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
  if (error.code === 'ETIMEDOUT')
    return { text: `upstream timed out (110: Connection timed out) ${doing}`, status: 504, failure: 'timeout' };
  if (connected) {
    const text =
      error.code === 'ECONNRESET'
        ? `upstream prematurely closed connection ${doing}`
        : `recv() failed (${error.message}) ${doing}`;
    return { text, status: 502, failure: 'error' };
  }
  const number = { ECONNREFUSED: 111, EHOSTUNREACH: 113, ENETUNREACH: 101 }[error.code as string] ?? 111;
  return { text: `connect() failed (${number}: ${error.message}) ${doing}`, status: 502, failure: 'error' };
}

function bodyFor(exchange: Exchange): { readonly body?: Uint8Array } {
  const { settings, request } = exchange;
  if (settings.proxyBody !== undefined) return { body: encode(expand(settings.proxyBody, exchange)) };
  return request.body.length > 0 || request.headers['content-length'] !== undefined ? { body: request.body } : {};
}

function passedHeaders(exchange: Exchange): Record<string, string | readonly string[]> {
  const { request, settings, proxyHost } = exchange;
  const headers: Record<string, string | readonly string[]> = { Host: proxyHost, Connection: 'close' };
  for (const [name, value] of Object.entries(request.headers))
    if (!NOT_PASSED.has(name) && name !== 'host') headers[titleCase(name)] = value;
  for (const [name] of settings.proxyHeaders)
    for (const given of Object.keys(headers)) if (given.toLowerCase() === name.toLowerCase()) delete headers[given];
  for (const [name, value] of settings.proxyHeaders) {
    const text = expand(value, exchange);
    // What the configuration sets twice is sent twice.
    if (text !== '') headers[name] = [...[headers[name] ?? []].flat(), text];
  }
  // Every request has a connection of its own.
  const upgrades = headers['Upgrade'] !== undefined && settings.proxyVersion === '1.1';
  for (const given of Object.keys(headers))
    if (given.toLowerCase() === 'connection' && !(upgrades && /upgrade/i.test(String(headers[given]))))
      headers[given] = 'close';
  headers['Connection'] ??= 'close';
  return headers;
}

function titleCase(name: string): string {
  return name === 'etag' ? 'ETag' : name.replace(/(^|-)([a-z])/g, (part) => part.toUpperCase());
}

function passedResponse(exchange: Exchange, { status, headers, body }: HttpResponse): HttpServerResponse {
  const { settings } = exchange;
  const passed = Object.entries(headers).filter(
    ([name]) => !NOT_PASSED.has(name) && !name.startsWith('x-accel-') && !settings.proxyHidden.includes(name),
  );
  const named = Object.fromEntries(passed.map(([name, value]) => [titleCase(name), value]));
  if (status === 101)
    return { status, headers: { ...named, Upgrade: headers['upgrade'] ?? '', Connection: 'upgrade' } };
  if (exchange.request.method === 'HEAD' && headers['content-length'] !== undefined)
    named['Content-Length'] = headers['content-length'];
  if (named['Location'] !== undefined) named['Location'] = locationBehind(exchange, named['Location']);
  return { status, headers: named, body };
}

/** `proxy_redirect`: an address behind as it is seen from before. */
function locationBehind(exchange: Exchange, value: string): string {
  for (const { from, to } of exchange.settings.proxyRedirects ?? DEFAULT_REDIRECTS) {
    if (from instanceof RegExp) {
      const match = from.exec(value);
      if (match === null) continue;
      const before = exchange.captures;
      exchange.captures = match;
      const replaced = expand(to!, exchange);
      exchange.captures = before;
      return replaced;
    }
    const rule =
      from === 'default' ? defaultRedirect(exchange) : { from: expand(from, exchange), to: expand(to!, exchange) };
    if (rule !== undefined && value.startsWith(rule.from)) return rule.to + value.slice(rule.from.length);
  }
  return value;
}

const DEFAULT_REDIRECTS: NonNullable<Settings['proxyRedirects']> = [{ from: 'default', to: undefined }];

function defaultRedirect({ settings, location }: Exchange): { readonly from: string; readonly to: string } | undefined {
  const pass = settings.proxyPass;
  if (pass?.url === undefined) return undefined;
  const { uri } = pass.url;
  if (uri === undefined) return { from: `${pass.target.text}/`, to: '/' };
  return { from: pass.target.text, to: location?.path ?? '/' };
}
