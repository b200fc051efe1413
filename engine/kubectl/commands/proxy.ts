import { isForPeople } from '../../api/pretty-print.ts';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { Errno } from '../../linux/errno.ts';
import { type ForkedResponse, type HttpServerRequest, type HttpServerResponse, serveHttp } from '../../linux/http.ts';
import { encode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isExpected, UnreachableError } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { eachChunk } from '../raw-stream.ts';
import { klogLine } from '../request-log.ts';

const DEFAULT_PORT = 8001;
const LOCAL_HOSTS = '^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$';

/** https://kubernetes.io/docs/tasks/extend-kubernetes/http-proxy-access-api/ */
export const proxy: Command = {
  name: 'proxy',
  summary: 'Run a proxy to the Kubernetes API server',
  section: 'Troubleshooting and Debugging Commands',
  usage: 'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  examples: ['kubectl proxy --port=8001 &', 'curl localhost:8001/api/v1/pods'],
  operand: 'none',
  flags: [
    {
      name: 'port',
      short: 'p',
      type: 'int',
      default: String(DEFAULT_PORT),
      help: 'Where to listen; 0 lets the system choose',
    },
    { name: 'address', type: 'string', default: '127.0.0.1', help: 'The address to listen on' },
    { name: 'api-prefix', type: 'string', default: '/', help: 'Below which path the API is' },
    { name: 'www', short: 'w', type: 'string', help: 'A directory to serve files from' },
    { name: 'www-prefix', short: 'P', type: 'string', default: '/static/', help: 'Below which path the files are' },
    { name: 'accept-hosts', type: 'string', default: LOCAL_HOSTS, help: 'Hosts that may be asked for' },
    { name: 'accept-paths', type: 'string', default: '^.*', help: 'Paths that may be asked for' },
    {
      name: 'reject-paths',
      type: 'string',
      default: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach',
      help: 'Paths that may not, whatever else is said',
    },
    { name: 'reject-methods', type: 'string', default: '^$', help: 'Methods that may not be used' },
    { name: 'disable-filter', type: 'bool', help: 'Let everything through' },
    { name: 'keepalive', type: 'duration', default: '0s', help: 'Not of use here', hidden: true },
    { name: 'append-server-path', type: 'bool', help: "Put the path of the server's address before each" },
    { name: 'unix-socket', short: 'u', type: 'string', help: 'A socket of the file system to listen on instead' },
  ],
  *run(invocation) {
    const { flags, process, streams } = invocation;
    const filter = filterOf(invocation);
    checkOptions(invocation);
    const { fd, name } = flags.string('unix-socket') === '' ? listen(invocation) : listenUnix(invocation);
    streams.out(`Starting to serve on ${name}\n`);
    yield* streams.flush();
    yield* serveHttp(process, fd, (request) => answer(invocation, filter, request), {
      maxBodyBytes: 16 * 1024 * 1024,
    });
    return 0;
  },
};

/** After kubectl's `ProxyOptions.Validate`. */
function checkOptions({ flags, process, streams }: Invocation): void {
  const [directory, socket] = [flags.string('www'), flags.string('unix-socket')];
  if (socket !== '' && flags.int('port') !== DEFAULT_PORT)
    throw new CommandError('cannot set --unix-socket and --port at the same time');
  if (directory === '') return;
  const warn = (line: number, why: string) => streams.err(klogLine(process, `proxy.go:${line}`, why, 'W'));
  try {
    if (process.stat(directory).type !== 'directory')
      warn(203, `Static file directory ${directory} is not a directory`);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const why = error.message.toLowerCase();
    warn(201, `Failed to stat static file directory ${directory}: stat ${directory}: ${why}`);
  }
}

interface Listener {
  readonly fd: number;
  /** As Go writes a listener's address. */
  readonly name: string;
}

function listen({ flags, process }: Invocation): Listener {
  const [address, port] = [flags.string('address'), flags.int('port')];
  if (port < 0 || port > 65_535) throw new CommandError(`listen tcp: address ${port}: invalid port`);
  try {
    const fd = process.listen(port, address);
    return { fd, name: `${address}:${process.localAddress(fd).port}` };
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`listen tcp ${address}:${port}: bind: ${error.message.toLowerCase()}`);
  }
}

/** For the user alone, until they open it up. What an earlier proxy has left is taken away. */
function listenUnix({ flags, process }: Invocation): Listener {
  const path = flags.string('unix-socket');
  const mask = process.umask(0o077);
  try {
    if (process.access(path, 'exists') && process.stat(path).type === 'socket') process.unlink(path);
    return { fd: process.listenUnix(path), name: path };
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`listen unix ${path}: bind: ${error.message.toLowerCase()}`);
  } finally {
    process.umask(mask);
  }
}

type Filter = (request: HttpServerRequest) => boolean;

/** Whether a request may pass. @throws CommandError for what is no regular expression */
function filterOf(invocation: Invocation): Filter {
  const { flags, process, streams } = invocation;
  if (flags.bool('disable-filter')) {
    const warning = 'Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious';
    if (flags.string('unix-socket') === '') streams.err(klogLine(process, 'proxy.go:177', warning, 'W'));
    return () => true;
  }
  const [acceptHosts, acceptPaths, rejectPaths, rejectMethods] = [
    'accept-hosts',
    'accept-paths',
    'reject-paths',
    'reject-methods',
  ].map((name) => patterns(invocation, name)) as [RegExp[], RegExp[], RegExp[], RegExp[]];
  const any = (list: readonly RegExp[], text: string) => list.some((pattern) => pattern.test(text));
  return ({ method, path, headers }) => {
    const host = (headers['host'] ?? '').replace(/:\d+$/, '');
    return !any(rejectPaths, path) && !any(rejectMethods, method) && any(acceptPaths, path) && any(acceptHosts, host);
  };
}

