import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import type { HttpServerResponse } from '../../http.ts';
import { checkAccess } from './access.ts';
import { locationFor, needsSlash } from './choice.ts';
import { complain, type Exchange, keepCaptures } from './exchange.ts';
import { handOver } from './hand-over.ts';
import { hasPage, reasonOf, statusPage, versionOf } from './pages.ts';
import { proxy } from './proxy.ts';
import { completeLocation, redirect } from './redirect.ts';
import { runRules } from './rewrite-run.ts';
import type { ErrorPage } from './settings.ts';
import { serveFile, tryFile } from './static-content.ts';
import { escapeUri } from './uri.ts';
import { expand } from './variables.ts';

const MAX_CHANGES = 10;

/** An answer, and where it comes from: what a server behind says goes through as it is. */
interface Found {
  readonly response: HttpServerResponse;
  readonly passed?: boolean;
}

/** `close` ends the connection without a word. */
type Result = Found | 'close';

/** Works out the answer to a request; undefined: none. */
export function* respond(exchange: Exchange): Task<HttpServerResponse | undefined> {
  const rules = runRules(exchange, exchange.server.rules);
  const verdict = rules === 'go on' || rules === 'search' || rules === 'stop' ? undefined : rules;
  let result = verdict === undefined ? yield* search(exchange) : asResult(verdict);
  let status: number | undefined;
  for (let pages = 0; pages < MAX_CHANGES && result !== 'close'; pages++) {
    const error = result.response.status ?? 200;
    const page = pageFor(exchange, result);
    if (page === undefined || (pages > 0 && !exchange.settings.recursiveErrorPages)) {
      // An error on the way to an error page is told as it is.
      if (error >= 400 && result.passed !== true && result.response.body === undefined) status = undefined;
      break;
    }
    status = page.status === 'page' ? undefined : (page.status ?? error);
    result = yield* errorPage(exchange, page, error);
    if (!expand(page.uri, exchange).match(/^[/@]/)) status = undefined;
  }
  if (result === 'close') return undefined;
  return finish(exchange, status === undefined ? result.response : { ...result.response, status });
}

function asResult(verdict: HttpServerResponse | 'close'): Result {
  return verdict === 'close' ? verdict : { response: verdict };
}

function pageFor({ settings }: Exchange, { response, passed }: Found): ErrorPage | undefined {
  if (passed === true ? !settings.proxyInterceptsErrors : response.body !== undefined) return undefined;
  return settings.errorPages.get(response.status ?? 200);
}

function* errorPage(exchange: Exchange, page: ErrorPage, error: number): Task<Result> {
  const target = expand(page.uri, exchange);
  exchange.internal = true;
  exchange.rewritten = true;
  if (target.startsWith('@')) {
    const location = exchange.server.locations.find(({ modifier, path }) => modifier === '@' && `@${path}` === target);
    if (location === undefined) {
      complain(exchange, `could not find named location "${target}"`);
      return { response: { status: 500 } };
    }
    return yield* inLocation(exchange, location, 0);
  }
  if (!target.startsWith('/')) {
    const status = typeof page.status === 'number' && [301, 303, 307, 308].includes(page.status) ? page.status : 302;
    return { response: redirect(exchange, status, target) };
  }
  const [uri = '', args = ''] = target.split(/\?(.*)/s);
  exchange.uri = uri;
  exchange.args = args;
  if (exchange.method !== 'HEAD') exchange.method = 'GET';
  const result = yield* search(exchange);
  // The page's own success is not what is told.
  return result === 'close' || error === 0 ? result : result;
}

/** Finds the location, and another one as long as rules change the path. */
function* search(exchange: Exchange, changes = 0): Task<Result> {
  if (changes > MAX_CHANGES) {
    complain(exchange, `rewrite or internal redirection cycle while processing "${exchange.uri}"`);
    return { response: { status: 500 } };
  }
  const { server, uri } = exchange;
  const found = locationFor(server.locations, uri);
  exchange.location = found?.location;
  exchange.settings = found?.location.settings ?? server.settings;
  if (found?.match !== undefined) keepCaptures(exchange, found.match);
  if (found?.location.path !== uri && needsSlash(server.locations, uri)) {
    const args = exchange.args === '' ? '' : `?${exchange.args}`;
    return { response: redirect(exchange, 301, `${escapeUri(uri)}/${args}`) };
  }
  if (exchange.settings.internal && !exchange.internal) return { response: { status: 404 } };
  if (found === undefined) return yield* content(exchange, changes);
  return yield* inLocation(exchange, found.location, changes);
}

function* inLocation(exchange: Exchange, location: Exchange['location'] & object, changes: number): Task<Result> {
  exchange.location = location;
  exchange.settings = location.settings;
  const verdict = runRules(exchange, location.rules);
  if (verdict === 'search') return yield* search(exchange, changes + 1);
  if (verdict === 'go on' || verdict === 'stop') return yield* content(exchange, changes);
  return asResult(verdict);
}

