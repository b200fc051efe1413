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
  PREFACE,
} from './frames.ts';

/** A call that the server answered with another status than OK, or did not answer as gRPC. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  /** https://grpc.io/docs/guides/status-codes/ */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const UNAVAILABLE = 14;
const INTERNAL = 13;
const STREAM = 1;

export interface GrpcCall {
  /** An IPv4 address. */
  readonly host: string;
  readonly port: number;
  /** `/grpc.health.v1.Health/Check` */
  readonly method: string;
  readonly message: Uint8Array;
  /** For the whole call. */
  readonly timeoutMs: number;
}

/**
 * One unary call over a connection of its own; returns the answer's message.
 *
 * @throws Errno of connect(2), ETIMEDOUT; GrpcError
 */
export function* grpcCall(process: Process, call: GrpcCall): Task<Uint8Array> {
  const deadline = process.now() + call.timeoutMs;
  const fd = yield* process.connect(call.host, call.port, call.timeoutMs);
  try {
    yield* process.write(fd, request(call));
    return yield* readAnswer(process, fd, deadline);
  } catch (error) {
    if (error instanceof FrameError) throw new GrpcError(UNAVAILABLE, `connection error: desc = "${error.message}"`);
    throw error;
  } finally {
    process.close(fd);
  }
}

function request({ host, port, method, message }: GrpcCall): Uint8Array {
  const headers = encodeHeaders({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': method,
    ':authority': `${host}:${port}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  return concatBytes([
    PREFACE,
    frame(FRAME.settings, 0, 0),
    frame(FRAME.headers, FLAG.endHeaders, STREAM, headers),
    frame(FRAME.data, FLAG.endStream, STREAM, encodeMessage(message)),
  ]);
}

function* readAnswer(process: Process, fd: number, deadline: number): Task<Uint8Array> {
  const reader = new FrameReader();
  const fields: Record<string, string> = {};
  let data: Uint8Array = new Uint8Array(0);
  for (;;) {
    const ready = yield* process.poll([fd], Math.max(0, deadline - process.now()));
    if (ready.length === 0) throw new Errno('ETIMEDOUT');
    const piece = yield* process.read(fd);
    if (piece.length === 0) throw new GrpcError(UNAVAILABLE, 'error reading server preface: EOF');
    reader.push(piece);
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      if (next.type === FRAME.goAway) throw new GrpcError(UNAVAILABLE, 'the server is going away');
      if (next.stream !== STREAM) continue;
      if (next.type === FRAME.data) data = concatBytes([data, next.payload]);
      else if (next.type === FRAME.headers) Object.assign(fields, decodeHeaders(next.payload));
      if (next.type === FRAME.headers && (next.flags & FLAG.endStream) !== 0) return finish(fields, data);
    }
  }
}

function finish(fields: Readonly<Record<string, string>>, data: Uint8Array): Uint8Array {
  const code = Number(fields['grpc-status'] ?? INTERNAL);
  if (code !== 0) throw new GrpcError(code, fields['grpc-message'] ?? '');
  const message = decodeMessage(data);
  if (message === undefined) throw new GrpcError(INTERNAL, 'the server sent no message');
  return message;
}
