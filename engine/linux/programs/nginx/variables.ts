import { formatDate } from '../../date-format.ts';
import { encode } from '../../stdio.ts';
import type { Exchange } from './exchange.ts';
import { keepCaptures } from './exchange.ts';
import { matchesWildcard, murmurHash2, type SplitClients, type VariableMap } from './maps.ts';
import { versionOf } from './pages.ts';
import { absolute } from './settings.ts';
import type { Template } from './template.ts';
import { isVariableName, VARIABLE_FAMILIES, type VariableName } from './variable-names.ts';

type Variable = (exchange: Exchange) => string | undefined;

const upstreamList = (exchange: Exchange, value: (peer: Exchange['upstream'][number]) => string) =>
  exchange.upstream.length === 0 ? undefined : exchange.upstream.map(value).join(', ');
const seconds = (ms: number) => (ms / 1000).toFixed(3);
const connections = (exchange: Exchange) => exchange.state.shared.connections;

/** https://nginx.org/en/docs/varindex.html, as far as they mean something here. */
const VARIABLES: Readonly<Record<VariableName, Variable>> = {
  remote_addr: ({ request }) => request.peer.address,
  binary_remote_addr: ({ request }) => request.peer.address,
  remote_port: ({ request }) => String(request.peer.port),
  remote_user: ({ user }) => user,
  realip_remote_addr: ({ request }) => request.peer.address,
  request: ({ request }) => `${request.method} ${request.target} HTTP/${request.version}`,
  request_uri: ({ request }) => request.target,
  request_method: ({ request }) => request.method,
  request_id: ({ id }) => id,
  request_body: ({ request }) => new TextDecoder().decode(request.body),
  request_length: ({ request }) => String(requestLength(request)),
  request_time: ({ process, startMs }) => seconds(process.now() - startMs),
  request_completion: ({ answer }) => (answer === undefined ? '' : 'OK'),
  request_filename: (exchange) => filePath(exchange, exchange.uri),
  document_root: (exchange) => absolute(expand(exchange.settings.alias ?? exchange.settings.root, exchange)),
  uri: ({ uri }) => uri,
  document_uri: ({ uri }) => uri,
  args: ({ args }) => args,
  query_string: ({ args }) => args,
  is_args: ({ args }) => (args === '' ? '' : '?'),
  host: hostOf,
  hostname: ({ process }) => process.hostname,
  scheme: ({ request }) => (request.tls === undefined ? 'http' : 'https'),
  https: ({ request }) => (request.tls === undefined ? '' : 'on'),
  server_name: ({ server }) => server.names[0] ?? '',
  server_port: ({ request }) => String(request.local.port),
  server_addr: ({ request }) => request.local.address,
  server_protocol: ({ request }) => `HTTP/${request.version}`,
  status: ({ answer }) => (answer === undefined ? '000' : String(answer.status).padStart(3, '0')),
  body_bytes_sent: ({ answer }) => String(answer?.bytes ?? 0),
  bytes_sent: ({ answer }) => String((answer?.bytes ?? 0) + headLength(answer?.headers ?? {})),
  connection: ({ number }) => String(number),
  connection_requests: () => '1',
  content_length: ({ request }) => request.headers['content-length'],
  content_type: ({ request }) => request.headers['content-type'],
  msec: ({ process }) => seconds(process.now()),
  time_local: ({ process }) => formatDate('%d/%b/%Y:%H:%M:%S +0000', process.now()),
  time_iso8601: ({ process }) => formatDate('%Y-%m-%dT%H:%M:%S+00:00', process.now()),
  nginx_version: ({ process }) => versionOf(process.env).replace('nginx/', ''),
  pid: ({ process }) => String(process.pid),
  pipe: () => '.',
  proxy_host: ({ proxyHost }) => proxyHost,
  proxy_port: ({ proxyHost }) => /:(\d+)$/.exec(proxyHost)?.[1] ?? '80',
  proxy_add_x_forwarded_for: ({ request }) => {
    const before = request.headers['x-forwarded-for'];
    return before === undefined ? request.peer.address : `${before}, ${request.peer.address}`;
  },
  upstream_addr: (exchange) => upstreamList(exchange, ({ address }) => address),
  upstream_status: (exchange) => upstreamList(exchange, ({ status }) => status),
  upstream_response_time: (exchange) => upstreamList(exchange, ({ timeMs }) => seconds(timeMs)),
  upstream_header_time: (exchange) => upstreamList(exchange, ({ timeMs }) => seconds(timeMs)),
  upstream_connect_time: (exchange) => upstreamList(exchange, () => '0.000'),
  upstream_response_length: (exchange) =>
    exchange.upstream.length === 0 ? undefined : String(exchange.answer?.bytes ?? 0),
  upstream_cache_status: () => undefined,
  connections_active: (exchange) => String(connections(exchange).active),
  connections_reading: () => '0',
  connections_writing: () => '1',
  connections_waiting: (exchange) => String(Math.max(0, connections(exchange).active - 1)),
  ssl_protocol: ({ request }) => request.tls?.protocol,
  ssl_cipher: ({ request }) => request.tls?.cipher,
  ssl_server_name: ({ request }) => request.tls?.serverName,
  ssl_client_verify: ({ request }) => (request.tls === undefined ? undefined : 'NONE'),
  ssl_session_reused: ({ request }) => (request.tls === undefined ? undefined : '.'),
  limit_rate: () => '0',
};

