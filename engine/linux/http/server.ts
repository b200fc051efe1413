import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { encode } from '../stdio.ts';
import type { Process, SocketAddress } from '../syscalls.ts';
import {
  BodyReader,
  ByteQueue,
  bodyFraming,
  formatMessage,
  HttpProtocolError,
  percentDecoded,
  STATUS_TEXT,
  takeHead,
} from './message.ts';
import type {
  ForkedResponse,
  HttpHandler,
  HttpServerOptions,
  HttpServerResponse,
  RequestHead,
  SecureChannel,
  StreamedResponse,
} from './server-options.ts';
import { sendStream } from './streamed-response.ts';
import { tunnel } from './tunnel.ts';

/** A longer body is sent by a forked child, which ends the connection, so that a slow reader holds nobody up. */
const FORK_BYTES = 32 * 1024;

interface Connection {
  readonly fd: number;
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  readonly queue: ByteQueue;
  secure?: SecureChannel;
  deadline: number;
  request?: RequestHead & { reader: BodyReader; keepAlive: boolean };
  /** When the head that is coming began to come. */
  begunMs?: number;
  /** Of the latest request. */
  startLine?: string;
  head?: RequestHead;
  /** Who answers on it now. */
  child?: number;
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
  const { alongside } = options;
  let accepting = true;
  if (options.resumesAfterChild === true) process.setSignalAction('CHLD', 'catch');
  try {
    while (accepting || connections.size > 0) {
      let ready: readonly number[] = [];
      try {
        const open = accepting && connections.size < (options.maxConnections ?? 512);
        ready = yield* process.poll(
          [...(open ? listenFds : []), ...readableFds(connections), ...(alongside?.fds ?? [])],
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
          yield* acceptConnection(process, fd, connections, options);
          continue;
        }
        const connection = connections.get(fd);
        if (connection === undefined) continue;
        const open = yield* serveReadable(process, connection, handler, options);
        connection.deadline = deadlineOf(process, connection, options);
        if (!open || (!accepting && connection.child === undefined)) closeConnection(process, connections, connection);
      }
      for (const pid of yield* endedChildren(process)) {
        const connection = [...connections.values()].find(({ child }) => child === pid);
        if (connection === undefined) continue;
        delete connection.child;
        const open = accepting && (yield* answerQueued(process, connection, handler, options));
        connection.deadline = deadlineOf(process, connection, options);
        if (!open) closeConnection(process, connections, connection);
      }
      yield* closeIdle(process, connections, options, accepting);
    }
  } finally {
    for (const connection of [...connections.values()]) closeConnection(process, connections, connection);
  }
}

function* acceptConnection(
  process: Process,
  listenFd: number,
  connections: Map<number, Connection>,
  options: HttpServerOptions,
): Task<void> {
  // Another process on the same socket may have been faster.
  if ((yield* process.poll([listenFd], 0)).length === 0) return;
  const { fd, peer } = yield* process.accept(listenFd);
  const local = process.localAddress(fd);
  const secure = options.secure?.(local);
  const deadline = process.now() + (options.idleTimeoutMs ?? 60_000);
  connections.set(fd, {
    fd,
    peer,
    local,
    queue: new ByteQueue(),
    deadline,
    ...(secure === undefined ? {} : { secure }),
  });
}

/** While a child answers on a connection, nobody else reads it. */
function* readableFds(connections: ReadonlyMap<number, Connection>): Generator<number> {
  for (const [fd, { child }] of connections) if (child === undefined) yield fd;
}

/** A head must be complete some time after it began; otherwise any byte is a sign of life. */
function deadlineOf(process: Process, connection: Connection, options: HttpServerOptions): number {
  const idle = process.now() + (options.idleTimeoutMs ?? 60_000);
  if (options.headerTimeoutMs === undefined || connection.request !== undefined || connection.queue.length === 0) {
    delete connection.begunMs;
    return idle;
  }
  connection.begunMs ??= process.now();
  return connection.begunMs + options.headerTimeoutMs;
}

