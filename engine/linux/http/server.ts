import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { Signal } from '../signal.ts';
import { encode } from '../stdio.ts';
import type { Process, SocketAddress } from '../syscalls.ts';
import {
  BodyReader,
  ByteQueue,
  bodyFraming,
  formatMessage,
  type HttpHeaders,
  HttpProtocolError,
  STATUS_TEXT,
  takeHead,
} from './message.ts';

export interface HttpServerRequest {
  readonly method: string;
  /** As it came: path and query. */
  readonly target: string;
  /** The target's path, percent-decoded. */
  readonly path: string;
  /** Without the `?`; empty when there is none. */
  readonly query: string;
  readonly version: '1.0' | '1.1';
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
  readonly peer: SocketAddress;
  /** The end it came in at. */
  readonly local: SocketAddress;
}

export interface HttpServerResponse {
  /** 200 unless told. */
  readonly status?: number;
  /** Content-Length and Connection are added. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/**
 * An answer that takes its time: a forked child works it out and ends the connection, so that nobody else waits for it.
 * Undefined ends the connection without a word.
 */
export interface ForkedResponse {
  readonly child: (child: Process) => Task<HttpServerResponse | undefined>;
}

export type HttpHandler = (
  request: HttpServerRequest,
) => HttpServerResponse | ForkedResponse | Task<HttpServerResponse | ForkedResponse>;

export type SignalVerdict = 'continue' | 'drain' | 'stop';

/** Other descriptors and other times that a server's one loop wakes up for. */
interface Alongside {
  readonly fds: readonly number[];
  /** One of the descriptors can be read. */
  readable(fd: number): Task<void>;
  /** When `onDue` is to be called next, on the machine's clock; undefined: not. */
  dueMs(): number | undefined;
  onDue(): 'continue' | 'stop';
}

export interface HttpServerOptions {
  /** A connection on which nothing complete arrives for so long is closed, with 408 if a request has begun. 60 s unless told. */
  readonly idleTimeoutMs?: number;
  /** 1 MiB unless told; beyond it 413. */
  readonly maxBodyBytes?: number;
  /** Connections at a time; further ones wait in the backlog. 512 unless told. */
  readonly maxConnections?: number;
  /** Called when caught signals have come: `drain` stops accepting and returns once the requests under way are answered. */
  readonly onSignals?: (signals: readonly Signal[]) => SignalVerdict | Task<SignalVerdict>;
  /** What else this process sees to while it serves. */
  readonly alongside?: Alongside;
  /** What answers a request that is not HTTP; the bare status unless told. */
  readonly errorResponse?: (status: number, peer: SocketAddress) => HttpServerResponse;
}

/** A longer body is sent by a forked child, which ends the connection, so that a slow reader holds nobody up. */
const FORK_BYTES = 32 * 1024;

interface Connection {
  readonly fd: number;
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  readonly queue: ByteQueue;
  deadline: number;
  request?: Omit<HttpServerRequest, 'body'> & { reader: BodyReader; keepAlive: boolean };
}

/**
 * Serves HTTP/1.1 on one or more listening sockets, all connections in this one process. Runs until a signal says otherwise
 * (without `onSignals`, until the process is killed); the listening sockets stay open. An array of sockets may change meanwhile.
 */
export function* serveHttp(
  process: Process,
  listen: number | readonly number[],
  handler: HttpHandler,
  options: HttpServerOptions = {},
): Task<void> {
  const listenFds = typeof listen === 'number' ? [listen] : listen;
  const connections = new Map<number, Connection>();
  const idleMs = options.idleTimeoutMs ?? 60_000;
  const { alongside } = options;
  let accepting = true;
  try {
    while (accepting || connections.size > 0) {
      let ready: readonly number[] = [];
      try {
        const open = accepting && connections.size < (options.maxConnections ?? 512);
        ready = yield* process.poll(
          [...(open ? listenFds : []), ...connections.keys(), ...(alongside?.fds ?? [])],
          nextTimeout(process, connections, alongside?.dueMs()),
        );
      } catch (error) {
        if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      }
      const signals = process.takeSignals();
      const answer = signals.length === 0 ? 'continue' : (options.onSignals?.(signals) ?? 'continue');
      const verdict = typeof answer === 'string' ? answer : yield* answer;
      if (verdict === 'stop') return;
      if (verdict === 'drain') accepting = false;
      const dueMs = alongside?.dueMs();
      if (dueMs !== undefined && dueMs <= process.now() && alongside?.onDue() === 'stop') return;
      for (const fd of ready) {
        if (alongside?.fds.includes(fd) === true) {
          yield* alongside.readable(fd);
          continue;
        }
        if (listenFds.includes(fd)) {
          yield* acceptConnection(process, fd, connections, idleMs);
          continue;
        }
        const connection = connections.get(fd);
        if (connection === undefined) continue;
        const open = yield* serveReadable(process, connection, handler, options);
        connection.deadline = process.now() + idleMs;
        if (!open || !accepting) closeConnection(process, connections, connection);
      }
      yield* closeIdle(process, connections, options, accepting);
      yield* reapSenders(process);
    }
  } finally {
    for (const connection of [...connections.values()]) closeConnection(process, connections, connection);
  }
}

function* acceptConnection(
  process: Process,
  listenFd: number,
  connections: Map<number, Connection>,
  idleMs: number,
): Task<void> {
  // Another process on the same socket may have been faster.
  if ((yield* process.poll([listenFd], 0)).length === 0) return;
  const { fd, peer } = yield* process.accept(listenFd);
  const local = process.localAddress(fd);
  connections.set(fd, { fd, peer, local, queue: new ByteQueue(), deadline: process.now() + idleMs });
}

function nextTimeout(
  process: Process,
  connections: ReadonlyMap<number, Connection>,
  dueMs: number | undefined,
): number | undefined {
  let earliest = dueMs;
  for (const { deadline } of connections.values()) {
    if (earliest === undefined || deadline < earliest) earliest = deadline;
  }
  return earliest === undefined ? undefined : Math.max(0, earliest - process.now());
}

function* closeIdle(
  process: Process,
  connections: Map<number, Connection>,
  options: HttpServerOptions,
  accepting: boolean,
): Task<void> {
  const now = process.now();
  for (const connection of [...connections.values()]) {
    const begun = connection.request !== undefined || connection.queue.length > 0;
    if (connection.deadline > now && (accepting || begun)) continue;
    if (begun) yield* sendError(process, connection, 408, options);
    closeConnection(process, connections, connection);
  }
}

function closeConnection(process: Process, connections: Map<number, Connection>, connection: Connection): void {
  if (connections.delete(connection.fd)) process.close(connection.fd);
}

function* reapSenders(process: Process): Task<void> {
  try {
    while ((yield* process.waitpid(-1, { noHang: true })) !== undefined);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

/** Reads what has come and answers every request that is complete. Returns whether the connection stays open. */
function* serveReadable(
  process: Process,
  connection: Connection,
  handler: HttpHandler,
  options: HttpServerOptions,
): Task<boolean> {
  try {
    const piece = yield* process.read(connection.fd);
    if (piece.length === 0) return false;
    connection.queue.push(piece);
    for (;;) {
      connection.request ??= startRequest(connection, options);
      const request = connection.request;
      if (request === undefined || !request.reader.read(connection.queue)) return true;
      delete connection.request;
      const { reader, keepAlive, ...head } = request;
      const answer = handler({ ...head, body: reader.body });
      const response = isTask(answer) ? yield* answer : answer;
      if ('child' in response) return answerInChild(process, connection, response, head.method);
      if (!(yield* send(process, connection, response, head.method, keepAlive))) return false;
    }
  } catch (error) {
    if (error instanceof HttpProtocolError) yield* sendError(process, connection, error.status, options);
    else if (!(error instanceof Errno)) throw error;
    return false;
  }
}

function isTask(answer: ReturnType<HttpHandler>): answer is Task<HttpServerResponse | ForkedResponse> {
  return typeof (answer as Task<HttpServerResponse>).next === 'function';
}

function answerInChild(process: Process, connection: Connection, forked: ForkedResponse, method: string): false {
  const program = function* (child: Process): Task<number> {
    const response = yield* forked.child(child);
    if (response !== undefined) yield* child.write(0, messageOf(response, method, false));
    return 0;
  };
  process.fork(program, { fds: { 0: connection.fd, 1: 1, 2: 2 } });
  return false;
}

function startRequest(connection: Connection, options: HttpServerOptions): Connection['request'] {
  const head = takeHead(connection.queue);
  if (head === undefined) return undefined;
  const match = /^([A-Za-z]+) (\S+) HTTP\/(\d\.\d)$/.exec(head.startLine);
  if (match === null) throw new HttpProtocolError(400, 'malformed request line');
  if (match[3] !== '1.0' && match[3] !== '1.1') throw new HttpProtocolError(505, `HTTP/${match[3]}`);
  const version = match[3];
  if (version === '1.1' && head.headers['host'] === undefined) throw new HttpProtocolError(400, 'no Host field');
  const target = match[2]!;
  const question = target.indexOf('?');
  const wish = head.headers['connection']?.toLowerCase() ?? '';
  return {
    method: match[1]!,
    target,
    path: decodePath(question < 0 ? target : target.slice(0, question)),
    query: question < 0 ? '' : target.slice(question + 1),
    version,
    headers: head.headers,
    peer: connection.peer,
    local: connection.local,
    keepAlive: version === '1.1' ? !wish.includes('close') : wish.includes('keep-alive'),
    reader: new BodyReader(
      bodyFraming(head.headers, { kind: 'length', length: 0 }),
      options.maxBodyBytes ?? 1024 * 1024,
    ),
  };
}

function decodePath(path: string): string {
  try {
    const decoded = decodeURIComponent(path.replace(/^https?:\/\/[^/]*/, ''));
    if (decoded.includes('\0')) throw new HttpProtocolError(400, 'NUL in the path');
    return decoded === '' ? '/' : decoded;
  } catch {
    throw new HttpProtocolError(400, 'malformed path');
  }
}

function* sendError(process: Process, connection: Connection, status: number, options: HttpServerOptions): Task<void> {
  const response = options.errorResponse?.(status, connection.peer) ?? {
    status,
    body: `${status} ${STATUS_TEXT[status] ?? ''}\n`,
  };
  try {
    yield* send(process, connection, response, 'GET', false);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

function* send(
  process: Process,
  connection: Connection,
  response: HttpServerResponse,
  method: string,
  keepAlive: boolean,
): Task<boolean> {
  const small = bodyOf(response).length <= FORK_BYTES;
  const bytes = messageOf(response, method, keepAlive && small);
  if (small || method === 'HEAD') {
    yield* process.write(connection.fd, bytes);
    return keepAlive && small;
  }
  const sender = function* (child: Process): Task<number> {
    yield* child.write(0, bytes);
    return 0;
  };
  process.fork(sender, { fds: { 0: connection.fd } });
  return false;
}

function bodyOf(response: HttpServerResponse): Uint8Array {
  return typeof response.body === 'string' ? encode(response.body) : (response.body ?? new Uint8Array(0));
}

function messageOf(response: HttpServerResponse, method: string, keepAlive: boolean): Uint8Array {
  const status = response.status ?? 200;
  const body = bodyOf(response);
  const bodiless = status === 204 || status === 304;
  const headers: Record<string, string> = { ...response.headers };
  if (!bodiless) headers['Content-Length'] = String(body.length);
  headers['Connection'] = keepAlive ? 'keep-alive' : 'close';
  const sent = bodiless || method === 'HEAD' ? new Uint8Array(0) : body;
  return formatMessage(`HTTP/1.1 ${status} ${STATUS_TEXT[status] ?? 'Unknown'}`, headers, sent);
}
