import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { decodeMessage, encodeMessage, WireError } from '../protobuf.ts';
import { concatBytes } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { firstOf } from '../task-group.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import { FrameWriter } from './frame-writer.ts';
import {
  decodeHeaders,
  encodeHeaders,
  FLAG,
  FRAME,
  type Frame,
  FrameError,
  FrameReader,
  frame,
  MessageReader,
  messageFrames,
  PREFACE,
} from './frames.ts';
import { type Answer, answerOf, type MethodName, type RequestInput, type ServiceDescriptor } from './service.ts';
import { codeOf, GrpcError } from './status.ts';

export interface CallOptions {
  /** For the whole call; none unless told. */
  readonly timeoutMs?: number;
}

/** The client's end of a call whose answers come over time. */
export interface AnswerStream<T> {
  /** The next answer, as soon as it is there; undefined after the last. @throws GrpcError */
  next(): Task<T | undefined>;
  /** Tells the server that nobody waits for more. */
  cancel(): Task<void>;
}

/**
 * Connects to a server: `unix:/run/x.sock` or `10.0.0.1:5000`.
 *
 * @param caller whose name the trace shows; the program's own unless told
 * @throws Errno of connect(2)
 */
export function* connectGrpc(
  process: Process,
  target: string,
  { caller, timeoutMs }: { readonly caller?: string; readonly timeoutMs?: number } = {},
): Task<GrpcChannel> {
  const fd = yield* connect(process, target, timeoutMs);
  const name = caller ?? process.argv[0]?.split('/').at(-1) ?? '?';
  const channel = new GrpcChannel(process, fd, target, `${name}@${process.hostname}`);
  try {
    yield* channel.begin();
    return channel;
  } catch (error) {
    channel.close();
    throw error;
  }
}

function* connect(process: Process, target: string, timeoutMs: number | undefined): Task<number> {
  if (target.startsWith('unix:')) return yield* process.connectUnix(target.slice('unix:'.length).replace(/^\/+/, '/'));
  const [host = '', port] = target.split(':');
  return yield* process.connect(host, Number(port), timeoutMs);
}

/** One unary call over a connection of its own. @throws Errno of connect(2); GrpcError */
export function* callGrpc<D extends ServiceDescriptor, M extends MethodName<D>>(
  process: Process,
  target: string,
  service: D,
  method: M,
  request: RequestInput<D, M>,
  options: CallOptions & { readonly caller?: string } = {},
): Task<Answer<D, M>> {
  const startedMs = process.now();
  const channel = yield* connectGrpc(process, target, options);
  const { timeoutMs } = options;
  const left = timeoutMs === undefined ? {} : { timeoutMs: Math.max(0, timeoutMs - (process.now() - startedMs)) };
  try {
    return yield* channel.call(service, method, request, left);
  } finally {
    channel.close();
  }
}

/** What has come for one call and was not yet fetched. */
class Inbox {
  readonly reader = new MessageReader();
  readonly messages: Uint8Array[] = [];
  readonly arrived = new WaitQueue();
  readonly headers: Record<string, string> = {};
  /** The call is over: no more messages will come. */
  ended = false;
  failure: GrpcError | undefined;

  end(failure?: GrpcError): void {
    if (this.ended) return;
    this.ended = true;
    this.failure = failure;
    this.arrived.wake();
  }
}

/**
 * A connection to a server, for any number of calls side by side. Whichever task waits for an answer takes in what comes
 * for the others too. That the server is gone is seen by every call at once.
 */
export class GrpcChannel {
  readonly target: string;
  readonly #process: Process;
  readonly #fd: number;
  readonly #caller: string;
  readonly #reader = new FrameReader();
  readonly #writer: FrameWriter;
  readonly #inboxes = new Map<number, Inbox>();
  #nextStream = 1;
  #broken: GrpcError | undefined;
  #closed = false;

  constructor(process: Process, fd: number, target: string, caller: string) {
    this.#process = process;
    this.#fd = fd;
    this.target = target;
    this.#caller = caller;
    this.#writer = new FrameWriter(process, fd);
  }

