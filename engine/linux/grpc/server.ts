import type { Task, TaskHandle } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { decodeMessage, encodeMessage, WireError } from '../protobuf.ts';
import { concatBytes } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { firstOf, TaskGroup } from '../task-group.ts';
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
} from './frames.ts';
import { answerOf, type Implementation, type ServerCall, type ServiceDescriptor } from './service.ts';
import { GrpcError } from './status.ts';

/**
 * Serves calls on a listening socket (listen or listenUnix), all connections and calls in this one process, side by
 * side, for as long as it lives. A call whose client goes away, or resets it, is called off where it waits.
 *
 * @param alongside what the process does besides; when all of it has ended, serving goes on
 * @throws Errno EINTR when a caught signal has come
 */
export function* serveGrpc(
  process: Process,
  listener: number,
  services: readonly Implementation[],
  alongside: readonly Task<void>[] = [],
): Task<never> {
  process.setSignalAction('PIPE', 'ignore');
  const group = new TaskGroup();
  const connections = new Set<Connection>();
  const acceptAll = function* (): Task<void> {
    for (;;) {
      const { fd } = yield* process.accept(listener);
      const connection = new Connection(process, fd, services, group);
      connections.add(connection);
      group.start(connection.serve(() => connections.delete(connection)));
    }
  };
  group.start(acceptAll());
  for (const task of alongside) group.start(task);
  try {
    yield* group.run();
  } finally {
    for (const connection of connections) connection.close();
  }
  throw new Error('nobody accepts connections any more');
}

interface Call {
  readonly path: string;
  readonly timeoutMs: number | undefined;
  readonly messages: MessageReader;
  task?: TaskHandle;
}

class Connection {
  readonly #process: Process;
  readonly #fd: number;
  readonly #services: readonly Implementation[];
  readonly #group: TaskGroup;
  readonly #reader = new FrameReader();
  readonly #writer: FrameWriter;
  readonly #calls = new Map<number, Call>();
  #begun = false;
  #closed = false;

  constructor(process: Process, fd: number, services: readonly Implementation[], group: TaskGroup) {
    this.#process = process;
    this.#fd = fd;
    this.#services = services;
    this.#group = group;
    this.#writer = new FrameWriter(process, fd);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { task } of this.#calls.values()) task?.cancel();
    this.#process.close(this.#fd);
  }

  *serve(ended: () => void): Task<void> {
    try {
      while (yield* this.#serveOnce());
    } catch (error) {
      if (!(error instanceof FrameError || (error instanceof Errno && error.code !== 'EINTR'))) throw error;
    } finally {
      this.close();
      ended();
    }
  }

  /** Takes in what has come. Returns whether the connection goes on. */
  *#serveOnce(): Task<boolean> {
    const piece = yield* this.#process.read(this.#fd);
    if (piece.length === 0) return false;
    this.#reader.push(piece);
    if (!this.#begun) {
      const preface = this.#reader.takePreface();
      if (preface !== true) return preface === undefined;
      this.#begun = true;
      yield* this.#writer.write(frame(FRAME.settings, 0, 0));
    }
    for (let next = this.#reader.next(); next !== undefined; next = this.#reader.next()) yield* this.#take(next);
    return true;
  }

  *#take({ type, flags, stream, payload }: Frame): Task<void> {
    const acknowledged = (flags & FLAG.acknowledge) !== 0;
    if (type === FRAME.settings && !acknowledged) {
      yield* this.#writer.write(frame(FRAME.settings, FLAG.acknowledge, 0));
    } else if (type === FRAME.ping && !acknowledged) {
      yield* this.#writer.write(frame(FRAME.ping, FLAG.acknowledge, 0, payload));
    } else if (type === FRAME.headers) {
      const headers = decodeHeaders(payload);
      const timeoutMs = parseTimeout(headers['grpc-timeout']);
      this.#calls.set(stream, { path: headers[':path'] ?? '', timeoutMs, messages: new MessageReader() });
    } else if (type === FRAME.reset) {
      this.#calls.get(stream)?.task?.cancel();
      this.#calls.delete(stream);
    }
    const call = this.#calls.get(stream);
    if (type === FRAME.data) call?.messages.push(payload);
    const ended = (type === FRAME.headers || type === FRAME.data) && (flags & FLAG.endStream) !== 0;
    if (call !== undefined && ended) call.task = this.#group.start(this.#answer(stream, call));
  }