function nextTimeout(
  process: Process,
  connections: ReadonlyMap<number, Connection>,
  dueMs: number | undefined,
): number | undefined {
  let earliest = dueMs;
  for (const { deadline, child } of connections.values()) {
    if (child !== undefined) continue;
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
  for (const connection of connections.values()) {
    if (connection.child !== undefined) continue;
    const begun = connection.request !== undefined || connection.queue.length > 0;
    if (connection.deadline > now && (accepting || begun)) continue;
    if (begun) yield* sendError(process, connection, 408, options);
    closeConnection(process, connections, connection);
  }
}

function closeConnection(process: Process, connections: Map<number, Connection>, connection: Connection): void {
  if (connections.delete(connection.fd)) process.close(connection.fd);
}

function* endedChildren(process: Process): Task<readonly number[]> {
  const ended: number[] = [];
  for (;;) {
    const child = yield* process.waitpid(-1, { noHang: true });
    if (child === undefined) return ended;
    ended.push(child.pid);
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
    if (connection.secure === undefined) connection.queue.push(piece);
    else if (!(yield* receiveSecure(process, connection, connection.secure, piece, options))) return false;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return false;
  }
  return yield* answerQueued(process, connection, handler, options);
}

function* receiveSecure(
  process: Process,
  connection: Connection,
  channel: SecureChannel,
  piece: Uint8Array,
  options: HttpServerOptions,
): Task<boolean> {
  const { plain, reply, isOver, isPlain } = channel.receive(piece);
  if (reply.length > 0) yield* process.write(connection.fd, reply);
  if (isOver) return false;
  connection.queue.push(plain);
  if (!isPlain) return true;
  delete connection.secure;
  yield* sendError(process, connection, 497, options);
  return false;
}

function* answerQueued(
  process: Process,
  connection: Connection,
  handler: HttpHandler,
  options: HttpServerOptions,
): Task<boolean> {
  try {
    for (;;) {
      connection.request ??= startRequest(connection, options);
      const request = connection.request;
      if (request === undefined || !request.reader.read(connection.queue)) return true;
      delete connection.request;
      delete connection.begunMs;
      const { reader, keepAlive, ...head } = request;
      const tls = connection.secure?.tls;
      const answer = handler({ ...head, body: reader.body, ...(tls === undefined ? {} : { tls }) });
      const response = isTask(answer) ? yield* answer : answer;
      if (response === undefined) return false;
      if ('stream' in response || 'child' in response) {
        const resumes = keepAlive && options.resumesAfterChild === true && 'child' in response;
        const pid = answerInChild(process, connection, response, head, resumes);
        if (resumes) connection.child = pid;
        return resumes;
      }
      if (!(yield* send(process, connection, response, head.method, keepAlive))) return false;
    }
  } catch (error) {
    if (error instanceof HttpProtocolError) yield* sendError(process, connection, error.status, options);
    else if (!(error instanceof Errno)) throw error;
    return false;
  }
}

function isTask<T>(answer: T | Task<T>): answer is Task<T> {
  return typeof (answer as Task<T> | undefined)?.next === 'function';
}

function answerInChild(
  process: Process,
  connection: Connection,
  answer: ForkedResponse | StreamedResponse,
  head: Pick<RequestHead, 'method' | 'version'>,
  keepAlive: boolean,
): number {
  const program = function* (child: Process): Task<number> {
    const response = 'child' in answer ? yield* answer.child(child) : answer;
    if (response === undefined) return 1;
    if ('behind' in response) {
      const early = connection.queue.take(connection.queue.length);
      yield* response.ended(yield* tunnel(child, 0, connection.secure, response, early));
    } else if ('stream' in response) yield* sendStream(child, 0, connection.secure, response, head);
    else yield* child.write(0, sealed(connection, messageOf(response, head.method, keepAlive)));
    return 0;
  };
  const keeps = 'child' in answer ? (answer.keeps ?? []) : [];
  const kept = Object.fromEntries(keeps.map((fd) => [fd, fd]));
  return process.fork(program, { fds: { 1: 1, 2: 2, ...kept, 0: connection.fd } });
}

function startRequest(connection: Connection, options: HttpServerOptions): Connection['request'] {
  const head = takeHead(connection.queue, options.headLimits);
  if (head === undefined) return undefined;
  connection.startLine = head.startLine;
  const match = /^([A-Za-z]+) (\S+) HTTP\/(\d\.\d)$/.exec(head.startLine);
  if (match === null) throw new HttpProtocolError(400, 'malformed request line');
  if (match[3] !== '1.0' && match[3] !== '1.1') throw new HttpProtocolError(505, `HTTP/${match[3]}`);
  const version = match[3];
  if (version === '1.1' && head.headers['host'] === undefined) throw new HttpProtocolError(400, 'no Host field');
  const target = match[2]!;
  const question = target.indexOf('?');
  const wish = head.headers['connection']?.toLowerCase() ?? '';
  const request: RequestHead = {
    method: match[1]!,
    target,
    path: decodePath(question < 0 ? target : target.slice(0, question)),
    query: question < 0 ? '' : target.slice(question + 1),
    version,
    headers: head.headers,
    peer: connection.peer,
    local: connection.local,
  };
  const { maxBodyBytes = 1024 * 1024 } = options;
  connection.head = request;
  return {
    ...request,
    keepAlive: version === '1.1' ? !wish.includes('close') : wish.includes('keep-alive'),
    reader: new BodyReader(
      bodyFraming(head.headers, { kind: 'length', length: 0 }),
      typeof maxBodyBytes === 'number' ? maxBodyBytes : maxBodyBytes(request),
    ),
  };
}

function decodePath(path: string): string {
  const decoded = percentDecoded(path.replace(/^https?:\/\/[^/]*/, ''));
  if (decoded === undefined || decoded.includes('\0')) throw new HttpProtocolError(400, 'malformed path');
  return decoded === '' ? '/' : decoded;
}

function* sendError(process: Process, connection: Connection, status: number, options: HttpServerOptions): Task<void> {
  const { peer, local, startLine = '', head } = connection;
  try {
    let response: HttpServerResponse | undefined = { status, body: `${status} ${STATUS_TEXT[status] ?? ''}\n` };
    if (options.errorResponse !== undefined) {
      const made = options.errorResponse({ status, peer, local, startLine, head });
      response = isTask(made) ? yield* made : made;
    }
    if (response !== undefined) yield* send(process, connection, response, 'GET', false);
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
  const body = bodyOf(response);
  const small = body.length <= FORK_BYTES;
  const bytes = sealed(connection, messageOf({ ...response, body }, method, keepAlive && small));
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

function sealed({ secure }: Connection, bytes: Uint8Array): Uint8Array {
  return secure === undefined ? bytes : secure.seal(bytes);
}

function bodyOf(response: HttpServerResponse): Uint8Array {
  return typeof response.body === 'string' ? encode(response.body) : (response.body ?? new Uint8Array(0));
}

function messageOf(response: HttpServerResponse, method: string, keepAlive: boolean): Uint8Array {
  const status = response.status ?? 200;
  const body = bodyOf(response);
  const bodiless = status === 204 || status === 304;
  const headers: Record<string, string> = { ...response.headers };
  const told = method === 'HEAD' && body.length === 0 && headers['Content-Length'] !== undefined;
  if (!bodiless && !told) headers['Content-Length'] = String(body.length);
  headers['Connection'] = keepAlive ? 'keep-alive' : 'close';
  const sent = bodiless || method === 'HEAD' ? new Uint8Array(0) : body;
  return formatMessage(`HTTP/1.1 ${status} ${response.statusText ?? STATUS_TEXT[status] ?? 'Unknown'}`, headers, sent);
}
