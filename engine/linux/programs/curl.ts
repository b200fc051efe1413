import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { HttpProtocolError, type HttpResponse, type HttpResponseHead, httpRequest, STATUS_TEXT } from '../http.ts';
import { decode, encode, print, printError, readAll } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import type { TlsConnection } from '../tls/tls-client.ts';
import { CurlTlsError, secure } from './curl-tls.ts';
import { getOptions, type Options } from './options.ts';
import { program, Usage } from './program.ts';
import { followUrl, type HttpUrl, parseUrl, resolveHost } from './resolve.ts';

const VERSION = '8.14.1';
const MAX_REDIRECTS = 50;

export const curl = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'sSo:OIivLfX:d:H:m:w:A:u:kGC1e:D:R:T:N',
    long: {
      silent: 's',
      'show-error': 'S',
      output: 'o',
      'remote-name': 'O',
      head: 'I',
      include: 'i',
      verbose: 'v',
      location: 'L',
      fail: 'f',
      request: 'X',
      data: 'd',
      'data-raw': 'd',
      header: 'H',
      'max-time': 'm',
      'connect-timeout': 'm',
      'write-out': 'w',
      'user-agent': 'A',
      user: 'u',
      insecure: 'k',
      get: 'G',
      'retry-connrefused': 'C',
      http1: '1',
      referer: 'e',
      'dump-header': 'D',
      resolve: 'R',
      cacert: 'T',
      'no-buffer': 'N',
    },
  });
  if (options.operands.length === 0) throw new Usage(undefined, 2);
  let exitCode = 0;
  for (const target of options.operands) exitCode = (yield* fetchUrl(process, target, options)) || exitCode;
  return exitCode;
});

function* complain(process: Process, options: Options, code: number, text: string): Task<number> {
  if (!options.has('s') || options.has('S')) yield* printError(process, `curl: (${code}) ${text}\n`);
  return code;
}

function* fetchUrl(process: Process, target: string, options: Options): Task<number> {
  let url = parseUrl(target);
  if (url === undefined) return yield* complain(process, options, 3, `URL rejected: ${faultOf(target)}`);
  const startMs = process.now();
  for (let redirects = 0; ; redirects++) {
    if (url.scheme !== 'http' && url.scheme !== 'https')
      return yield* complain(process, options, 1, `Protocol "${url.scheme}" not supported`);
    const address = resolved(options, url) ?? (yield* resolveHost(process, url.host));
    if (address === undefined) return yield* complain(process, options, 6, `Could not resolve host: ${url.host}`);
    const delivery = new Delivery(process, url, options);
    const response = yield* exchange(process, url, address, delivery, redirects > 0);
    if (typeof response === 'number') return response;
    const location = response.headers['location'];
    if (location !== undefined && isFollowed(options, response)) {
      if (redirects >= MAX_REDIRECTS)
        return yield* complain(process, options, 47, `Maximum (${MAX_REDIRECTS}) redirects followed`);
      const next: HttpUrl | undefined = followUrl(url, location);
      if (next === undefined)
        return yield* complain(process, options, 3, 'URL rejected: Malformed input to a URL function');
      url = next;
      continue;
    }
    return yield* delivery.end(response, process.now() - startMs);
  }
}

