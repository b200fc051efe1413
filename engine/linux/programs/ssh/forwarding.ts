import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { Channel } from '../../ssh/channel.ts';
import type { Process } from '../../syscalls.ts';
import type { TaskGroup } from '../../task-group.ts';

/** Carries bytes between a channel and a connection, or two descriptors, until both directions are over. */
export function* carryForward(
  process: Process,
  group: TaskGroup,
  channel: Channel,
  input: number,
  output = input,
): Task<void> {
  const inward = group.start(readInto(process, channel, input));
  try {
    for (;;) {
      const data = yield* channel.receive();
      if (data === undefined) break;
      yield* process.write(output, data);
    }
    if (output === input) process.shutdownWrite(output);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  while (!inward.finished && !channel.closed) yield* process.sleep(CLOSE_LOOK_MS);
  channel.close();
  inward.cancel();
  if (output === input) process.close(input);
}

/** How often it is looked whether the other direction is over as well. */
const CLOSE_LOOK_MS = 20;

function* readInto(process: Process, channel: Channel, fd: number): Task<void> {
  try {
    for (;;) {
      const data = yield* process.read(fd);
      if (data.length === 0) break;
      yield* channel.send(data);
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  yield* channel.sendEnd();
}