/** What a variable is for this request; undefined when it is nothing. */
function variable(exchange: Exchange, name: string): string | undefined {
  if (/^\d$/.test(name)) return exchange.captures[Number(name)];
  const assigned = exchange.assigned.get(name);
  if (assigned !== undefined) return assigned;
  const map = exchange.config.maps.get(name);
  if (map !== undefined) return map.kind === 'map' ? mapped(exchange, map) : shared(exchange, map);
  if (isVariableName(name)) return VARIABLES[name](exchange);
  const family = VARIABLE_FAMILIES.exec(name);
  if (family === null) return undefined;
  const rest = family[1]!;
  const field = rest.replaceAll('_', '-');
  if (name.startsWith('arg_')) return argument(exchange.args, rest);
  if (name.startsWith('http_')) return exchange.request.headers[field];
  if (name.startsWith('cookie_')) return cookie(exchange.request.headers['cookie'], rest);
  if (name.startsWith('sent_http_')) return headerOf(exchange.answer?.headers ?? {}, field);
  if (name.startsWith('upstream_http_')) return exchange.upstreamHeaders[field];
  return undefined;
}

/** A text of the configuration with its variables for this request. */
export function expand(template: Template, exchange: Exchange): string {
  return expandWith(template, exchange, (value) => value ?? '');
}

/** With each value put into another form first. */
export function expandWith(
  { parts }: Template,
  exchange: Exchange,
  form: (value: string | undefined, name: string) => string,
): string {
  let text = '';
  for (const part of parts)
    text += typeof part === 'string' ? part : form(variable(exchange, part.variable), part.variable);
  return text;
}

/** The file that a path stands for. */
export function filePath(exchange: Exchange, uri: string): string {
  const { settings, location } = exchange;
  if (settings.alias === undefined) return absolute(expand(settings.root, exchange)) + uri;
  const alias = absolute(expand(settings.alias, exchange));
  // With a regular expression the alias is the whole path.
  if (location === undefined || location.pattern !== undefined) return alias;
  return alias + uri.slice(location.path.length);
}

/** From the request line, the field, or the server's own name: in lower case and without the port. */
function hostOf({ request, server }: Exchange): string {
  const absolute = /^https?:\/\/([^/?]*)/i.exec(request.target)?.[1];
  const host = (absolute ?? request.headers['host'] ?? '').replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
  return host === '' ? (server.names[0] ?? '') : host;
}

function argument(args: string, name: string): string | undefined {
  for (const pair of args.split('&')) {
    const equals = pair.indexOf('=');
    if (equals >= 0 && pair.slice(0, equals).toLowerCase() === name.toLowerCase()) return pair.slice(equals + 1);
  }
  return undefined;
}

function cookie(field: string | undefined, name: string): string | undefined {
  for (const pair of field?.split(';') ?? []) {
    const [key = '', ...value] = pair.trim().split('=');
    if (key.toLowerCase() === name.toLowerCase()) return value.join('=');
  }
  return undefined;
}

function headerOf(headers: Readonly<Record<string, string>>, field: string): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === field)?.[1];
}

function mapped(exchange: Exchange, map: VariableMap): string | undefined {
  const key = expand(map.source, exchange);
  const lower = key.toLowerCase();
  const found = map.exact.get(lower) ?? map.wildcards.find(([pattern]) => matchesWildcard(pattern, lower))?.[1];
  if (found !== undefined) return expand(found, exchange);
  for (const [pattern, value] of map.patterns) {
    const match = pattern.exec(key);
    if (match === null) continue;
    keepCaptures(exchange, match);
    return expand(value, exchange);
  }
  return map.otherwise === undefined ? '' : expand(map.otherwise, exchange);
}

function shared(exchange: Exchange, { source, parts }: SplitClients): string {
  const hash = murmurHash2(encode(expand(source, exchange)));
  for (const [upTo, value] of parts) if (hash < upTo || upTo === 0xffffffff) return expand(value, exchange);
  return '';
}

function requestLength({ method, target, headers, body }: Exchange['request']): number {
  return `${method} ${target} HTTP/1.1\r\n`.length + headLength(headers) + body.length;
}

function headLength(headers: Readonly<Record<string, string>>): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, 2);
}
