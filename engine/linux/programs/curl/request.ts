import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { concatBytes, decode, encode, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Options } from '../options.ts';
import type { HttpUrl } from '../resolve.ts';
import { CurlError } from './curl-error.ts';

const VERSION = '8.14.1';

/** What is sent. */
export interface CurlRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** What the options want sent to a URL. After a redirect the body stays away. */
export function* requestFor(
  process: Process,
  options: Options,
  url: HttpUrl,
  content: Content | undefined,
): Task<CurlRequest> {
  const inQuery = options.has('G') && content !== undefined ? decode(content.bytes) : '';
  const body = options.has('G') ? undefined : content?.bytes;
  const query = inQuery === '' ? '' : `${url.path.includes('?') ? '&' : '?'}${inQuery}`;
  const implied = options.has('I') ? 'HEAD' : body === undefined ? 'GET' : (content?.method ?? 'POST');
  const headers: Record<string, string> = {
    Host: url.port === (url.scheme === 'https' ? 443 : 80) ? url.host : `${url.host}:${url.port}`,
    'User-Agent': options.value('A') ?? `curl/${VERSION}`,
    Accept: content?.isJson === true ? 'application/json' : '*/*',
  };
  if (body !== undefined && content?.type !== undefined) headers['Content-Type'] = content.type;
  const user = options.value('u');
  if (user !== undefined) headers['Authorization'] = `Basic ${btoa(user)}`;
  const bearer = options.value('oauth2-bearer');
  if (bearer !== undefined) headers['Authorization'] = `Bearer ${bearer}`;
  const referer = options.value('e');
  if (referer !== undefined) headers['Referer'] = referer;
  const cookies = options.values('b').filter((cookie) => cookie.includes('='));
  if (cookies.length > 0) headers['Cookie'] = cookies.join('; ');
  for (const line of yield* headerLines(process, options)) setHeader(headers, line);
  return { method: options.value('X') ?? implied, path: url.path + query, headers, body };
}

/** `-H @file` holds one a line. */
function* headerLines(process: Process, options: Options): Task<readonly string[]> {
  const lines: string[] = [];
  for (const line of options.values('H')) {
    if (!line.startsWith('@')) lines.push(line);
    else {
      const file = yield* fileOf(process, line.slice(1));
      if (file === undefined) yield* printError(process, `Warning: Failed to open ${line.slice(1)}\n`);
      else
        lines.push(
          ...decode(file)
            .split(/\r?\n/)
            .filter((each) => each !== '' && !each.startsWith('#')),
        );
    }
  }
  return lines;
}

function setHeader(headers: Record<string, string>, line: string): void {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line.replace(/;$/, '') : line.slice(0, colon);
  const known = Object.keys(headers).find((existing) => existing.toLowerCase() === name.toLowerCase());
  if (known !== undefined) delete headers[known];
  const value = colon < 0 ? '' : line.slice(colon + 1).trim();
  if (value !== '' || line.endsWith(';')) headers[known ?? name] = value;
}

/** A body, and what it makes of a request that says nothing else. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly type: string | undefined;
  readonly method: 'POST' | 'PUT';
  readonly isJson: boolean;
}

const FORM = 'application/x-www-form-urlencoded';

/** What `--data` and its kin, or `--upload-file`, want sent. Throws CurlError. */
export function* contentOf(process: Process, options: Options): Task<Content | undefined> {
  const upload = options.value('T');
  if (upload !== undefined) {
    const bytes = yield* fileOf(process, upload);
    if (bytes === undefined) throw new CurlError(26, `Failed to open/read local data from file/application`);
    return { bytes, type: undefined, method: 'PUT', isJson: false };
  }
  const json = options.values('json');
  const parts: Uint8Array[] = [];
  for (const piece of json) parts.push(yield* dataOf(process, piece, false));
  for (const piece of options.values('d')) parts.push(yield* dataOf(process, piece, true));
  for (const piece of options.values('data-raw')) parts.push(encode(piece));
  for (const piece of options.values('data-binary')) parts.push(yield* dataOf(process, piece, false));
  for (const piece of options.values('data-urlencode')) parts.push(yield* urlEncoded(process, piece));
  if (parts.length === 0) return undefined;
  const isJson = json.length > 0;
  const separator = encode(isJson ? '' : '&');
  const bytes = concatBytes(parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part])));
  return { bytes, type: isJson ? 'application/json' : FORM, method: 'POST', isJson };
}

/** `@file` and `@-` are read from there; `--data` leaves line ends out. */
function* dataOf(process: Process, piece: string, strips: boolean): Task<Uint8Array> {
  if (!piece.startsWith('@')) return encode(piece);
  const bytes = yield* fileOf(process, piece.slice(1));
  if (bytes === undefined) throw new CurlError(26, `Failed to open ${piece.slice(1)}`);
  return strips ? encode(decode(bytes).replace(/[\r\n\0]/g, '')) : bytes;
}

/** `content`, `=content`, `name=content`, `@file` or `name@file`. */
function* urlEncoded(process: Process, piece: string): Task<Uint8Array> {
  const [, name = '', kind, rest = ''] = /^([^=@]*)([=@])(.*)$/s.exec(piece) ?? [];
  const prefix = name === '' ? '' : `${name}=`;
  if (kind === undefined) return encode(encodeURIComponent(piece));
  if (kind === '=') return encode(prefix + encodeURIComponent(rest));
  return encode(prefix + encodeURIComponent(decode(yield* dataOf(process, `@${rest}`, false))));
}

/** What a file holds, or standard input for `-`; undefined where nothing can be read. */
export function* fileOf(process: Process, path: string): Task<Uint8Array | undefined> {
  if (path === '-') return yield* readAll(process, 0);
  try {
    return process.readFile(path);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