function faultOf(target: string): string {
  return /^[a-z]+:\/\/([:/?#]|$)/i.test(target) ? 'No host part in the URL' : 'Malformed input to a URL function';
}

function* exchange(
  process: Process,
  url: HttpUrl,
  address: string,
  delivery: Delivery,
  redirected: boolean,
): Task<HttpResponse | number> {
  const { options } = delivery;
  const data = options.values('d');
  let body: string | undefined;
  if (data.length > 0 && !redirected) body = (yield* readData(process, data)).join('&');
  const query = options.has('G') && body !== undefined ? `${url.path.includes('?') ? '&' : '?'}${body}` : '';
  if (options.has('G')) body = undefined;
  const method = options.value('X') ?? (options.has('I') ? 'HEAD' : body === undefined ? 'GET' : 'POST');
  const headers: Record<string, string> = {
    Host: url.port === (url.scheme === 'https' ? 443 : 80) ? url.host : `${url.host}:${url.port}`,
    'User-Agent': options.value('A') ?? `curl/${VERSION}`,
    Accept: '*/*',
  };
  if (body !== undefined) headers['Content-Type'] = 'application/x-www-form-urlencoded';
  const user = options.value('u');
  if (user !== undefined) headers['Authorization'] = `Basic ${btoa(user)}`;
  for (const line of options.values('H')) setHeader(headers, line);
  const path = url.path + query;
  const maxTime = options.value('m');
  const timeoutMs = maxTime === undefined ? undefined : Number(maxTime) * 1000;
  const startMs = process.now();
  const verbose = options.has('v');
  if (verbose) yield* printError(process, `*   Trying ${address}:${url.port}...\n`);
  const told: string[] = [];
  const tell = function* (head?: HttpResponseHead): Task<void> {
    if (!verbose) return;
    for (const line of told.splice(0)) yield* printError(process, `* ${line}\n`);
    if (head !== undefined) yield* printError(process, verboseText(url, address, method, path, headers, head));
  };
  try {
    const request = {
      method,
      host: address,
      port: url.port,
      path,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(url.scheme === 'https' ? { secure: securing(process, url.host, options, timeoutMs, told) } : {}),
      maxBodyBytes: Number.POSITIVE_INFINITY,
      *onPiece(piece: Uint8Array, head: HttpResponseHead): Task<void> {
        if (!delivery.hasBegun) yield* tell(head);
        yield* delivery.take(piece, head);
      },
    };
    const response = yield* httpRequest(process, request);
    if (!delivery.hasBegun) yield* tell(response);
    return response;
  } catch (error) {
    yield* tell();
    return yield* explain(process, url, delivery, error, process.now() - startMs);
  }
}

/** `--resolve host:port:address`: an address that is told instead of looked up. */
function resolved(options: Options, { host, port }: HttpUrl): string | undefined {
  for (const entry of options.values('R')) {
    const [name, number, address] = entry.replace(/^\+/, '').split(':');
    if ((name === '*' || name?.toLowerCase() === host.toLowerCase()) && Number(number) === port) return address;
  }
  return undefined;
}

function securing(
  process: Process,
  host: string,
  options: Options,
  timeoutMs: number | undefined,
  told: string[],
): (fd: number) => Task<TlsConnection> {
  return (fd) =>
    secure(process, fd, {
      host,
      insecure: options.has('k'),
      authorities: options.value('T'),
      timeoutMs,
      tell: (line) => told.push(line),
    });
}

/** `@file` and `@-` are read from there. */
function* readData(process: Process, data: readonly string[]): Task<string[]> {
  const pieces: string[] = [];
  for (const piece of data) {
    if (!piece.startsWith('@')) pieces.push(piece);
    else if (piece === '@-') pieces.push(decode(yield* readAll(process, 0)).replace(/\r?\n/g, ''));
    else pieces.push(decode(process.readFile(piece.slice(1))).replace(/\r?\n/g, ''));
  }
  return pieces;
}

function setHeader(headers: Record<string, string>, line: string): void {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line.replace(/;$/, '') : line.slice(0, colon);
  const known = Object.keys(headers).find((existing) => existing.toLowerCase() === name.toLowerCase());
  if (known !== undefined) delete headers[known];
  const value = colon < 0 ? '' : line.slice(colon + 1).trim();
  if (value !== '' || line.endsWith(';')) headers[known ?? name] = value;
}

function verboseText(
  url: HttpUrl,
  address: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  response: HttpResponseHead,
): string {
  const sent = Object.entries(headers).map(([name, value]) => `> ${name}: ${value}\n`);
  const got = Object.entries(response.headers).map(([name, value]) => `< ${titleCase(name)}: ${value}\n`);
  return (
    `* Connected to ${url.host} (${address}) port ${url.port}\n> ${method} ${path} HTTP/1.1\n${sent.join('')}> \n* Request completely sent off\n` +
    `< HTTP/${response.version} ${response.status} ${response.statusText}\n${got.join('')}< \n`
  );
}

function titleCase(name: string): string {
  return name === 'etag' ? 'ETag' : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function* explain(
  process: Process,
  url: HttpUrl,
  { options, hasBegun, bytes }: Delivery,
  error: unknown,
  elapsedMs: number,
): Task<number> {
  if (error instanceof CurlTlsError) return yield* complain(process, options, error.exitCode, error.message);
  if (error instanceof HttpProtocolError)
    return yield* complain(process, options, 1, 'Received HTTP/0.9 when not allowed');
  if (!(error instanceof Errno)) throw error;
  switch (error.code) {
    case 'ETIMEDOUT':
      return yield* complain(
        process,
        options,
        28,
        hasBegun
          ? `Operation timed out after ${Math.round(elapsedMs)} milliseconds with ${bytes} bytes received`
          : options.has('m')
            ? `Connection timed out after ${Math.round(elapsedMs)} milliseconds`
            : `Failed to connect to ${url.host} port ${url.port} after ${Math.round(elapsedMs)} ms: Could not connect to server`,
      );
    case 'ECONNRESET':
      return hasBegun
        ? yield* complain(process, options, 18, 'transfer closed with outstanding read data remaining')
        : yield* complain(process, options, 52, 'Empty reply from server');
    default:
      return yield* complain(
        process,
        options,
        7,
        `Failed to connect to ${url.host} port ${url.port} after ${Math.round(elapsedMs)} ms: Could not connect to server`,
      );
  }
}

/** Whether a response leads on to another place, and is not shown itself. */
function isFollowed(options: Options, { status, headers }: HttpResponseHead): boolean {
  return options.has('L') && headers['location'] !== undefined && status >= 300 && status < 400;
}

/** Where a response goes as it comes: its body to standard output or a file, its head where options say. */
class Delivery {
  readonly options: Options;
  /** Of the body so far. */
  bytes = 0;
  hasBegun = false;
  readonly #process: Process;
  readonly #url: HttpUrl;
  #fd = 1;

  constructor(process: Process, url: HttpUrl, options: Options) {
    this.#process = process;
    this.#url = url;
    this.options = options;
  }

  *take(piece: Uint8Array, head: HttpResponseHead): Task<void> {
    if (!this.hasBegun) yield* this.#begin(head);
    this.bytes += piece.length;
    if (this.#isShown(head) && !this.options.has('I')) yield* this.#process.write(this.#fd, piece);
  }

  /** @returns curl's exit code */
  *end(response: HttpResponse, elapsedMs: number): Task<number> {
    if (!this.hasBegun) yield* this.#begin(response);
    if (this.#fd !== 1) this.#process.close(this.#fd);
    yield* writeOut(this.#process, this.options, response, this.bytes, elapsedMs);
    if (this.#isShown(response)) return 0;
    return yield* complain(this.#process, this.options, 22, `The requested URL returned error: ${response.status}`);
  }

  #isShown(head: HttpResponseHead): boolean {
    return !isFollowed(this.options, head) && !(this.options.has('f') && head.status >= 400);
  }

  *#begin(response: HttpResponseHead): Task<void> {
    this.hasBegun = true;
    if (!this.#isShown(response)) return;
    const { options } = this;
    const head = encode(headText(response));
    const dump = options.value('D');
    if (dump === '-') yield* this.#process.write(1, head);
    else if (dump !== undefined) this.#process.writeFile(dump, head);
    const base = this.#url.path.split('?')[0]!.split('/').at(-1)!;
    const output = options.value('o') ?? (options.has('O') ? base : undefined);
    if (output !== undefined && output !== '-')
      this.#fd = this.#process.open(output, { write: true, create: true, truncate: true });
    if (options.has('i') || options.has('I')) yield* this.#process.write(this.#fd, head);
  }
}

function headText({ version, status, statusText, headers }: HttpResponseHead): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (name === 'set-cookie' ? value.split('\n') : [value]).map((each) => `${titleCase(name)}: ${each}\r\n`),
  );
  return `HTTP/${version} ${status} ${statusText || (STATUS_TEXT[status] ?? '')}\r\n${lines.join('')}\r\n`;
}

function* writeOut(
  process: Process,
  options: Options,
  response: HttpResponseHead,
  bytes: number,
  elapsedMs: number,
): Task<void> {
  const format = options.value('w');
  if (format === undefined) return;
  const seconds = (elapsedMs / 1000).toFixed(6);
  const values: Record<string, string> = {
    http_code: String(response.status).padStart(3, '0'),
    response_code: String(response.status),
    size_download: String(bytes),
    content_type: response.headers['content-type'] ?? '',
    time_total: seconds,
    time_connect: seconds,
  };
  const text = format
    .replace(/%\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t');
  yield* print(process, text);
}