  *begin(): Task<void> {
    yield* this.#writer.write(concatBytes([PREFACE, frame(FRAME.settings, 0, 0)]));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#break(new GrpcError('Canceled', 'grpc: the client connection is closing'));
    this.#process.close(this.#fd);
  }

  /** A unary call. @throws GrpcError */
  *call<D extends ServiceDescriptor, M extends MethodName<D>>(
    service: D,
    method: M,
    request: RequestInput<D, M>,
    options: CallOptions = {},
  ): Task<Answer<D, M>> {
    const stream = yield* this.open(service, method, request, options);
    const answer = yield* stream.next();
    if (answer === undefined) throw new GrpcError('Internal', 'the server sent no message');
    yield* stream.next();
    return answer;
  }

  /** A call that the server answers any number of times. @throws GrpcError */
  *open<D extends ServiceDescriptor, M extends MethodName<D>>(
    service: D,
    method: M,
    request: RequestInput<D, M>,
    { timeoutMs }: CallOptions = {},
  ): Task<AnswerStream<Answer<D, M>>> {
    if (this.#broken !== undefined) throw this.#broken;
    const id = this.#nextStream;
    this.#nextStream += 2;
    const inbox = new Inbox();
    this.#inboxes.set(id, inbox);
    const name = `${service.name}/${method}`;
    this.#trace('grpc.call', name, `${this.#caller} -> ${this.target}`, request);
    const deadline = timeoutMs === undefined ? undefined : this.#process.now() + timeoutMs;
    const body = encodeMessage(service.messages, service.methods[method]![0], request as never);
    const fields = encodeHeaders(this.#headers(name, timeoutMs));
    const head = frame(FRAME.headers, FLAG.endHeaders, id, fields);
    yield* this.#send(concatBytes([head, messageFrames(id, body, true)]));
    const answer = answerOf(service, method).name;
    return {
      next: () => this.#next(id, inbox, name, deadline, (bytes) => decodeMessage(service.messages, answer, bytes)),
      cancel: () => this.#reset(id, inbox),
    } as AnswerStream<Answer<D, M>>;
  }

  #headers(name: string, timeoutMs: number | undefined): Record<string, string> {
    return {
      ':method': 'POST',
      ':scheme': 'http',
      ':path': `/${name}`,
      ':authority': this.target.startsWith('unix:') ? 'localhost' : this.target,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(timeoutMs !== undefined && { 'grpc-timeout': `${Math.ceil(timeoutMs)}m` }),
    };
  }

  /** A server that is gone makes the calls fail, not the sending. */
  *#send(frames: Uint8Array): Task<void> {
    try {
      yield* this.#writer.write(frames);
    } catch (error) {
      if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
      this.#break(unavailable(error.message.toLowerCase()));
    }
  }

  *#reset(id: number, inbox: Inbox): Task<void> {
    this.#inboxes.delete(id);
    if (inbox.ended || this.#broken !== undefined) return;
    inbox.end(new GrpcError('Canceled', 'context canceled'));
    const code = new Uint8Array(4);
    code[3] = CANCEL;
    yield* this.#send(frame(FRAME.reset, 0, id, code));
  }

