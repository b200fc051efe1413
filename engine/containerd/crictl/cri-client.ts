import { Errno } from '../../linux/errno.ts';
import { decode, encode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { CRI_SOCKET, type CriReply } from '../cri-socket.ts';

/** A call that failed, in the words of the tool. */
export class CallError extends Error {
  override readonly name = 'CallError';
}

/** Asks the runtime of the machine. @throws CallError */
export function* callCri<T>(process: Process, method: string, ...given: readonly unknown[]): Task<T> {
  const fd = yield* dial(process);
  try {
    yield* process.write(fd, encode(`${JSON.stringify({ method, arguments: given })}\n`));
    let text = '';
    for (;;) {
      const piece = yield* process.read(fd);
      if (piece.length === 0) break;
      text += decode(piece);
    }
    return resultOf<T>(text);
  } finally {
    process.close(fd);
  }
}

/** The same for a session, which goes on over the descriptor; `rest` has come already. @throws CallError */
export function* openCri(
  process: Process,
  method: string,
  given: readonly unknown[],
): Task<{ readonly fd: number; readonly rest: string }> {
  const fd = yield* dial(process);
  try {
    yield* process.write(fd, encode(`${JSON.stringify({ method, arguments: given })}\n`));
    let text = '';
    while (!text.includes('\n')) {
      const piece = yield* process.read(fd);
      if (piece.length === 0) break;
      text += decode(piece);
    }
    const end = text.indexOf('\n');
    resultOf(text.slice(0, end));
    return { fd, rest: text.slice(end + 1) };
  } catch (error) {
    process.close(fd);
    throw error;
  }
}

function resultOf<T>(text: string): T {
  const reply = JSON.parse(text) as CriReply;
  if ('result' in reply) return reply.result as T;
  throw new CallError(`rpc error: code = ${reply.code} desc = ${reply.message}`);
}

function* dial(process: Process): Task<number> {
  try {
    return yield* process.connectUnix(CRI_SOCKET);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw unreachable(CRI_SOCKET, error);
  }
}

/** Nobody answers at a socket. */
export function unreachable(path: string, { message }: Errno): CallError {
  return new CallError(
    `validate service connection: validate CRI v1 runtime API for endpoint "unix://${path}": rpc error: code = Unavailable desc = connection error: ` +
      `desc = "transport: Error while dialing: dial unix ${path}: connect: ${message.toLowerCase()}"`,
  );
}
