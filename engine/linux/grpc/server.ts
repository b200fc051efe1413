import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { concatBytes } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import {
  decodeHeaders,
  decodeMessage,
  encodeHeaders,
  encodeMessage,
  FLAG,
  FRAME,
  FrameError,
  FrameReader,
  frame,
} from './frames.ts';

/** An answer's message, or why there is none. */
type GrpcReply = Uint8Array | { readonly code: number; readonly message: string };

/** Answers a unary call, by its method: `/grpc.health.v1.Health/Check`. */
type GrpcHandler = (method: string, message: Uint8Array) => GrpcReply;

/**
 * Serves unary calls on a listening socket, all connections in this one process, for as long as it lives.
 *
 * @throws Errno EINTR when a caught signal has come
 */
export function* serveGrpc(process: Process, listener: number, handle: GrpcHandler): Task<never> {
  const connections = new Map<number, Connection>();
  for (;;) {
    const [ready] = yield* process.poll([listener, ...connections.keys()]);
    const connection = ready === undefined ? undefined : connections.get(ready);
    if (connection === undefined) {
      const { fd } = yield* process.accept(listener);
      connections.set(fd, { fd, reader: new FrameReader(), calls: new Map(), begun: false });
    } else if (!(yield* serveOnce(process, connection, handle))) {
      connections.delete(connection.fd);
      process.close(connection.fd);
    }
  }
}

/** Answers what has come on a connection. Returns whether it goes on. */
function* serveOnce(process: Process, connection: Connection, handle: GrpcHandler): Task<boolean> {
  const { fd, reader, calls } = connection;
  try {
    const piece = yield* process.read(fd);
    if (piece.length === 0) return false;
    reader.push(piece);
    if (!connection.begun) {
      const preface = reader.takePreface();
      if (preface !== true) return preface === undefined;
      connection.begun = true;
      yield* process.write(fd, frame(FRAME.settings, 0, 0));
    }
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      const answer = take(calls, next, handle);
      if (answer !== undefined) yield* process.write(fd, answer);
    }
    return true;
  } catch (error) {
    if (error instanceof FrameError || (error instanceof Errno && error.code !== 'EINTR')) return false;
    throw error;
  }
}

interface Connection {
  readonly fd: number;
  readonly reader: FrameReader;
  readonly calls: Map<number, Call>;
  begun: boolean;
}

interface Call {
  readonly method: string;
  data: Uint8Array;
}

/** What to answer to a frame, if anything. */
function take(
  calls: Map<number, Call>,
  { type, flags, stream, payload }: NonNullable<ReturnType<FrameReader['next']>>,
  handle: GrpcHandler,
): Uint8Array | undefined {
  const acknowledged = (flags & FLAG.acknowledge) !== 0;
  if (type === FRAME.settings && !acknowledged) return frame(FRAME.settings, FLAG.acknowledge, 0);
  if (type === FRAME.ping && !acknowledged) return frame(FRAME.ping, FLAG.acknowledge, 0, payload);
  if (type === FRAME.headers)
    calls.set(stream, { method: decodeHeaders(payload)[':path'] ?? '', data: new Uint8Array(0) });
  const call = calls.get(stream);
  if (type === FRAME.data && call !== undefined) call.data = concatBytes([call.data, payload]);
  const ended = (type === FRAME.headers || type === FRAME.data) && (flags & FLAG.endStream) !== 0;
  if (call === undefined || !ended) return undefined;
  calls.delete(stream);
  return reply(stream, handle(call.method, decodeMessage(call.data) ?? new Uint8Array(0)));
}

function reply(stream: number, answer: GrpcReply): Uint8Array {
  const head = encodeHeaders({ ':status': '200', 'content-type': 'application/grpc' });
  const failed = !(answer instanceof Uint8Array);
  const trailer = encodeHeaders({
    'grpc-status': String(failed ? answer.code : 0),
    'grpc-message': failed ? answer.message : '',
  });
  return concatBytes([
    frame(FRAME.headers, FLAG.endHeaders, stream, head),
    ...(failed ? [] : [frame(FRAME.data, 0, stream, encodeMessage(answer))]),
    frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, stream, trailer),
  ]);
}
