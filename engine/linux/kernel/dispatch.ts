import type { Wait } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { WaitStatus } from '../syscalls.ts';
import type { Kernel, TaskStruct } from './kernel.ts';
import { exitTask } from './lifecycle.ts';
import { TaskTerminated } from './task-terminated.ts';
import { PREEMPTED, payThenQueue, wakeTask } from './wake.ts';

/** Runs each runnable task once; whatever they wake runs in the next event. */
export function dispatch(kernel: Kernel): void {
  const batch = kernel.runQueue;
  kernel.runQueue = kernel.spareQueue;
  kernel.dispatchScheduled = false;
  for (let at = 0; at < batch.length; at++) {
    const task = batch[at]!;
    if (task.state === 'runnable' && !task.stopped) resume(task);
  }
  // Emptied one by one, it keeps its room for the next time.
  while (batch.length > 0) batch.pop();
  kernel.spareQueue = batch;
}

function resume(task: TaskStruct): void {
  const { kernel } = task;
  const generator = task.generator!;
  const value = task.resumeValue;
  task.resumeValue = undefined;
  task.state = 'running';
  kernel.current = task;
  let ended: WaitStatus | undefined;
  let wait: Wait<unknown> | undefined;
  try {
    let step: IteratorResult<Wait<unknown>, number>;
    if (task.interrupted) {
      task.interrupted = false;
      task.signalArrived = false;
      step = generator.throw(new Errno('EINTR'));
    } else {
      step = generator.next(value);
    }
    if (step.done) ended = { kind: 'exited', code: step.value & 0xff };
    else wait = step.value;
  } catch (error) {
    ended = endedByError(task, error);
  } finally {
    kernel.current = undefined;
  }
  if (task.state !== 'running') return; // The machine was switched off by what it ran.
  if (task.fatal !== undefined || ended !== undefined) exitTask(task, task.fatal ?? ended!);
  else {
    try {
      block(task, wait!);
    } catch (error) {
      // What it yielded was nothing to wait for.
      exitTask(task, endedByError(task, error));
    }
  }
}

function block(task: TaskStruct, wait: Wait<unknown>): void {
  task.blockedSinceMs = task.kernel.sim.nowMs;
  task.state = 'sleeping';
  const sequence = ++task.waitSequence;
  if (wait === PREEMPTED) {
    task.state = 'runnable';
    if (!task.stopped) payThenQueue(task);
    return;
  }
  if (task.signalArrived) {
    task.signalArrived = false;
    task.interrupted = true;
    wakeTask(task, undefined);
    return;
  }
  task.cancelWait = wait.start((value) => {
    if (task.waitSequence === sequence) wakeTask(task, value);
  });
}

/** A failed system call that nobody caught ends the program; any other error is a fault of the program's maker. */
function endedByError(task: TaskStruct, error: unknown): WaitStatus {
  if (error instanceof TaskTerminated) return task.fatal ?? { kind: 'exited', code: 0 };
  const name = task.argv[0] ?? '?';
  if (error instanceof Errno) {
    complain(task, `${name}: ${error.message}\n`);
    return { kind: 'exited', code: 1 };
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  task.kernel.sim.record('process.fault', `${task.kernel.name}:${task.hostPid}`, `${name}: ${text}`);
  complain(task, `${name}: internal error: ${text}\n`);
  return { kind: 'exited', code: 70 };
}

function complain(task: TaskStruct, text: string): void {
  try {
    task.files.get(2).write(new TextEncoder().encode(text), 0);
  } catch {
    // Nobody is there to read it.
  }
}