function* content(exchange: Exchange, changes: number): Task<Result> {
  const held = yield* limitRequests(exchange);
  const refused = held ?? checkAccess(exchange);
  if (refused !== undefined) return { response: refused };
  const { tryFiles, proxyPass, stubStatus } = exchange.settings;
  if (tryFiles !== undefined) {
    const next = yield* tryEach(exchange, changes);
    if (next !== undefined) return next;
  }
  if (proxyPass !== undefined) {
    yield* handOver(exchange);
    return yield* proxy(exchange, proxyPass);
  }
  if (stubStatus) return { response: stubStatusPage(exchange) };
  const served = yield* serveFile(exchange);
  if (!('redirectTo' in served)) return { response: served };
  exchange.uri = served.redirectTo;
  exchange.rewritten = true;
  exchange.internal = true;
  return yield* search(exchange, changes + 1);
}

/** The first file that is there; else where the last word leads. Undefined: go on with the path that was found. */
function* tryEach(exchange: Exchange, changes: number): Task<Result | undefined> {
  const words = exchange.settings.tryFiles!;
  for (const word of words.slice(0, -1)) {
    const path = expand(word, exchange);
    if (!tryFile(exchange, path)) continue;
    exchange.uri = path.startsWith('/') ? path : `/${path}`;
    return undefined;
  }
  const last = expand(words.at(-1)!, exchange);
  if (/^=\d+$/.test(last)) return { response: { status: Number(last.slice(1)) } };
  if (last.startsWith('@')) return yield* errorPage(exchange, { uri: words.at(-1)!, status: undefined }, 0);
  const [uri = '', args] = last.split(/\?(.*)/s);
  exchange.uri = uri;
  if (args !== undefined) exchange.args = args;
  exchange.internal = true;
  exchange.rewritten = true;
  return yield* search(exchange, changes + 1);
}

function* limitRequests(exchange: Exchange): Task<HttpServerResponse | undefined> {
  const { settings, config, state } = exchange;
  let waitMs = 0;
  for (const { zone, burst, delayAfter } of settings.limits) {
    const { key, requestsPerSecond } = config.limitZones.get(zone)!;
    const value = expand(key, exchange);
    if (value === '') continue;
    const now = exchange.process.now();
    const excess = state.shared.counts.excess(zone, value, requestsPerSecond, burst, now);
    if (excess > burst) {
      complain(exchange, `limiting requests, excess: ${excess.toFixed(3)} by zone "${zone}"`);
      return { status: settings.limitStatus };
    }
    const delayed = excess - delayAfter;
    if (delayed <= 0) continue;
    complain(exchange, `delaying request, excess: ${excess.toFixed(3)}, by zone "${zone}"`, 'warn');
    waitMs = Math.max(waitMs, (delayed / requestsPerSecond) * 1000);
  }
  if (waitMs === 0) return undefined;
  yield* handOver(exchange);
  yield* exchange.process.sleep(waitMs);
  return undefined;
}

function stubStatusPage({ state }: Exchange): HttpServerResponse {
  const { accepted, requests, active } = state.shared.connections;
  return {
    headers: { 'Content-Type': 'text/plain' },
    body: `Active connections: ${active} \nserver accepts handled requests\n ${accepted} ${accepted} ${requests} \nReading: 0 Writing: 1 Waiting: ${Math.max(0, active - 1)} \n`,
  };
}

const PLAIN: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

/** Adds the page of a status without one (by `page`, if that is not told of), and the fields that every answer has. */
export function finish(
  exchange: Exchange,
  response: HttpServerResponse,
  page = response.status ?? 200,
): HttpServerResponse {
  const { settings, process } = exchange;
  const status = response.status ?? 200;
  const version = settings.serverTokens ? versionOf(process.env) : 'nginx';
  const made = response.body === undefined && hasPage(status);
  const body = response.body ?? (made ? statusPage(page, version) : undefined);
  const headers: Record<string, string> = {
    Server: version,
    Date: formatDate('%a, %d %b %Y %H:%M:%S GMT', process.now()),
    ...(made ? { 'Content-Type': 'text/html' } : {}),
    ...response.headers,
  };
  const sent = body === undefined ? 0 : body.length;
  if (status !== 200) delete headers['Accept-Ranges'];
  exchange.answer = { status, bytes: exchange.request.method === 'HEAD' ? 0 : sent, headers };
  if (settings.expiresSeconds !== undefined && PLAIN.has(status)) expires(exchange, headers);
  for (const { name, value, always } of settings.headers) {
    if (!always && !PLAIN.has(status)) continue;
    const text = expand(value, exchange);
    if (text === '') continue;
    if (name.toLowerCase() === 'set-cookie' && headers['Set-Cookie'] !== undefined)
      headers['Set-Cookie'] += `\n${text}`;
    else headers[name] = text;
  }
  if (headers['Location'] !== undefined) headers['Location'] = completeLocation(exchange, headers['Location']);
  return { status, statusText: reasonOf(status), headers, ...(body === undefined ? {} : { body }) };
}

function expires({ settings, process }: Exchange, headers: Record<string, string>): void {
  const { expiresSeconds } = settings;
  const at = expiresSeconds === 'epoch' ? 1000 : process.now() + expiresSeconds! * 1000;
  headers['Expires'] = formatDate('%a, %d %b %Y %H:%M:%S GMT', at);
  headers['Cache-Control'] =
    expiresSeconds === 'epoch' || expiresSeconds! < 0 ? 'no-cache' : `max-age=${expiresSeconds}`;
}