  *#answer(stream: number, call: Call): Task<void> {
    const head = encodeHeaders({ ':status': '200', 'content-type': 'application/grpc' });
    try {
      yield* this.#writer.write(frame(FRAME.headers, FLAG.endHeaders, stream, head));
      const failure = yield* this.#finish(stream, call);
      yield* this.#writer.write(trailers(stream, failure));
    } catch (error) {
      // The client is gone; whoever reads from the connection sees it as well.
      if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    } finally {
      this.#calls.delete(stream);
    }
  }

  /** Runs the call to its end. Returns why it failed. */
  *#finish(stream: number, { path, timeoutMs, messages }: Call): Task<GrpcError | undefined> {
    try {
      const run = this.#run(stream, path, messages.next() ?? new Uint8Array(0));
      if (timeoutMs === undefined) yield* run;
      else yield* firstOf([run, expire(this.#process, timeoutMs)]);
      return undefined;
    } catch (error) {
      if (error instanceof GrpcError) return error;
      if (error instanceof FrameError) return new GrpcError('ResourceExhausted', error.message);
      if (error instanceof WireError) {
        return new GrpcError('Internal', `grpc: error unmarshalling request: proto: ${error.message}`);
      }
      if (error instanceof Errno && error.code !== 'EINTR') return new GrpcError('Unknown', error.message);
      throw error;
    }
  }

  *#run(stream: number, path: string, request: Uint8Array): Task<void> {
    const { service, method, handler } = this.#find(path);
    const { name, streams } = answerOf(service, method);
    const writer = this.#writer;
    const send = (answer: object): Task<void> =>
      writer.write(messageFrames(stream, encodeMessage(service.messages, name, answer)));
    const call: ServerCall<never> = { send };
    const outcome = handler(decodeMessage(service.messages, service.methods[method]![0], request) as never, call);
    const answer = isTask(outcome) ? yield* outcome : outcome;
    if (!streams) yield* send(answer ?? {});
  }

  /** @throws GrpcError Unimplemented */
  #find(path: string) {
    const [, name = '', method = ''] = path.split('/');
    const found = this.#services.find(({ service }) => service.name === name);
    if (found === undefined) throw new GrpcError('Unimplemented', `unknown service ${name}`);
    const handler = Object.hasOwn(found.handlers, method) ? found.handlers[method] : undefined;
    if (handler === undefined) throw new GrpcError('Unimplemented', unknownMethod(found.service, method));
    return { service: found.service, method, handler };
  }
}

function unknownMethod({ name, methods }: ServiceDescriptor, method: string): string {
  return Object.hasOwn(methods, method)
    ? `method ${method} not implemented`
    : `unknown method ${method} for service ${name}`;
}

function isTask(outcome: object | Task<object | void>): outcome is Task<object | void> {
  return 'next' in outcome && typeof outcome.next === 'function';
}

function* expire(process: Process, timeoutMs: number): Task<void> {
  yield* process.sleep(timeoutMs);
  throw new GrpcError('DeadlineExceeded', 'context deadline exceeded');
}

/** `grpc-timeout`: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests */
function parseTimeout(value = ''): number | undefined {
  const [, amount, unit] = /^(\d{1,8})([HMSmun])$/.exec(value) ?? [];
  if (amount === undefined) return undefined;
  const perUnit: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
  return Number(amount) * perUnit[unit!]!;
}

function trailers(stream: number, failure: GrpcError | undefined): Uint8Array {
  const fields = { 'grpc-status': String(failure?.number ?? 0), 'grpc-message': encodeURI(failure?.message ?? '') };
  return concatBytes([frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, stream, encodeHeaders(fields))]);
}
