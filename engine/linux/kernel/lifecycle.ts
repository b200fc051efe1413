import type { Signal } from '../signal.ts';
import type { WaitStatus } from '../syscalls.ts';
import type { TaskStruct } from './kernel.ts';
import type { Pid } from './pid-namespace.ts';
import { continueTask, interruptTask } from './wake.ts';

// Signals and the end of processes: each brings about the other, so they share a file.

const IGNORED_BY_DEFAULT: ReadonlySet<Signal> = new Set(['CHLD', 'URG', 'WINCH', 'CONT']);
const STOPS_BY_DEFAULT: ReadonlySet<Signal> = new Set(['STOP', 'TSTP', 'TTIN', 'TTOU']);

/**
 * Sends a signal. https://man7.org/linux/man-pages/man7/signal.7.html
 * @param fromAbove whether the sender is in an ancestor of the pid namespace: only then does PID 1 obey KILL and STOP.
 */
export function sendSignal(task: TaskStruct, signal: Signal, fromAbove: boolean): void {
  if (!task.alive) return;
  const action = task.actions?.get(signal) ?? 'default';
  if (signal === 'CONT') resumeStopped(task); // Whatever is done about it otherwise.
  if (isInit(task) && action !== 'catch' && !(fromAbove && (signal === 'KILL' || signal === 'STOP'))) return;
  if (task === task.kernel.init) return;
  if (signal === 'KILL') {
    terminate(task, { kind: 'signaled', signal });
    return;
  }
  if (signal === 'STOP') {
    stop(task, signal);
    return;
  }
  if (action === 'ignore') return;
  if (task.stopped) {
    task.deferred ??= [];
    if (!task.deferred.includes(signal)) task.deferred.push(signal);
    return;
  }
  if (action === 'catch') {
    task.caught ??= [];
    if (!task.caught.includes(signal)) task.caught.push(signal);
    interruptTask(task);
    return;
  }
  if (IGNORED_BY_DEFAULT.has(signal)) return;
  if (STOPS_BY_DEFAULT.has(signal)) {
    // Nobody could continue a process of an orphaned group, so a terminal's stop signals do not stop it.
    if (!isOrphaned(task)) stop(task, signal);
    return;
  }
  terminate(task, { kind: 'signaled', signal });
}

/** All members of a process group. */
function groupMembers(task: TaskStruct, group: Pid): TaskStruct[] {
  return [...task.kernel.tasks].filter((member) => member.group === group && member.alive);
}

export function signalGroup(anyTask: TaskStruct, group: Pid, signal: Signal): void {
  for (const member of groupMembers(anyTask, group)) sendSignal(member, signal, false);
}

/** Ends a process wherever it is. If it is the one running, it ends when it yields. */
export function terminate(task: TaskStruct, status: WaitStatus): void {
  if (task.kernel.current === task) task.fatal ??= status;
  else exitTask(task, status);
}

/** The end of a process: everything it held is given back, the parent is told. */
export function exitTask(task: TaskStruct, status: WaitStatus): void {
  if (!task.alive) return;
  const { kernel } = task;
  task.state = 'zombie';
  task.status = status;
  task.cancelWait?.();
  task.cancelWait = undefined;
  unwind(task);
  task.files.closeAll();
  setMemory(task, 0);
  task.stopped = false;
  const namespace = task.pidNamespace;
  if (namespace.init === task) {
    namespace.closed = true;
    for (const member of [...namespace.members.values()]) {
      if (member !== task) terminate(member, { kind: 'signaled', signal: 'KILL' });
    }
  }
  leaveTerminal(task);
  abandonChildren(task);
  const { onExit } = task;
  if (onExit !== undefined) kernel.sim.schedule(0, kernel.label, () => onExit(status));
  tellParent(task);
}

/** Takes a zombie out of the process table. */
export function reap(task: TaskStruct): void {
  task.state = 'dead';
  const { parent } = task;
  if (parent !== undefined) {
    forgetChild(parent, task);
    parent.burst = Math.max(parent.burst, task.burst);
  }
  task.pidNamespace.remove(task.pid);
  task.cgroup.addProcesses(-1);
}

function forgetChild({ children }: TaskStruct, child: TaskStruct): void {
  if (children === undefined) return;
  const at = children.indexOf(child);
  if (at === children.length - 1) children.pop();
  else if (at >= 0) children.splice(at, 1);
}

/** Changes what a process holds, in its cgroup and on the machine. */
export function setMemory(task: TaskStruct, bytes: number): void {
  task.cgroup.addMemory(bytes - task.memoryBytes);
  task.memoryBytes = bytes;
}

function isInit(task: TaskStruct): boolean {
  return task.pidNamespace.init === task;
}

/** Runs the `finally` blocks of its program. They may not block: at the first wait they are left alone. */
export function unwind(task: TaskStruct): void {
  const { generator, kernel } = task;
  task.generator = undefined;
  if (generator === undefined) return;
  const outer = kernel.current;
  kernel.current = task;
  try {
    generator.return(0);
  } catch {
    // A system call that failed while cleaning up.
  }
  kernel.current = outer;
}

function stop(task: TaskStruct, signal: Signal): void {
  if (task.stopped) return;
  task.stopped = true;
  task.stopReported = signal;
  const { parent } = task;
  if (parent === undefined) return;
  sendSignal(parent, 'CHLD', false);
  parent.childQueue?.wake();
}

function resumeStopped(task: TaskStruct): void {
  if (!task.stopped) return;
  task.stopped = false;
  task.stopReported = undefined;
  const deferred = task.deferred ?? [];
  task.deferred = undefined;
  continueTask(task);
  for (const signal of deferred) sendSignal(task, signal, true);
}

/** Without a parent in the same session but another group there is no shell that would continue the group. */
function isOrphaned(task: TaskStruct): boolean {
  for (const member of task.kernel.tasks) {
    if (member.group !== task.group || !member.alive) continue;
    const { parent } = member;
    if (parent !== undefined && parent.session === task.session && parent.group !== task.group) return false;
  }
  return true;
}

/** When a session leader ends, its terminal is free again and the foreground group gets HUP. */
function leaveTerminal(task: TaskStruct): void {
  const { terminal } = task;
  if (terminal === undefined || task.session !== task.pid) return;
  const { foreground } = terminal;
  terminal.session = undefined;
  terminal.foreground = undefined;
  for (const member of task.kernel.tasks) if (member.session === task.session) member.terminal = undefined;
  if (foreground !== undefined) signalGroup(task, foreground, 'HUP');
}

function abandonChildren(task: TaskStruct): void {
  const { children } = task;
  if (children === undefined) return;
  task.children = undefined;
  const { init } = task.pidNamespace;
  const adopter = init?.alive ? init : task.kernel.init;
  for (const child of children) {
    child.parent = adopter;
    adopter.children ??= [];
    adopter.children.push(child);
    if (child.state === 'zombie') tellParent(child);
    else if (child.stopped && isOrphaned(child)) {
      sendSignal(child, 'HUP', true);
      sendSignal(child, 'CONT', true);
    }
  }
}

function tellParent(task: TaskStruct): void {
  const { parent } = task;
  // The machine's own init waits for every child at once, as does whoever ignores SIGCHLD.
  if (parent === undefined || parent === task.kernel.init || parent.actions?.get('CHLD') === 'ignore') {
    reap(task);
    parent?.childQueue?.wake();
    return;
  }
  sendSignal(parent, 'CHLD', false);
  parent.childQueue?.wake();
}
