import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { Errno } from '../../errno.ts';
import { type HttpServerRequest, type HttpServerResponse, STATUS_TEXT, serveHttp } from '../../http.ts';
import type { Signal } from '../../signal.ts';
import { print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { escapeHtml } from '../html.ts';
import { type HttpdConfig, HttpdConfigError, readHttpdConfig } from './config.ts';

const CONFIG = '/usr/local/apache2/conf/httpd.conf';
const VERSION = 'Apache/2.4.65 (Unix)';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  json: 'application/json',
  txt: 'text/plain',
  xml: 'application/xml',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  ico: 'image/vnd.microsoft.icon',
};

/** Apache's httpd: files, listings, redirects and its own pages and logs; one process for master and workers. */
export function* httpd(process: Process): Task<number> {
  const args = process.argv.slice(1);
  if (args.includes('-v') || args.includes('-V')) {
    yield* print(process, `Server version: ${VERSION}\nServer built:   Jul 24 2025 00:00:00\n`);
    return 0;
  }
  const path = args.includes('-f') ? (args[args.indexOf('-f') + 1] ?? CONFIG) : CONFIG;
  let config: HttpdConfig;
  try {
    config = readHttpdConfig(process, path);
  } catch (error) {
    if (!(error instanceof HttpdConfigError)) throw error;
    yield* printError(process, `${error.message}\n`);
    return 1;
  }
  if (config.serverName === undefined) {
    const address = process.networkInterfaces().find(({ name }) => name !== 'lo')?.addresses[0]?.address ?? '127.0.0.1';
    yield* printError(
      process,
      `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${address}. Set the 'ServerName' directive globally to suppress this message\n`,
    );
  }
  if (args.includes('-t')) {
    yield* printError(process, 'Syntax OK\n');
    return 0;
  }
  const listeners: number[] = [];
  for (const port of config.ports) {
    try {
      listeners.push(process.listen(port));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const number = error.code === 'EACCES' ? 13 : 98;
      yield* printError(
        process,
        `(${number})${error.message}: AH00072: make_sock: could not bind to address 0.0.0.0:${port}\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
      );
      return 1;
    }
  }
  return yield* serve(process, config, listeners);
}

function* notice(process: Process, module: string, text: string): Task<void> {
  const date = formatDate('%a %b %d %H:%M:%S', process.now());
  const micros = String((process.now() % 1000) * 1000)
    .padStart(6, '0')
    .slice(0, 6);
  yield* printError(
    process,
    `[${date}.${micros} ${formatDate('%Y', process.now())}] [${module}] [pid ${process.pid}:tid ${process.pid}] ${text}\n`,
  );
}

function* serve(process: Process, config: HttpdConfig, listeners: readonly number[]): Task<number> {
  for (const signal of ['TERM', 'INT', 'WINCH', 'HUP', 'USR1'] as const) process.setSignalAction(signal, 'catch');
  yield* notice(process, 'mpm_event:notice', `AH00489: ${VERSION} configured -- resuming normal operations`);
  yield* notice(process, 'core:notice', `AH00094: Command line: '${process.argv.join(' ')}'`);
  let cause: Signal | undefined;
  const handler = function* (request: HttpServerRequest): Task<HttpServerResponse> {
    yield* process.compute(0.2);
    const response = answer(process, config, request);
    yield* logAccess(process, request, response);
    return response;
  };
  yield* serveHttp(process, listeners, handler, {
    idleTimeoutMs: 5000,
    onSignals: (signals) => {
      cause = signals.find((signal) => ['TERM', 'INT', 'WINCH'].includes(signal)) ?? cause;
      return cause === undefined ? 'continue' : cause === 'WINCH' ? 'drain' : 'stop';
    },
    errorResponse: ({ status }) => complete(process, errorPage(status)),
  });
  yield* cause === 'WINCH'
    ? notice(process, 'mpm_event:notice', 'AH00492: caught SIGWINCH, shutting down gracefully')
    : notice(process, 'mpm_event:notice', 'AH00491: caught SIGTERM, shutting down');
  return 0;
}

function* logAccess(process: Process, request: HttpServerRequest, response: HttpServerResponse): Task<void> {
  const time = formatDate('%d/%b/%Y:%H:%M:%S +0000', process.now());
  const size = response.body?.length ?? 0;
  const shown = request.method === 'HEAD' || size === 0 ? '-' : String(size);
  yield* print(
    process,
    `${request.peer.address} - - [${time}] "${request.method} ${request.target} HTTP/${request.version}" ${response.status ?? 200} ${shown}\n`,
  );
}

function complete(process: Process, response: HttpServerResponse): HttpServerResponse {
  const date = formatDate('%a, %d %b %Y %H:%M:%S GMT', process.now());
  return { ...response, headers: { Date: date, Server: VERSION, ...response.headers } };
}

function answer(process: Process, config: HttpdConfig, request: HttpServerRequest): HttpServerResponse {
  let response = locate(process, config, request);
  const substitute = config.errorDocuments.get(response.status ?? 200);
  if (substitute?.startsWith('/')) {
    const page = fileResponse(process, config.documentRoot + substitute);
    if (page !== undefined) response = { ...page, status: response.status ?? 200 };
  } else if (substitute !== undefined) response = { ...response, body: substitute };
  const headers = { ...response.headers, ...Object.fromEntries(config.headers) };
  return complete(process, { ...response, headers });
}

function locate(process: Process, config: HttpdConfig, request: HttpServerRequest): HttpServerResponse {
  const moved = config.redirects.find(({ from }) => request.path === from || request.path.startsWith(`${from}/`));
  if (moved !== undefined) return redirect(moved.status, moved.to + request.path.slice(moved.from.length));
  if (!['GET', 'HEAD', 'POST', 'OPTIONS'].includes(request.method)) return errorPage(405);
  if (request.method === 'OPTIONS') return { headers: { Allow: 'GET,POST,OPTIONS,HEAD' } };
  const parts: string[] = [];
  for (const part of request.path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return errorPage(400);
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  const path = `/${parts.join('/')}`;
  const file = config.documentRoot + (path === '/' ? '' : path);
  try {
    const stat = process.stat(file);
    if (stat.type !== 'directory')
      return request.path.endsWith('/') ? errorPage(404) : conditional(process, file, request);
    if (!request.path.endsWith('/')) return redirect(301, `http://${request.headers['host'] ?? ''}${path}/`);
    for (const name of config.directoryIndex) {
      if (process.access(`${file}/${name}`, 'exists')) return conditional(process, `${file}/${name}`, request);
    }
    return config.indexes ? listing(process, file, path) : errorPage(403);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return errorPage(error.code === 'EACCES' ? 403 : 404);
  }
}

function conditional(process: Process, file: string, request: HttpServerRequest): HttpServerResponse {
  const response = fileResponse(process, file) ?? errorPage(404);
  const { ETag, 'Last-Modified': modified } = response.headers ?? {};
  const match = request.headers['if-none-match'];
  const same = match === undefined ? request.headers['if-modified-since'] === modified : match === ETag;
  return same && modified !== undefined
    ? { status: 304, headers: { ETag: ETag!, 'Last-Modified': modified } }
    : response;
}

/** Undefined when it cannot be read; throws EACCES where that is why. */
function fileResponse(process: Process, file: string): HttpServerResponse | undefined {
  try {
    const stat = process.stat(file);
    const type = TYPES[/\.([^./]+)$/.exec(file)?.[1]?.toLowerCase() ?? ''];
    return {
      headers: {
        'Last-Modified': formatDate('%a, %d %b %Y %H:%M:%S GMT', stat.modifiedMs),
        ETag: `"${stat.size.toString(16)}-${Math.floor(stat.modifiedMs).toString(16)}"`,
        'Accept-Ranges': 'bytes',
        ...(type !== undefined && { 'Content-Type': type }),
      },
      body: process.readFile(file),
    };
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EACCES') throw error;
    return undefined;
  }
}

const EXPLANATIONS: Readonly<Record<number, string>> = {
  400: 'Your browser sent a request that this server could not understand.<br />',
  403: "You don't have permission to access this resource.",
  404: 'The requested URL was not found on this server.',
  405: 'The requested method is not allowed for this URL.',
};

function errorPage(status: number, text = EXPLANATIONS[status] ?? ''): HttpServerResponse {
  const title = STATUS_TEXT[status] ?? 'Error';
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=iso-8859-1' },
    body: `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n</body></html>\n`,
  };
}

function redirect(status: number, location: string): HttpServerResponse {
  const page = errorPage(status, `The document has moved <a href="${escapeHtml(location)}">here</a>.`);
  return { ...page, headers: { ...page.headers, Location: location } };
}

function listing(process: Process, directory: string, path: string): HttpServerResponse {
  const parent = path.replace(/\/[^/]*$/, '') || '/';
  const names = process
    .readdir(directory)
    .filter(({ name }) => !name.startsWith('.'))
    .map(({ name, type }) => (type === 'directory' ? `${name}/` : name));
  const items = [
    ...(path === '/' ? [] : [`<li><a href="${encodeURI(parent)}"> Parent Directory</a></li>\n`]),
    ...names.map((name) => `<li><a href="${encodeURI(name)}"> ${escapeHtml(name)}</a></li>\n`),
  ];
  const title = `Index of ${escapeHtml(path)}`;
  return {
    headers: { 'Content-Type': 'text/html;charset=ISO-8859-1' },
    body: `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n<h1>${title}</h1>\n<ul>${items.join('')}</ul>\n</body></html>\n`,
  };
}
