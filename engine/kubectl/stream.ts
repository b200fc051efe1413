import type { SessionControl, SessionSink, StartSession, StartWatch, WatchEvent } from '../api/request.ts';
import type { Process } from '../linux/syscalls.ts';
import { isForProcess } from '../linux/task-group.ts';
import { Channel, type Task, type Wait, waitFor } from '../sim/index.ts';

/**
 * A stream of the API server as a queue that a task receives from. A process that a signal kills runs only its
 * `finally` blocks: whoever opens a stream closes it there, or the server would go on serving nobody.
 */
export interface Stream<T> {
  /** Waits for the next item; undefined at the end. */
  receive(): Task<T | undefined>;
  /** The next item if one is there already. */
  poll(): T | undefined;
  close(): void;
}

class QueuedStream<T> implements Stream<T> {
  readonly #channel: Channel<T>;
  readonly #stop: () => void;

  constructor(channel: Channel<T>, stop: () => void) {
    this.#channel = channel;
    this.#stop = stop;
  }

  receive(): Task<T | undefined> {
    return this.#channel.receive();
  }

  poll(): T | undefined {
    return this.#channel.poll();
  }

  close(): void {
    this.#channel.close();
    this.#stop();
  }
}

export function openWatch(start: StartWatch): Stream<WatchEvent> {
  const channel = new Channel<WatchEvent>();
  const stop = start({ event: (event) => channel.send(event), end: () => channel.close() });
  return new QueuedStream(channel, stop);
}

/** What an exec session brings. */
export type SessionEvent =
  | { readonly type: 'output'; readonly fd: 1 | 2; readonly chunk: Uint8Array }
  | { readonly type: 'exit'; readonly exitCode?: number; readonly message?: string };

export interface Session extends Stream<SessionEvent> {
  readonly control: SessionControl;
}

export function openSession(start: StartSession): Session {
  const channel = new Channel<SessionEvent>();
  const sink: SessionSink = {
    stdout: (chunk) => channel.send({ type: 'output', fd: 1, chunk }),
    stderr: (chunk) => channel.send({ type: 'output', fd: 2, chunk }),
    exit: (result) => {
      channel.send({ type: 'exit', ...result });
      channel.close();
    },
  };
  const control = start(sink);
  const stream = new QueuedStream(channel, () => control.close());
  return Object.assign(stream, { control });
}

/**
 * Two tasks at once: the first to end ends both. The process may be pre-empted before it waits for the left one (a system
 * call); by then the right one, which only waits, has not begun, so that it misses nothing.
 */
export function firstOf<A, B>(left: Task<A>, right: Task<B>): Task<{ readonly left: A } | { readonly right: B }> {
  return race([left as Task<unknown>, right as Task<unknown>]) as Task<{ left: A } | { right: B }>;
}

/** Runs tasks side by side on one process until one has ended; the others are ended where they wait. */
function* race(tasks: readonly [Task<unknown>, Task<unknown>]): Task<{ left: unknown } | { right: unknown }> {
  const waits: (Wait<unknown> | undefined)[] = [undefined, undefined];
  const resumed: { index: number; value: unknown }[] = [
    { index: 0, value: undefined },
    { index: 1, value: undefined },
  ];
  try {
    for (;;) {
      for (let next = resumed.shift(); next !== undefined; next = resumed.shift()) {
        const step = tasks[next.index]!.next(next.value);
        if (step.done) return next.index === 0 ? { left: step.value } : { right: step.value };
        if (isForProcess(step.value)) {
          yield step.value;
          resumed.unshift({ index: next.index, value: undefined });
        } else waits[next.index] = step.value;
      }
      resumed.push(yield* waitFor(anyOf(waits)));
    }
  } finally {
    for (const task of tasks) task.return(undefined as never);
  }
}

function anyOf(waits: readonly (Wait<unknown> | undefined)[]): Wait<{ index: number; value: unknown }> {
  return {
    start: (resume) => {
      let done = false;
      const cancels = waits.map((wait, index) =>
        wait?.start((value) => {
          if (done) return;
          done = true;
          for (const [other, cancel] of cancels.entries()) if (other !== index) cancel?.();
          resume({ index, value });
        }),
      );
      return () => {
        done = true;
        for (const cancel of cancels) cancel?.();
      };
    },
  };
}

/** The next item of a stream, or undefined when it has ended or `deadlineMs` (of the process's clock) has come. */
export function* receiveUntil<T>(
  stream: Stream<T>,
  process: Process,
  deadlineMs: number,
): Task<{ readonly item: T } | 'ended' | 'timeout'> {
  const waiting = stream.poll();
  if (waiting !== undefined) return { item: waiting };
  const left = deadlineMs - process.now();
  if (left <= 0) return 'timeout';
  if (left === Number.POSITIVE_INFINITY) {
    const item = yield* stream.receive();
    return item === undefined ? 'ended' : { item };
  }
  const result = yield* firstOf(process.sleep(left), stream.receive());
  if ('left' in result) return 'timeout';
  return result.right === undefined ? 'ended' : { item: result.right };
}
