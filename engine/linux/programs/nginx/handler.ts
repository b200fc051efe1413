import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { HttpServerRequest, HttpServerResponse } from '../../http.ts';
import { Regex, RegexError } from '../../regex.ts';
import { encode } from '../../stdio.ts';
import type { Process, Stat } from '../../syscalls.ts';
import { formatDate } from '../time.ts';
import type { Config, Location, Server, Settings } from './config.ts';
import type { Exchange } from './exchange.ts';
import { indexPage, statusPage, versionOf } from './pages.ts';
import { proxy } from './proxy.ts';
import { expandVariables } from './request-variable.ts';

const MAX_REDIRECTS = 10;

/** Chooses the server for a request: by port, then by name, then the default one. */
export function serverFor(config: Config, request: HttpServerRequest): Server | undefined {
  const host = (request.headers['host'] ?? '').replace(/:\d+$/, '').toLowerCase();
  const { address, port } = request.local;
  const onPort = config.servers.filter((server) =>
    server.listens.some(
      (listen) => listen.port === port && (listen.address === '0.0.0.0' || listen.address === address),
    ),
  );
  return (
    onPort.find((server) => server.names.some((name) => matchesName(name, host))) ??
    onPort.find((server) => server.listens.some((listen) => listen.port === port && listen.isDefault)) ??
    onPort[0]
  );
}

function matchesName(pattern: string, host: string): boolean {
  if (pattern.startsWith('*.')) return host.endsWith(pattern.slice(1));
  if (pattern.endsWith('.*')) return host.startsWith(pattern.slice(0, -1));
  return pattern.toLowerCase() === host;
}

/** nginx's order: exact, then the longest prefix unless a regular expression matches first. */
function locationFor(server: Server, path: string): Location | undefined {
  let best: Location | undefined;
  for (const location of server.locations) {
    if (location.modifier === '=' && location.path === path) return location;
    if (
      (location.modifier === '' || location.modifier === '^~') &&
      path.startsWith(location.path) &&
      location.path.length > (best?.path.length ?? -1)
    )
      best = location;
  }
  if (best?.modifier === '^~') return best;
  const byExpression = server.locations.find(
    (location) => location.modifier.startsWith('~') && matchesExpression(location, path),
  );
  return byExpression ?? best;
}

function matchesExpression(location: Location, path: string): boolean {
  try {
    return new Regex(location.path, { extended: true, ignoreCase: location.modifier === '~*' }).test(path);
  } catch (error) {
    if (error instanceof RegexError) return false;
    throw error;
  }
}

/** Whether somebody else has to be asked, which takes its time. */
export function isPassedOn({ server, request }: Exchange): boolean {
  const settings = locationFor(server, request.path)?.settings ?? server.settings;
  return settings.proxyPass !== undefined && settings.returns === undefined;
}

export function* respond(process: Process, exchange: Exchange): Task<HttpServerResponse> {
  let response = yield* locate(process, exchange, exchange.request.path, 0);
  const page = exchange.settings.errorPages.get(response.status ?? 200);
  if (page !== undefined && response.body === undefined) {
    const { status } = response;
    if (/^https?:/.test(page.uri)) response = redirect(302, page.uri);
    else {
      const substitute = yield* locate(process, { ...exchange, errors: [] }, page.uri, 1);
      if ((substitute.status ?? 200) < 300) response = { ...substitute, status: page.status ?? status };
    }
  }
  const status = response.status ?? 200;
  const body =
    response.body ?? (status === 304 || status === 204 ? undefined : statusPage(status, versionOf(process.env)));
  const type: Record<string, string> =
    response.body === undefined && body !== undefined ? { 'Content-Type': 'text/html' } : {};
  const added = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308].includes(status)
    ? Object.fromEntries(
        exchange.settings.headers.map(([name, value]) => [name, expandVariables(value, exchange.request)] as const),
      )
    : {};
  const date = formatDate('%a, %d %b %Y %H:%M:%S GMT', process.now());
  return {
    status,
    headers: { Server: versionOf(process.env), Date: date, ...type, ...response.headers, ...added },
    ...(body === undefined ? {} : { body }),
  };
}

function redirect(status: number, location: string): HttpServerResponse {
  return { status, headers: { Location: location } };
}

