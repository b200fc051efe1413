import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { WaitStatus } from '../syscalls.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import { charge, owes } from './cpu-charge.ts';
import type { TaskStruct } from './kernel.ts';
import { reap } from './lifecycle.ts';
import { PREEMPTED } from './wake.ts';

export interface WaitOptions {
  readonly noHang?: boolean;
  readonly stopped?: boolean;
}

/** waitpid(2). */
export function* waitpid(
  task: TaskStruct,
  pid: number,
  options: WaitOptions = {},
): Task<{ pid: number; status: WaitStatus } | undefined> {
  charge(task, 1);
  if (owes(task)) yield PREEMPTED;
  for (;;) {
    const changed = findChanged(task, pid, options);
    if (changed !== undefined || options.noHang) return changed;
    task.childQueue ??= new WaitQueue();
    yield task.childQueue;
  }
}

/** The first matching child that has changed. Throws ECHILD when no child could ever match, to whoever would wait for one. */
function findChanged(
  task: TaskStruct,
  pid: number,
  options: WaitOptions,
): { pid: number; status: WaitStatus } | undefined {
  const namespace = task.pidNamespace;
  let any = false;
  for (const child of task.children ?? []) {
    const number = namespace.numberOf(child.pid);
    if (!matches(task, child, pid, number)) continue;
    any = true;
    if (child.state === 'zombie') {
      const status = child.status!;
      reap(child);
      return { pid: number, status };
    }
    if (options.stopped && child.stopReported !== undefined) {
      const signal = child.stopReported;
      child.stopReported = undefined;
      return { pid: number, status: { kind: 'stopped', signal } };
    }
  }
  if (!any && options.noHang !== true) throw new Errno('ECHILD');
  return undefined;
}

function matches(task: TaskStruct, child: TaskStruct, pid: number, number: number): boolean {
  if (pid === -1) return true;
  if (pid > 0) return number === pid;
  if (pid === 0) return child.group === task.group;
  return task.pidNamespace.numberOf(child.group) === -pid;
}
