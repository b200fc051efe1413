import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { Terminal } from '../tty/terminal.ts';
import { TerminalSlave } from '../tty/terminal-slave.ts';
import type { TaskStruct } from './kernel.ts';
import { signalGroup } from './lifecycle.ts';
import { groupOf } from './spawn.ts';
import { NEVER, PREEMPTED } from './wake.ts';

// Terminals.

function terminalOf(task: TaskStruct, fd: number): Terminal {
  const description = task.files.get(fd);
  if (!(description instanceof TerminalSlave)) throw new Errno('ENOTTY');
  return description.terminal;
}

export function isTerminal(task: TaskStruct, fd: number): boolean {
  return task.files.has(fd) && task.files.get(fd) instanceof TerminalSlave;
}

export function windowSize(task: TaskStruct, fd: number): { columns: number; rows: number } {
  const { columns, rows } = terminalOf(task, fd);
  return { columns, rows };
}

export function setWindowSize(task: TaskStruct, fd: number, columns: number, rows: number): void {
  terminalOf(task, fd).resize(columns, rows);
}

export function setTerminalMode(task: TaskStruct, fd: number, mode: 'cooked' | 'raw'): void {
  terminalOf(task, fd).setMode(mode);
}

export function foregroundGroup(task: TaskStruct, fd: number): number {
  const { foreground } = terminalOf(task, fd);
  return foreground === undefined ? 0 : task.pidNamespace.numberOf(foreground);
}

export function setForegroundGroup(task: TaskStruct, fd: number, processGroup: number): void {
  const terminal = terminalOf(task, fd);
  if (task.terminal !== terminal || terminal.session !== task.session) throw new Errno('ENOTTY');
  terminal.foreground = groupOf(task, processGroup);
}

/** A background group that reads from its terminal is stopped by SIGTTIN. */
export function* requireForeground(task: TaskStruct, terminal: Terminal): Task<void> {
  while (task.terminal === terminal && terminal.foreground !== undefined && terminal.foreground !== task.group) {
    if (task.actions?.get('TTIN') === 'ignore') throw new Errno('EIO');
    signalGroup(task, task.group, 'TTIN');
    if (task.fatal !== undefined) yield NEVER;
    // An orphaned group is not stopped, it gets an error.
    if (!task.stopped) throw new Errno('EIO');
    yield PREEMPTED;
  }
}
