import type { Task } from '../../sim/index.ts';
import { signalNamed } from '../shell/traps.ts';
import { print, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { getOptions } from './options.ts';
import { listProcesses } from './process-list.ts';
import { errnoOf, type Flavour, program } from './program.ts';

/** How a process has a file: its working directory, its root, its program, or open. */
type Access = 'c' | 'r' | 'e' | '';

/**
 * Which processes have a file open, or a port: `fuser 80/tcp`. The names go to standard error and the numbers to
 * standard output, as psmisc does it. https://man7.org/linux/man-pages/man1/fuser.1.html
 */
export const fuser = program(function* (process, args, flavour) {
  const signals = args.filter((word) => /^-([A-Z]{2,}[12]?|\d+)$/.test(word));
  const options = getOptions(
    args.filter((word) => !signals.includes(word)),
    { letters: 'kmvsuain:46', long: { kill: 'k', verbose: 'v', silent: 's', mount: 'm', namespace: 'n' } },
  );
  if (options.operands.length === 0) {
    yield* printError(process, 'No process specification given\n');
    return 1;
  }
  const space = options.value('n');
  let found = false;
  for (const operand of options.operands) {
    const port = /^(\d+)\/(tcp|udp)$/.exec(space === undefined || space === 'file' ? operand : `${operand}/${space}`);
    let users: ReadonlyMap<number, Access>;
    try {
      users = port === null ? usersOf(process, operand) : socketUsers(process, Number(port[1]), port[2]!);
    } catch (error) {
      yield* printError(process, `Specified filename ${operand} does not exist.\n`);
      errnoOf(error);
      continue;
    }
    if (users.size === 0) continue;
    found = true;
    if (!options.has('s')) yield* show(process, flavour, port === null ? process.realpath(operand) : operand, users);
    if (options.has('k')) for (const pid of users.keys()) kill(process, pid, signals[0]);
  }
  return found ? 0 : 1;
});

function* show(process: Process, flavour: Flavour, name: string, users: ReadonlyMap<number, Access>): Task<void> {
  if (flavour === 'busybox') {
    yield* print(process, `${[...users.keys()].join(' ')}\n`);
    return;
  }
  yield* printError(process, `${name}:`.padEnd(20));
  for (const [pid, access] of users) {
    yield* print(process, ` ${String(pid).padStart(5)}`);
    if (access !== '') yield* printError(process, access);
  }
  yield* printError(process, '\n');
}

function kill(process: Process, pid: number, option = '-KILL'): void {
  const signal = signalNamed(option.slice(1));
  if (pid === process.pid || signal === undefined || signal === 'EXIT') return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    errnoOf(error);
  }
}

function usersOf(process: Process, path: string): ReadonlyMap<number, Access> {
  const { inode, device } = process.stat(path);
  const users = new Map<number, Access>();
  for (const { pid } of listProcesses(process)) {
    const places: [string, Access][] = [
      [`/proc/${pid}/cwd`, 'c'],
      [`/proc/${pid}/root`, 'r'],
      [`/proc/${pid}/exe`, 'e'],
    ];
    for (const fd of descriptorsOf(process, pid)) places.push([`/proc/${pid}/fd/${fd}`, '']);
    for (const [place, access] of places) {
      if (users.has(pid) || !isFile(process, place, inode, device)) continue;
      users.set(pid, access);
    }
  }
  return users;
}

function isFile(process: Process, path: string, inode: number, device: number): boolean {
  try {
    const stat = process.stat(path);
    return stat.inode === inode && stat.device === device;
  } catch (error) {
    errnoOf(error);
    return false;
  }
}

function socketUsers(process: Process, port: number, protocol: string): ReadonlyMap<number, Access> {
  const inodes = new Set(
    process
      .sockets()
      .filter((socket) => socket.protocol === protocol && socket.local.port === port)
      .map(({ inode }) => `socket:[${inode}]`),
  );
  const users = new Map<number, Access>();
  for (const { pid } of listProcesses(process)) {
    for (const fd of descriptorsOf(process, pid)) {
      if (inodes.has(linkOf(process, `/proc/${pid}/fd/${fd}`))) users.set(pid, '');
    }
  }
  return users;
}

function descriptorsOf(process: Process, pid: number): readonly string[] {
  try {
    return process.readdir(`/proc/${pid}/fd`).map(({ name }) => name);
  } catch (error) {
    errnoOf(error);
    return [];
  }
}

function linkOf(process: Process, path: string): string {
  try {
    return process.readlink(path);
  } catch (error) {
    errnoOf(error);
    return '';
  }
}
