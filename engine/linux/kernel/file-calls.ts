import { DONE, type Task, type Wait, waitFor } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { Stat } from '../syscalls.ts';
import { TerminalSlave } from '../tty/terminal-slave.ts';
import type { FileDescription } from '../vfs/description.ts';
import { SpecialInode } from '../vfs/inode.ts';
import { Pipe, PipeEnd } from '../vfs/pipe.ts';
import { charge, chargeTime, owes } from './cpu-charge.ts';
import type { TaskStruct } from './kernel.ts';
import { sendSignal } from './lifecycle.ts';
import { requireForeground } from './terminal-calls.ts';
import { NEVER, PREEMPTED } from './wake.ts';

// Files by descriptor.

const DEFAULT_READ_BYTES = 65_536;
/** What a read or a write costs, so that `cat /dev/zero >/dev/null` is pre-empted as well. */
const TRANSFER_STEPS = 0.25;
/** Whoever reads does something with what it gets, so that much is a step more: `wc -l /dev/zero` has no end to wait for. */
const BYTES_PER_STEP = 32 * 1024;

export function close(task: TaskStruct, fd: number): void {
  task.files.close(fd);
}

export function dup(task: TaskStruct, fd: number, to: number | undefined): number {
  const description = task.files.get(fd);
  if (to === undefined) return task.files.add(description);
  task.files.set(to, description);
  return to;
}

export function pipe(task: TaskStruct): readonly [number, number] {
  const shared = new Pipe(true);
  const { anonymous } = task.kernel;
  const owner = { mode: 0o600, uid: task.credentials.uid, gid: task.credentials.gid };
  const inode: SpecialInode = new SpecialInode(anonymous, owner, 'fifo', (access) => new PipeEnd(shared, path, access));
  const path: string = `pipe:[${inode.number}]`;
  shared.inode = inode;
  const reader = new PipeEnd(shared, path, { read: true, write: false });
  const writer = new PipeEnd(shared, path, { read: false, write: true });
  const read = task.files.add(reader);
  try {
    return [read, task.files.add(writer)];
  } catch (error) {
    task.files.close(read);
    throw error;
  }
}

export function* read(task: TaskStruct, fd: number, max = DEFAULT_READ_BYTES): Task<Uint8Array> {
  const description = task.files.get(fd);
  for (;;) {
    if (description instanceof TerminalSlave) yield* requireForeground(task, description.terminal);
    const data = description.read(max);
    if (data !== undefined) {
      charge(task, TRANSFER_STEPS + data.length / BYTES_PER_STEP);
      if (owes(task)) yield PREEMPTED;
      return data;
    }
    yield description.readQueue!;
  }
}

/** Most writes are over at once: into files, into pipes that have room. */
export function write(task: TaskStruct, fd: number, data: Uint8Array): Task<void> {
  const description = task.files.get(fd);
  charge(task, TRANSFER_STEPS + data.length * description.stepsPerByte);
  if (owes(task)) return writeOn(task, description, data, 0, true);
  if (data.length === 0) return DONE;
  const count = writeSome(task, description, data, 0);
  return count === data.length && task.fatal === undefined ? DONE : writeOn(task, description, data, count, false);
}

/** Goes on with a write that has to wait, for its turn or for room. */
function* writeOn(
  task: TaskStruct,
  description: FileDescription,
  data: Uint8Array,
  written: number,
  preempted: boolean,
): Task<void> {
  let offset = written;
  if (preempted) yield PREEMPTED;
  else if (task.fatal !== undefined) yield NEVER;
  else if (written === 0) yield* roomFor(description, 0);
  while (offset < data.length) {
    const count = writeSome(task, description, data, offset);
    if (task.fatal !== undefined) yield NEVER;
    offset += count;
    if (offset >= data.length) return;
    if (count === 0) yield* roomFor(description, offset);
  }
}

function* roomFor(description: FileDescription, offset: number): Task<void> {
  try {
    yield description.writeQueue!;
  } catch (error) {
    // Having written a part, a program goes on with the rest after its signal handler has run.
    if (offset === 0) throw error;
  }
}

function writeSome(task: TaskStruct, description: FileDescription, data: Uint8Array, offset: number): number {
  try {
    return description.write(data, offset);
  } catch (error) {
    if (error instanceof Errno && error.code === 'EPIPE') sendSignal(task, 'PIPE', false);
    if (task.fatal !== undefined) return 0;
    throw error;
  }
}

export function seek(task: TaskStruct, fd: number, offset: number, whence: 'set' | 'current' | 'end'): number {
  return task.files.get(fd).seek(offset, whence);
}

export function fstat(task: TaskStruct, fd: number): Stat {
  return task.files.get(fd).stat();
}

export function truncate(task: TaskStruct, fd: number, size: number): void {
  task.files.get(fd).truncate(size);
}

export function ioctl(task: TaskStruct, fd: number, request: object): object {
  return task.files.get(fd).ioctl(request, { hostPid: task.hostPid, command: task.argv[0] ?? '' });
}

/** poll(2) for reading. */
export function* poll(
  task: TaskStruct,
  fds: readonly number[],
  timeoutMs: number | undefined,
): Task<readonly number[]> {
  const { sim } = task.kernel;
  charge(task, TRANSFER_STEPS);
  if (owes(task)) yield PREEMPTED;
  const descriptions = fds.map((fd) => task.files.get(fd));
  const deadlineMs = timeoutMs === undefined ? Number.POSITIVE_INFINITY : sim.nowMs + timeoutMs;
  for (;;) {
    const ready = fds.filter((_, index) => descriptions[index]!.readable);
    if (ready.length > 0 || (timeoutMs !== undefined && sim.nowMs >= deadlineMs)) return ready;
    yield* waitFor(anyReadable(task, descriptions, deadlineMs));
  }
}

function anyReadable(task: TaskStruct, descriptions: readonly FileDescription[], deadlineMs: number): Wait<void> {
  const { sim, label } = task.kernel;
  return {
    start: (resume) => {
      const cancels: (() => void)[] = [];
      const done = () => {
        for (const cancel of cancels) cancel();
        resume();
      };
      for (const { readQueue } of descriptions) if (readQueue !== undefined) cancels.push(readQueue.start(done));
      if (deadlineMs !== Number.POSITIVE_INFINITY) {
        const timer = sim.schedule(deadlineMs - sim.nowMs, label, done);
        cancels.push(() => timer.cancel());
      }
      return () => {
        for (const cancel of cancels) cancel();
      };
    },
  };
}

/** See cpu-charge.ts. */
export function compute(task: TaskStruct, steps: number): Task<void> {
  charge(task, steps);
  return payIfDue(task);
}

export function computeFor(task: TaskStruct, cpuMs: number): Task<void> {
  chargeTime(task, cpuMs);
  return payIfDue(task);
}

function payIfDue(task: TaskStruct): Task<void> {
  if (task.fatal !== undefined) return waitFor<void>(NEVER as Wait<void>);
  return owes(task) ? waitFor<void>(PREEMPTED as Wait<void>) : DONE;
}

export function sleep(task: TaskStruct, durationMs: number): Task<void> {
  const { sim, label } = task.kernel;
  return waitFor<void>({
    start: (resume) => {
      const timer = sim.schedule(Number.isFinite(durationMs) ? durationMs : MAX_SLEEP_MS, label, () => resume());
      return () => timer.cancel();
    },
  });
}

/** `sleep infinity` wakes up after all that anyone simulates. */
const MAX_SLEEP_MS = 2 ** 53;
