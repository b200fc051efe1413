import type { Wait } from '../../sim/index.ts';
import { charge, forgive, owes } from './cpu-charge.ts';
import type { Kernel, TaskStruct } from './kernel.ts';

/** Yielded by a process whose quantum is used up. Signals do not interrupt it. */
export const PREEMPTED: Wait<unknown> = {
  // Only reached when a system call runs outside the kernel (host.root): nobody is pre-empted there.
  start: () => () => {},
};

/** Yielded by a process that has been told to end: it does not come back. */
export const NEVER: Wait<unknown> = { start: () => () => {} };

/** Lets a new task run for the first time. */
export function startTask(task: TaskStruct): void {
  task.state = 'runnable';
  payThenQueue(task);
}

/**
 * Makes a blocked task runnable. All that become runnable in the same instant run in one event, each once, in the
 * order in which they were woken.
 */
export function wakeTask(task: TaskStruct, value: unknown): void {
  if (task.state !== 'sleeping') return;
  task.waitSequence += 1;
  task.cancelWait = undefined;
  task.state = 'runnable';
  task.resumeValue = value;
  forgive(task, task.kernel.sim.nowMs - task.blockedSinceMs);
  charge(task, 1);
  if (!task.stopped) payThenQueue(task);
}

/** Ends a wait that a caught signal interrupts. */
export function interruptTask(task: TaskStruct): void {
  if (task.state !== 'sleeping') {
    task.signalArrived = true;
    return;
  }
  task.cancelWait?.();
  task.interrupted = true;
  wakeTask(task, undefined);
}

/** After SIGCONT: what woke it in the meantime takes effect now. */
export function continueTask(task: TaskStruct): void {
  if (task.state === 'runnable') payThenQueue(task);
}

/** Queues it, after the CPU time that it owes for computing. */
export function payThenQueue(task: TaskStruct): void {
  const { kernel } = task;
  if (!owes(task)) {
    enqueue(kernel, task);
    return;
  }
  task.cancelWait?.();
  const sequence = ++task.waitSequence;
  const { debtMs } = task;
  task.debtMs = 0;
  task.cancelWait = kernel.cpu.submit(task, debtMs, () => {
    task.cancelWait = undefined;
    if (task.state === 'runnable' && task.waitSequence === sequence && !task.stopped) enqueue(kernel, task);
  });
}

function enqueue(kernel: Kernel, task: TaskStruct): void {
  kernel.runQueue.push(task);
  if (!kernel.dispatchScheduled) kernel.scheduleDispatch();
}
