import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { Terminal } from '../tty/terminal.ts';
import { TerminalMaster } from '../tty/terminal-master.ts';
import type { TerminalSettings } from '../tty/terminal-settings.ts';
import { TerminalSlave } from '../tty/terminal-slave.ts';
import { DeviceInode } from '../vfs/inode.ts';
import type { Kernel, TaskStruct } from './kernel.ts';
import { signalGroup } from './lifecycle.ts';
import { groupOf } from './spawn.ts';
import { NEVER, PREEMPTED } from './wake.ts';

// Terminals.

/** A new pseudo-terminal, with a node under /dev/pts. */
export function newTerminal(kernel: Kernel, columns: number, rows: number): Terminal {
  let number = 0;
  while (kernel.terminals.has(number)) number += 1;
  const terminal = new Terminal({
    number,
    columns,
    rows,
    signalGroup: (group, signal) => signalGroup(kernel.init, group, signal),
  });
  terminal.inode = new DeviceInode(kernel.anonymous, { mode: 0o620, uid: 0, gid: 5 }, 'character', [136, number]);
  kernel.terminals.set(number, terminal);
  return terminal;
}

export function forgetTerminal(kernel: Kernel, terminal: Terminal): void {
  if (kernel.terminals.get(terminal.number) === terminal) kernel.terminals.delete(terminal.number);
}

/** openpty(3) */
export function openTerminal(task: TaskStruct, columns: number, rows: number): { master: number; slave: number } {
  const { kernel, files } = task;
  const terminal = newTerminal(kernel, columns, rows);
  terminal.inode.uid = task.credentials.uid;
  const master = files.add(new TerminalMaster(terminal, () => forgetTerminal(kernel, terminal)));
  try {
    return { master, slave: files.add(new TerminalSlave(terminal)) };
  } catch (error) {
    files.close(master);
    throw error;
  }
}

/** ioctl(TIOCSCTTY): for the leader of a session that has no terminal yet. */
export function takeTerminal(task: TaskStruct, fd: number): void {
  const terminal = terminalOf(task, fd);
  if (task.session !== task.pid || task.terminal !== undefined || terminal.session !== undefined)
    throw new Errno('EPERM');
  task.terminal = terminal;
  terminal.session = task.session;
  terminal.foreground = task.group;
}

export function terminalSettings(task: TaskStruct, fd: number): TerminalSettings {
  return terminalOf(task, fd).settings;
}

export function setTerminalSettings(task: TaskStruct, fd: number, settings: Partial<TerminalSettings>): void {
  const terminal = terminalOf(task, fd);
  terminal.setSettings({ ...terminal.settings, ...settings });
}

function terminalOf(task: TaskStruct, fd: number): Terminal {
  const description = task.files.get(fd);
  if (description instanceof TerminalSlave || description instanceof TerminalMaster) return description.terminal;
  throw new Errno('ENOTTY');
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
