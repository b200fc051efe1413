import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { Errno } from '../../errno.ts';
import type { HttpServerResponse } from '../../http.ts';
import { concatBytes, encode } from '../../stdio.ts';
import type { Process, Stat } from '../../syscalls.ts';
import { complain, type Exchange } from './exchange.ts';
import { indexPage } from './pages.ts';
import { redirect, typeOf } from './redirect.ts';
import { escapeUri } from './uri.ts';
import { expand, filePath } from './variables.ts';

/** Whether a word of `try_files` is there: with a slash at its end a directory, else a file. */
export function tryFile(exchange: Exchange, path: string): boolean {
  const file = filePath(exchange, path.startsWith('/') ? path : `/${path}`);
  const type = statOf(exchange.process, file.replace(/(.)\/+$/, '$1'))?.type;
  return path.endsWith('/') ? type === 'directory' : type === 'file';
}

function statOf(process: Process, path: string): Stat | undefined {
  try {
    return process.stat(path);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** The file of a path, the listing of a directory, or the path of its index. */
export function* serveFile(exchange: Exchange): Task<HttpServerResponse | { readonly redirectTo: string }> {
  const { settings, method, uri, process } = exchange;
  if (!['GET', 'HEAD', 'POST'].includes(method)) return { status: 405 };
  const file = filePath(exchange, uri);
  try {
    if (uri.endsWith('/')) return directory(exchange, file);
    const stat = process.stat(file);
    if (stat.type === 'directory') {
      const args = exchange.args === '' ? '' : `?${exchange.args}`;
      return redirect(exchange, 301, `${escapeUri(uri)}/${args}`);
    }
    if (stat.type !== 'file') {
      complain(exchange, `"${file}" is not a regular file`, 'crit');
      return { status: 404 };
    }
    if (method === 'POST') return { status: 405 };
    return fileResponse(exchange, file, stat);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const number = { ENOENT: 2, EACCES: 13, ENOTDIR: 20, ELOOP: 40, ENAMETOOLONG: 36 }[error.code as string] ?? 5;
    const missing = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code);
    if (!missing || settings.logNotFound) complain(exchange, `open() "${file}" failed (${number}: ${error.message})`);
    return { status: error.code === 'EACCES' ? 403 : missing ? 404 : 500 };
  }
}

function directory(exchange: Exchange, path: string): HttpServerResponse | { readonly redirectTo: string } {
  const { settings, uri, process, method } = exchange;
  const names = settings.index.map((name) => expand(name, exchange));
  for (const name of names) {
    if (name.startsWith('/')) return { redirectTo: name };
    if (statOf(process, path + name) !== undefined) return { redirectTo: uri + name };
  }
  if (statOf(process, path.replace(/(.)\/+$/, '$1'))?.type !== 'directory') {
    complain(exchange, `"${path}${names[0] ?? ''}" is not found (2: No such file or directory)`);
    return { status: 404 };
  }
  if (settings.autoindex && method !== 'POST') return listDirectory(process, uri, path);
  complain(exchange, `directory index of "${path}" is forbidden`);
  return { status: 403 };
}

function fileResponse(exchange: Exchange, file: string, stat: Stat): HttpServerResponse {
  const { settings, request, process } = exchange;
  const seconds = Math.floor(stat.modifiedMs / 1000);
  const lastModified = formatDate('%a, %d %b %Y %H:%M:%S GMT', seconds * 1000);
  const etag: Readonly<Record<string, string>> = settings.etag
    ? { ETag: `"${seconds.toString(16)}-${stat.size.toString(16)}"` }
    : {};
  const validators = { 'Last-Modified': lastModified, ...etag };
  const match = request.headers['if-none-match'];
  const since = request.headers['if-modified-since'];
  const tags = match?.split(/,\s*/).map((tag) => tag.replace(/^W\//, ''));
  const same = tags === undefined ? since === lastModified : match === '*' || tags.includes(etag['ETag'] ?? '');
  if (same) return { status: 304, headers: validators };
  const type = typeOf(settings.types, file) ?? settings.defaultType;
  const headers = { 'Content-Type': type, ...validators };
  const body = process.readFile(file);
  const condition = request.headers['if-range'];
  const ranged = condition === undefined || condition === lastModified || condition === etag['ETag'];
  const asked = ranged ? rangesOf(request.headers['range'], body.length) : undefined;
  if (asked === undefined) return { headers: { ...headers, 'Accept-Ranges': 'bytes' }, body };
  if (asked.length === 0) return { status: 416, headers: { 'Content-Range': `bytes */${body.length}` } };
  return partial(headers, type, body, asked);
}

type Range = readonly [first: number, last: number];

/** Undefined: all of it; empty: none of it can be had. RFC 9110, section 14. */
function rangesOf(field: string | undefined, size: number): readonly Range[] | undefined {
  const spec = /^bytes\s*=\s*(.+)$/i.exec(field ?? '')?.[1];
  if (spec === undefined) return undefined;
  const ranges: Range[] = [];
  for (const part of spec.split(',')) {
    const match = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(part);
    if (match === null || (match[1] === '' && match[2] === '')) return [];
    const [, from, to] = match;
    const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
    const last = from === '' || to === '' ? size - 1 : Math.min(size - 1, Number(to));
    if (to !== '' && from !== '' && Number(to) < first) return [];
    if (first <= last) ranges.push([first, last]);
  }
  // Asking for more than there is gets all of it once.
  const total = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return total > size ? undefined : ranges;
}

function partial(
  headers: Readonly<Record<string, string>>,
  type: string,
  body: Uint8Array,
  ranges: readonly Range[],
): HttpServerResponse {
  const label = ([first, last]: Range) => `bytes ${first}-${last}/${body.length}`;
  if (ranges.length === 1) {
    const [first, last] = ranges[0]!;
    return {
      status: 206,
      headers: { ...headers, 'Content-Range': label(ranges[0]!) },
      body: body.slice(first, last + 1),
    };
  }
  const boundary = '00000000000000000001';
  const parts = ranges.flatMap((range) => [
    encode(`\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: ${label(range)}\r\n\r\n`),
    body.subarray(range[0], range[1] + 1),
  ]);
  return {
    status: 206,
    headers: { ...headers, 'Content-Type': `multipart/byteranges; boundary=${boundary}` },
    body: concatBytes([...parts, encode(`\r\n--${boundary}--\r\n`)]),
  };
}

function listDirectory(process: Process, uri: string, path: string): HttpServerResponse {
  const entries = process
    .readdir(path)
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => {
      const stat = statOf(process, path + entry.name);
      const isDirectory = stat?.type === 'directory';
      return {
        name: isDirectory ? `${entry.name}/` : entry.name,
        date: formatDate('%d-%b-%Y %H:%M', stat?.modifiedMs ?? 0),
        size: isDirectory ? '-' : String(stat?.size ?? 0),
      };
    })
    .sort((a, b) => Number(b.size === '-') - Number(a.size === '-') || (a.name < b.name ? -1 : 1));
  return { headers: { 'Content-Type': 'text/html' }, body: encode(indexPage(uri, entries)) };
}