function patterns({ flags, process }: Invocation, name: string): RegExp[] {
  return flags
    .string(name)
    .split(',')
    .map((text) => {
      try {
        return new RegExp(text);
      } catch (error) {
        const problem = String(error).includes('Unterminated group') ? 'missing closing )' : 'invalid expression';
        const message = `Error compiling re: error parsing regexp: ${problem}: \`${text}\``;
        const line = klogLine(process, 'proxy_server.go:83', message, 'F').trimEnd();
        throw new CommandError(line, { exitCode: 255, verbatim: true });
      }
    });
}

function answer(
  invocation: Invocation,
  filter: Filter,
  request: HttpServerRequest,
): HttpServerResponse | ForkedResponse | Task<HttpServerResponse | ForkedResponse> {
  if (!filter(request)) return { status: 403, body: 'Forbidden\n' };
  const { flags } = invocation;
  const [files, prefix] = [withSlash(flags.string('www-prefix')), withSlash(flags.string('api-prefix'))];
  if (flags.string('www') !== '' && request.path.startsWith(files))
    return fileAt(invocation, `${flags.string('www')}/${request.path.slice(files.length)}`);
  if (!`${request.path}/`.startsWith(prefix)) return NOT_FOUND;
  return forward(invocation, request, `/${request.path.slice(prefix.length)}`);
}

const NOT_FOUND: HttpServerResponse = {
  status: 404,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  body: '404 page not found\n',
};

function withSlash(path: string): string {
  return `/${path.replace(/^\/+|\/+$/g, '')}/`.replace('//', '/');
}

function fileAt({ process }: Invocation, path: string): HttpServerResponse {
  if (path.split('/').includes('..') || !process.access(path, 'read') || process.stat(path).type === 'directory')
    return NOT_FOUND;
  return { body: process.readFile(path) };
}

/** Headers that belong to one connection and are not handed on. */
const OF_THE_CONNECTION = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'upgrade',
]);

function* forward(
  invocation: Invocation,
  request: HttpServerRequest,
  path: string,
): Task<HttpServerResponse | ForkedResponse> {
  const headers = Object.entries(request.headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
  const body = request.body.length === 0 ? {} : { body: request.body };
  const query = queryOf(request.query);
  try {
    const asked = {
      method: request.method as ApiRequest['method'],
      path,
      query,
      headers: Object.fromEntries(headers),
      ...body,
    };
    return answered(request, path, yield* invocation.patiently(() => invocation.exchange.relay(asked)));
  } catch (error) {
    if (!isExpected(error)) throw error;
    const reason = error instanceof UnreachableError ? error.reason : error.message;
    return { status: 502, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: `${reason}\n` };
  }
}

function queryOf(text: string): Readonly<Record<string, string | readonly string[]>> {
  const query = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) query.set(name, [...(query.get(name) ?? []), value]);
  return Object.fromEntries([...query].map(([name, values]) => [name, values.length === 1 ? values[0]! : values]));
}

function answered(
  request: HttpServerRequest,
  path: string,
  response: ApiResponse,
): HttpServerResponse | ForkedResponse {
  const { status, body, watch, byteStream, session } = response;
  if (session !== undefined) return { status: 400, body: 'Upgrade request required\n' };
  if (watch !== undefined || byteStream !== undefined) return stream(response);
  const headers = headersOf(response);
  if (typeof body !== 'object' || body === null || body instanceof Uint8Array) {
    return {
      status,
      headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
      body: body instanceof Uint8Array ? body : String(body ?? ''),
    };
  }
  // As the API server lays it out for whoever asked; the version always.
  const isLaidOut = path === '/version' || isPretty(request);
  const text = isLaidOut ? JSON.stringify(body, undefined, 2) : `${JSON.stringify(body)}\n`;
  return { status, headers: { ...headers, 'Content-Type': 'application/json' }, body: text };
}

function isPretty({ headers, query }: HttpServerRequest): boolean {
  return isForPeople(headers['user-agent'] ?? '', new URLSearchParams(query).get('pretty'));
}

/** As they are written on the wire: `Content-Type`. */
function headersOf({ headers }: ApiResponse): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name) || name === 'content-length');
  return Object.fromEntries(
    kept.map(([name, value]) => [name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()), value]),
  );
}

/** What comes bit by bit: a child writes it on the connection, which is its standard input. */
function stream(response: ApiResponse): ForkedResponse {
  const type = response.watch === undefined ? 'text/plain' : 'application/json';
  return {
    *child(child) {
      yield* child.write(0, encode(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`));
      yield* eachChunk(response, (chunk) => writeChunk(child, chunk));
      yield* child.write(0, encode('0\r\n\r\n'));
      return undefined;
    },
  };
}

function* writeChunk(child: Process, chunk: Uint8Array): Task<void> {
  if (chunk.length === 0) return;
  yield* child.write(0, encode(`${chunk.length.toString(16)}\r\n`));
  yield* child.write(0, chunk);
  yield* child.write(0, encode('\r\n'));
}
