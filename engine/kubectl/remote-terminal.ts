import type { Pod } from '../api/kinds.ts';
import type { ApiResponse } from '../api/request.ts';
import { Errno } from '../linux/errno.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { CommandError } from './command-error.ts';
import type { Invocation } from './invocation.ts';
import { firstOf, openSession, type Session, type SessionEvent } from './stream.ts';

export interface SessionOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
}

/**
 * Connects the process's descriptors with an exec or attach session until it is over, and returns the command's exit
 * code. With a terminal on both sides the local one becomes raw, so that every key goes to the other side.
 */
export function* runSession(invocation: Invocation, response: ApiResponse, options: SessionOptions): Task<number> {
  const { process } = invocation;
  if (response.session === undefined) throw new CommandError('unable to upgrade connection: no session');
  const raw = options.tty && options.stdin && process.isTerminal(0);
  yield* invocation.streams.flush();
  const session = openSession(response.session);
  try {
    if (raw) {
      process.setTerminalMode(0, 'raw');
      process.setSignalAction('WINCH', 'catch');
      sendSize(process, session);
    }
    const { exitCode, message } = yield* relay(process, session, options.stdin);
    if (exitCode !== undefined) return exitCode;
    // client-go wraps what the server's error stream says once more.
    throw new CommandError(`Internal error occurred: ${message}`);
  } finally {
    session.close();
    if (raw) process.setTerminalMode(0, 'cooked');
  }
}

function sendSize(process: Process, session: Session): void {
  const { columns, rows } = process.windowSize(0);
  session.control.resize(columns, rows);
}

/** How a session ended: the command's exit code, or why it could not go on. */
type SessionEnd =
  | { readonly exitCode: number; readonly message?: undefined }
  | { readonly exitCode?: undefined; readonly message: string };

/** Carries bytes between descriptors 0, 1 and 2 and a session until that has ended. */
export function* relay(process: Process, session: Session, withInput: boolean): Task<SessionEnd> {
  let inputOpen = withInput;
  for (;;) {
    try {
      const event = session.poll() ?? (yield* nextEvent(process, session, inputOpen));
      if (event === 'input') inputOpen = yield* sendInput(process, session);
      else if (event === undefined) return { exitCode: 0 };
      else if (event.type === 'output') yield* process.write(event.fd, event.chunk);
      else if (event.exitCode !== undefined) return { exitCode: event.exitCode };
      else return { message: event.message ?? 'unable to upgrade connection' };
    } catch (error) {
      if (!(error instanceof Errno && error.code === 'EINTR')) throw error;
      // The window has a new size.
      if (process.takeSignals().includes('WINCH')) sendSize(process, session);
    }
  }
}

function* nextEvent(process: Process, session: Session, inputOpen: boolean): Task<SessionEvent | 'input' | undefined> {
  if (!inputOpen) return yield* session.receive();
  const result = yield* firstOf(process.poll([0]), session.receive());
  return 'right' in result ? result.right : 'input';
}

/** Sends what was typed. At the end of the input the other side is told, and false is returned. */
function* sendInput(process: Process, session: Session): Task<boolean> {
  const chunk = yield* process.read(0);
  if (chunk.length > 0) session.control.stdin(chunk);
  else session.control.closeStdin();
  return chunk.length > 0;
}

/** Whether `-t` can be had: it needs a terminal on standard input. */
export function checkTerminal(invocation: Invocation, options: SessionOptions): SessionOptions {
  if (!options.tty) return options;
  if (!options.stdin || invocation.process.isTerminal(0)) return options;
  invocation.streams.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return { ...options, tty: false };
}

/** A Pod that has ended has no processes to join. */
export function checkNotCompleted(pod: Pod, verb: string): void {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') {
    throw new CommandError(`cannot ${verb} a container in a completed pod; current phase is ${phase}`);
  }
}
