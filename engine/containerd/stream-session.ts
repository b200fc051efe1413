import type { SessionSink, StartSession } from '../api/request.ts';
import { Errno } from '../linux/errno.ts';
import { decode, encode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { TaskGroup } from '../linux/task-group.ts';
import { type Task, waitFor } from '../sim/index.ts';
import { fromBase64, type SessionMessage, toBase64 } from './session-messages.ts';

/** Carries an exec or attach session over descriptor 0 until it has ended or the client has gone. */
export function* streamSession(process: Process, start: StartSession): Task<void> {
  const queue: SessionMessage[] = [];
  let wake = (): void => {};
  let over = false;
  const send = (message: SessionMessage): void => {
    queue.push(message);
    wake();
  };
  const sink: SessionSink = {
    stdout: (chunk) => send({ stdout: toBase64(chunk) }),
    stderr: (chunk) => send({ stderr: toBase64(chunk) }),
    exit: (exit) => send({ exit }),
  };
  const control = start(sink);
  const threads = new TaskGroup();
  threads.start(
    (function* (): Task<void> {
      for (;;) {
        const message = queue.shift();
        if (message === undefined) {
          yield* waitFor<void>({
            start: (resume) => {
              wake = resume;
              return () => {};
            },
          });
          wake = () => {};
        } else {
          if (yield* hasHungUp(process.write(0, encode(`${JSON.stringify(message)}\n`)))) break;
          if (message.exit !== undefined) break;
        }
      }
      over = true;
    })(),
  );
  threads.start(
    (function* (): Task<void> {
      let text = '';
      for (;;) {
        const piece = yield* process.read(0);
        if (piece.length === 0) break;
        text += decode(piece);
        for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
          const { stdin, closeStdin, resize } = JSON.parse(text.slice(0, end)) as SessionMessage;
          text = text.slice(end + 1);
          if (stdin !== undefined) control.stdin(fromBase64(stdin));
          if (closeStdin === true) control.closeStdin();
          if (resize !== undefined) control.resize(resize[0], resize[1]);
        }
      }
      over = true;
    })(),
  );
  try {
    yield* threads.run(() => over);
  } finally {
    control.close();
  }
}

function* hasHungUp(write: Task<void>): Task<boolean> {
  try {
    yield* write;
    return false;
  } catch (error) {
    if (error instanceof Errno) return true;
    throw error;
  }
}
