import type { Task } from '../../sim/index.ts';
import { hasCapability } from '../credentials.ts';
import { Errno } from '../errno.ts';
import type { Signal, SignalAction } from '../signal.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import type { TaskStruct } from './kernel.ts';
import { sendSignal, setMemory } from './lifecycle.ts';
import { killForMemory } from './oom.ts';
import { groupOf } from './spawn.ts';
import { TaskTerminated } from './task-terminated.ts';

// Processes and signals.

/** kill(2). */
export function kill(task: TaskStruct, pid: number, signal: Signal | 0): void {
  const targets = killTargets(task, pid);
  if (targets.length === 0) throw new Errno('ESRCH');
  const permitted = targets.filter((target) => maySignal(task, target));
  if (permitted.length === 0) throw new Errno('EPERM');
  if (signal === 0) return;
  for (const target of permitted) sendSignal(target, signal, target.pidNamespace !== task.pidNamespace);
  if (task.fatal !== undefined && task.kernel.current === task) throw new TaskTerminated();
}

function killTargets(task: TaskStruct, pid: number): TaskStruct[] {
  const namespace = task.pidNamespace;
  if (pid > 0) {
    const target = namespace.members.get(pid);
    return target === undefined ? [] : [target];
  }
  const members = [...namespace.members.values()];
  if (pid === -1) return members.filter((member) => member !== task && member !== namespace.init && member.alive);
  if (pid === 0) return members.filter((member) => member.group === task.group && member.alive);
  return members.filter((member) => namespace.numberOf(member.group) === -pid && member.alive);
}

function maySignal(task: TaskStruct, target: TaskStruct): boolean {
  return task.credentials.uid === target.credentials.uid || hasCapability(task.credentials, 'CAP_KILL');
}

export function setSignalAction(task: TaskStruct, signal: Signal, action: SignalAction): void {
  if (signal === 'KILL' || signal === 'STOP') throw new Errno('EINVAL');
  if (action === 'default') task.actions?.delete(signal);
  else {
    task.actions ??= new Map();
    task.actions.set(signal, action);
  }
}

export function signalAction(task: TaskStruct, signal: Signal): SignalAction {
  return task.actions?.get(signal) ?? 'default';
}

const NO_SIGNALS: readonly Signal[] = [];

export function takeSignals(task: TaskStruct): readonly Signal[] {
  const taken = task.caught ?? NO_SIGNALS;
  task.caught = undefined;
  task.signalArrived = false;
  return taken;
}

/** pause(2), except that it returns where the real one fails with EINTR: that is what it waits for. */
export function* pause(task: TaskStruct): Task<void> {
  if (task.caught !== undefined) return;
  try {
    yield new WaitQueue();
  } catch (error) {
    if (!(error instanceof Errno && error.code === 'EINTR')) throw error;
  }
}

export function setProcessGroup(task: TaskStruct, pid: number, processGroup: number): void {
  const target = pid === 0 ? task : task.pidNamespace.members.get(pid);
  if (target === undefined || (target !== task && target.parent !== task)) throw new Errno('ESRCH');
  if (target.session !== task.session || target.session === target.pid) throw new Errno('EPERM');
  const number = processGroup === 0 ? task.pidNamespace.numberOf(target.pid) : processGroup;
  target.group = number === task.pidNamespace.numberOf(target.pid) ? target.pid : groupOf(task, number);
}

export function setSession(task: TaskStruct): number {
  if (task.group === task.pid) throw new Errno('EPERM');
  task.session = task.pid;
  task.group = task.pid;
  task.terminal = undefined;
  return task.pidNamespace.numberOf(task.pid);
}

export function declareMemory(task: TaskStruct, bytes: number): void {
  if (!(bytes >= 0)) throw new Errno('EINVAL');
  setMemory(task, bytes);
  killForMemory(task);
  if (task.fatal !== undefined && task.kernel.current === task) throw new TaskTerminated();
}