function* locate(process: Process, exchange: Exchange, path: string, depth: number): Task<HttpServerResponse> {
  if (depth > MAX_REDIRECTS) {
    exchange.errors.push(`rewrite or internal redirection cycle while internally redirecting to "${path}"`);
    return { status: 500 };
  }
  const { server } = exchange;
  if (server.settings.returns !== undefined) return returned(server.settings.returns, exchange);
  const location = locationFor(server, path);
  exchange.settings = location?.settings ?? server.settings;
  const { settings } = exchange;
  if (settings.returns !== undefined) return returned(settings.returns, exchange);
  if (settings.proxyPass !== undefined)
    return yield* proxy(process, exchange, settings.proxyPass, location?.path ?? '/');
  if (settings.stubStatus)
    return {
      headers: { 'Content-Type': 'text/plain' },
      body: 'Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n',
    };
  if (!['GET', 'HEAD'].includes(exchange.request.method)) return { status: 405 };
  if (settings.tryFiles !== undefined) {
    for (const candidate of settings.tryFiles.slice(0, -1)) {
      const tried = candidate.replaceAll('$uri', path);
      if (statOf(process, filePath(settings, location, tried))?.type === (tried.endsWith('/') ? 'directory' : 'file'))
        return yield* serveFile(process, exchange, location, tried, depth);
    }
    const last = settings.tryFiles.at(-1)!;
    if (/^=\d{3}$/.test(last)) return { status: Number(last.slice(1)) };
    return yield* locate(process, exchange, last.replaceAll('$uri', path).split('?')[0]!, depth + 1);
  }
  return yield* serveFile(process, exchange, location, path, depth);
}

function returned({ status, text }: NonNullable<Settings['returns']>, exchange: Exchange): HttpServerResponse {
  const expanded = text === undefined ? undefined : expandVariables(text, exchange.request);
  if ([301, 302, 303, 307, 308].includes(status)) return redirect(status, expanded ?? '');
  if (expanded === undefined) return { status };
  return { status, headers: { 'Content-Type': exchange.settings.defaultType }, body: expanded };
}

/** The file a path stands for. `..` cannot lead out of the root. */
function filePath(settings: Settings, location: Location | undefined, path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  const clean = `/${parts.join('/')}${path.endsWith('/') && parts.length > 0 ? '/' : ''}`;
  if (settings.alias !== undefined && location !== undefined && clean.startsWith(location.path))
    return settings.alias + clean.slice(location.path.length);
  return settings.root + clean;
}

function statOf(process: Process, path: string): Stat | undefined {
  try {
    return process.stat(path);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

function* serveFile(
  process: Process,
  exchange: Exchange,
  location: Location | undefined,
  path: string,
  depth: number,
): Task<HttpServerResponse> {
  const { settings, request, errors } = exchange;
  const file = filePath(settings, location, path);
  try {
    const stat = process.stat(file.replace(/(.)\/+$/, '$1'));
    if (stat.type === 'directory') {
      if (!path.endsWith('/'))
        return redirect(
          301,
          `http://${request.headers['host'] ?? 'localhost'}${encodeURI(path)}/${request.query === '' ? '' : `?${request.query}`}`,
        );
      for (const name of settings.index) {
        if (statOf(process, file + name) !== undefined) return yield* locate(process, exchange, path + name, depth + 1);
      }
      if (settings.autoindex) return listDirectory(process, path, file);
      errors.push(`directory index of "${file}" is forbidden`);
      return { status: 403 };
    }
    if (stat.type !== 'file' || path.endsWith('/')) {
      errors.push(`"${file}" is not a directory (20: Not a directory)`);
      return { status: 404 };
    }
    return fileResponse(process, exchange, file, stat);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const number = { ENOENT: 2, EACCES: 13, ENOTDIR: 20, ELOOP: 40, ENAMETOOLONG: 36 }[error.code as string] ?? 5;
    errors.push(`open() "${file}" failed (${number}: ${error.message})`);
    return {
      status: error.code === 'EACCES' ? 403 : ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code) ? 404 : 500,
    };
  }
}

function fileResponse(process: Process, exchange: Exchange, file: string, stat: Stat): HttpServerResponse {
  const { settings, request } = exchange;
  const seconds = Math.floor(stat.modifiedMs / 1000);
  const lastModified = formatDate('%a, %d %b %Y %H:%M:%S GMT', seconds * 1000);
  const etag = `"${seconds.toString(16)}-${stat.size.toString(16)}"`;
  const extension = /\.([^./]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  const headers = {
    'Content-Type': settings.types.get(extension) ?? settings.defaultType,
    'Last-Modified': lastModified,
    ETag: etag,
    'Accept-Ranges': 'bytes',
  };
  const match = request.headers['if-none-match'];
  const since = request.headers['if-modified-since'];
  const same = match === undefined ? since === lastModified : match === '*' || match.split(/,\s*/).includes(etag);
  if (same) return { status: 304, headers: { 'Last-Modified': lastModified, ETag: etag } };
  return { headers, body: process.readFile(file) };
}

function listDirectory(process: Process, path: string, directory: string): HttpServerResponse {
  const entries = process
    .readdir(directory)
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => {
      const stat = statOf(process, directory + entry.name);
      const isDirectory = stat?.type === 'directory';
      return {
        name: isDirectory ? `${entry.name}/` : entry.name,
        date: formatDate('%d-%b-%Y %H:%M', stat?.modifiedMs ?? 0),
        size: isDirectory ? '-' : String(stat?.size ?? 0),
      };
    })
    .sort((a, b) => Number(b.size === '-') - Number(a.size === '-') || (a.name < b.name ? -1 : 1));
  return { headers: { 'Content-Type': 'text/html' }, body: encode(indexPage(path, entries)) };
}
