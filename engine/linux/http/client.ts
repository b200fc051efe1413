import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { encode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import {
  BodyReader,
  ByteQueue,
  bodyFraming,
  formatMessage,
  type HttpHeaders,
  HttpProtocolError,
  takeHead,
} from './message.ts';

export interface HttpRequestOptions {
  /** GET unless told. */
  readonly method?: string;
  /** An IPv4 address. */
  readonly host: string;
  readonly port: number;
  /** A socket in the file system that is connected to instead of an address. */
  readonly unixSocket?: string;
  /** With the query. */
  readonly path: string;
  /** `Host` is `host:port` and `Connection: close` unless told. Several values are several lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | string;
  /** For the whole exchange. None unless told. */
  readonly timeoutMs?: number;
  /** How long a connection may take to come about, and how long nothing may come on it; `timeoutMs` unless told. */
  readonly connectTimeoutMs?: number;
  readonly readTimeoutMs?: number;
  /** The connection is there: what fails later fails on it. */
  readonly onConnect?: () => void;
  /** What is agreed on with the server before HTTP is spoken. */
  readonly secure?: (fd: number) => Task<ClientChannel>;
  /** 1.1 unless told. */
  readonly version?: '1.0' | '1.1';
  /** A larger body ends in HttpProtocolError; 16 MiB unless told. */
  readonly maxBodyBytes?: number;
  /** Whether a server may change the protocol: its 101 is then an answer, and the connection stays open. */
  readonly upgrades?: boolean;
  /** Takes the body piece by piece as it comes; the response then has none. */
  readonly onPiece?: (piece: Uint8Array, head: HttpResponseHead) => Task<void>;
}

interface ClientChannel {
  seal(bytes: Uint8Array): Uint8Array;
  /** What has come in plain; undefined when the server has ended it. */
  open(bytes: Uint8Array): Uint8Array | undefined;
}

export interface HttpResponseHead {
  readonly version: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: HttpHeaders;
}

export interface HttpResponse extends HttpResponseHead {
  readonly body: Uint8Array;
  /** The connection, if it is another protocol's now, and what has come on it already. Whoever asked closes it. */
  readonly upgraded?: { readonly fd: number; readonly first: Uint8Array };
}

/**
 * One HTTP/1.1 exchange over a connection of its own.
 *
 * @throws Errno of connect(2); ETIMEDOUT once `timeoutMs` have passed; ECONNRESET when the connection ends before the
 * response does; HttpProtocolError for what is not HTTP.
 */
export function* httpRequest(process: Process, options: HttpRequestOptions): Task<HttpResponse> {
  const deadline = options.timeoutMs === undefined ? undefined : process.now() + options.timeoutMs;
  const fd = yield* open(process, options);
  options.onConnect?.();
  let isKept = false;
  try {
    const channel = options.secure === undefined ? undefined : yield* options.secure(fd);
    const request = formatRequest(options);
    yield* process.write(fd, channel === undefined ? request : channel.seal(request));
    const response = yield* readResponse(process, fd, { ...options, channel }, deadline);
    isKept = response.upgraded !== undefined;
    return response;
  } finally {
    if (!isKept) process.close(fd);
  }
}

function open(
  process: Process,
  { unixSocket, host, port, connectTimeoutMs, timeoutMs }: HttpRequestOptions,
): Task<number> {
  if (unixSocket !== undefined) return process.connectUnix(unixSocket);
  return process.connect(host, port, connectTimeoutMs ?? timeoutMs);
}

function formatRequest(options: HttpRequestOptions): Uint8Array {
  const body = typeof options.body === 'string' ? encode(options.body) : (options.body ?? new Uint8Array(0));
  const headers: Record<string, string | readonly string[]> = {};
  const given = new Set(Object.keys(options.headers ?? {}).map((name) => name.toLowerCase()));
  if (!given.has('host')) headers['Host'] = options.port === 80 ? options.host : `${options.host}:${options.port}`;
  Object.assign(headers, options.headers);
  if (!given.has('connection')) headers['Connection'] = 'close';
  if (options.body !== undefined && !given.has('content-length')) headers['Content-Length'] = String(body.length);
  const path = options.path.replace(/[\s\x00-\x1f]/g, encodeURIComponent);
  return formatMessage(
    `${options.method ?? 'GET'} ${path === '' ? '/' : path} HTTP/${options.version ?? '1.1'}`,
    headers,
    body,
  );
}

function* readResponse(
  process: Process,
  fd: number,
  options: HttpRequestOptions & { readonly channel: ClientChannel | undefined },
  deadline: number | undefined,
): Task<HttpResponse> {
  const queue = new ByteQueue();
  let head: (HttpResponseHead & { reader: BodyReader }) | undefined;
  for (;;) {
    const left = Math.min(
      options.readTimeoutMs ?? Number.POSITIVE_INFINITY,
      deadline === undefined ? Number.POSITIVE_INFINITY : Math.max(0, deadline - process.now()),
    );
    if (left !== Number.POSITIVE_INFINITY) {
      const ready = yield* process.poll([fd], left);
      if (ready.length === 0) throw new Errno('ETIMEDOUT');
    }
    const raw = yield* process.read(fd);
    const { channel } = options;
    // A record that is not complete yet says nothing; that is not the end.
    const opened = channel === undefined || raw.length === 0 ? raw : channel.open(raw);
    if (opened?.length === 0 && raw.length > 0) continue;
    const piece = opened ?? new Uint8Array(0);
    queue.push(piece);
    head ??= startResponse(queue, options);
    const isWhole = head?.reader.read(queue) === true;
    const taken = options.onPiece === undefined ? undefined : head?.reader.take();
    if (head !== undefined && taken !== undefined && taken.length > 0) yield* options.onPiece!(taken, head);
    if (head?.status === 101) return { ...finish(head), upgraded: { fd, first: queue.take(queue.length) } };
    if (head !== undefined && isWhole) return finish(head);
    if (piece.length > 0) continue;
    if (head !== undefined && bodyFraming(head.headers, { kind: 'close' }).kind === 'close') return finish(head);
    throw new Errno('ECONNRESET');
  }
}

function startResponse(queue: ByteQueue, options: HttpRequestOptions) {
  for (;;) {
    const head = takeHead(queue);
    if (head === undefined) return undefined;
    const match = /^HTTP\/(1\.[01]) (\d{3})(?: (.*))?$/.exec(head.startLine);
    if (match === null) throw new HttpProtocolError(502, `malformed HTTP response "${head.startLine.slice(0, 80)}"`);
    const status = Number(match[2]);
    // Interim responses (100 Continue) come before the one that counts.
    if (status >= 100 && status < 200 && !(status === 101 && options.upgrades === true)) continue;
    const bodiless = options.method === 'HEAD' || status === 101 || status === 204 || status === 304;
    const framing = bodiless ? ({ kind: 'length', length: 0 } as const) : bodyFraming(head.headers, { kind: 'close' });
    const reader = new BodyReader(framing, options.maxBodyBytes ?? 16 * 1024 * 1024);
    return { version: match[1]!, status, statusText: match[3] ?? '', headers: head.headers, reader };
  }
}

function finish(head: HttpResponseHead & { reader: BodyReader }): HttpResponse {
  const { reader, ...response } = head;
  return { ...response, body: reader.body };
}