  *#next(
    id: number,
    inbox: Inbox,
    name: string,
    deadline: number | undefined,
    read: (bytes: Uint8Array) => object,
  ): Task<object | undefined> {
    while (inbox.messages.length === 0 && !inbox.ended) {
      const leftMs = deadline === undefined ? undefined : deadline - this.#process.now();
      if (leftMs !== undefined && leftMs <= 0) {
        yield* this.#reset(id, inbox);
        inbox.failure = new GrpcError('DeadlineExceeded', 'context deadline exceeded');
        break;
      }
      yield* this.#receive(inbox, leftMs);
    }
    const bytes = inbox.messages.shift();
    const way = `${this.target} -> ${this.#caller}`;
    if (bytes !== undefined) {
      const message = this.#decode(read, bytes, name, way);
      this.#trace('grpc.message', name, way, message);
      return message;
    }
    this.#inboxes.delete(id);
    if (inbox.failure === undefined) return undefined;
    this.#trace('grpc.error', name, way, { code: inbox.failure.code, message: inbox.failure.message });
    throw inbox.failure;
  }

  #decode(read: (bytes: Uint8Array) => object, bytes: Uint8Array, name: string, way: string): object {
    try {
      return read(bytes);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      const message = `grpc: failed to unmarshal the received message: proto: ${error.message}`;
      this.#trace('grpc.error', name, way, { code: 'Internal', message });
      throw new GrpcError('Internal', message);
    }
  }

  /** Waits until something has come, for this call or another, or `timeoutMs` are over; takes in what there is. */
  *#receive(inbox: Inbox, timeoutMs: number | undefined): Task<void> {
    const process = this.#process;
    const fd = this.#fd;
    const pollIt = function* (): Task<void> {
      yield* process.poll([fd], timeoutMs);
    };
    const anotherTask = function* (): Task<void> {
      yield inbox.arrived;
    };
    yield* firstOf([pollIt(), anotherTask()]);
    // Another task may have taken it all in meanwhile.
    if (inbox.messages.length > 0 || inbox.ended) return;
    const ready = yield* process.poll([fd], 0);
    if (ready.length === 0) return;
    try {
      const piece = yield* process.read(fd);
      if (piece.length === 0) this.#break(unavailable('error reading from server: EOF'));
      else yield* this.#take(piece);
    } catch (error) {
      if (error instanceof FrameError) this.#break(unavailable(error.message));
      else if (error instanceof Errno && error.code !== 'EINTR') {
        this.#break(unavailable(`error reading from server: read: ${error.message.toLowerCase()}`));
      } else throw error;
    }
  }

  *#take(piece: Uint8Array): Task<void> {
    this.#reader.push(piece);
    for (let next = this.#reader.next(); next !== undefined; next = this.#reader.next()) {
      const acknowledged = (next.flags & FLAG.acknowledge) !== 0;
      if (next.type === FRAME.goAway) this.#break(unavailable('closing transport due to: connection error'));
      else if (next.type === FRAME.ping && !acknowledged) {
        yield* this.#send(frame(FRAME.ping, FLAG.acknowledge, 0, next.payload));
      } else this.#deliver(next);
    }
  }

  #deliver({ type, flags, stream, payload }: Frame): void {
    const inbox = this.#inboxes.get(stream);
    if (inbox === undefined) return;
    if (type === FRAME.data) {
      inbox.reader.push(payload);
      for (let next = inbox.reader.next(); next !== undefined; next = inbox.reader.next()) {
        inbox.messages.push(next);
        inbox.arrived.wake();
      }
    } else if (type === FRAME.headers) Object.assign(inbox.headers, decodeHeaders(payload));
    if (type === FRAME.reset) inbox.end(new GrpcError('Internal', 'stream terminated by RST_STREAM'));
    else if ((type === FRAME.headers || type === FRAME.data) && (flags & FLAG.endStream) !== 0) {
      inbox.end(failureOf(inbox.headers));
    }
  }

  #break(why: GrpcError): void {
    this.#broken ??= why;
    for (const inbox of this.#inboxes.values()) inbox.end(this.#broken);
  }

  #trace(kind: string, name: string, way: string, message: object): void {
    this.#process.trace(kind, name, `${way} ${textOf(message)}`);
  }
}

const CANCEL = 8;
const MAX_TRACED = 2000;

function unavailable(message: string): GrpcError {
  return new GrpcError('Unavailable', message);
}

function failureOf(headers: Readonly<Record<string, string>>): GrpcError | undefined {
  const status = headers['grpc-status'];
  if (status === undefined) return new GrpcError('Internal', 'server closed the stream without sending trailers');
  return status === '0' ? undefined : new GrpcError(codeOf(Number(status)), unescaped(headers['grpc-message'] ?? ''));
}

function unescaped(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}

function textOf(message: object): string {
  const text = JSON.stringify(message, (_, value) => (value instanceof Uint8Array ? `${value.length} bytes` : value));
  return text.length > MAX_TRACED ? `${text.slice(0, MAX_TRACED)}…` : text;
}
