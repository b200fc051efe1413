import type { Task } from '../../sim/index.ts';
import { formatDate } from '../date-format.ts';
import { Regex } from '../regex.ts';
import { SIGNALS_BY_NUMBER, signalNamed } from '../shell/traps.ts';
import { type Signal, signalExitCode } from '../signal.ts';
import { decode, fail, print, printError, programName } from '../stdio.ts';
import type { Process, WaitStatus } from '../syscalls.ts';
import { readAccounts } from './accounts.ts';
import { findInPath } from './identity.ts';
import { humanSize } from './ls.ts';
import { NAMESPACE_FLAGS } from './namespace-flags.ts';
import { getOptions } from './options.ts';
import { listProcesses, memoryInfo, readProcess, uptimeMs } from './process-list.ts';
import { errnoOf, program, Usage } from './program.ts';
import { durationMs } from './time.ts';

/** Takes `-9`, `-TERM`, `-s TERM` off the arguments. Throws Usage. */
function takeSignal(args: readonly string[]): { signal: Signal | 0; rest: readonly string[] } {
  let name = 'TERM';
  const rest = [...args];
  const first = rest[0];
  if (first === '-s') {
    name = rest[1] ?? '';
    rest.splice(0, 2);
  } else if (first !== undefined && /^-(\d+|[A-Z]{2,}\d?)$/.test(first)) {
    name = first.slice(1);
    rest.shift();
  }
  const signal = name === '0' ? 0 : signalNamed(name);
  if (signal === undefined || signal === 'EXIT') throw new Usage(`bad signal name '${name}'`);
  return { signal, rest };
}

export const kill = program(function* (process, args) {
  if (args[0] === '-l') {
    yield* print(
      process,
      [...SIGNALS_BY_NUMBER].map(([number, name]) => `${String(number).padStart(2)}) ${name}\n`).join(''),
    );
    return 0;
  }
  const { signal, rest } = takeSignal(args);
  if (rest.length === 0) return yield* fail(process, 'you need to specify whom to kill');
  let exitCode = 0;
  for (const word of rest.filter((argument) => argument !== '--')) {
    try {
      if (!/^-?\d+$/.test(word)) {
        exitCode = yield* fail(process, `invalid number '${word}'`);
        continue;
      }
      process.kill(Number(word), signal);
    } catch (error) {
      exitCode = yield* fail(process, `can't kill pid ${word}: ${errnoOf(error).message}`);
    }
  }
  return exitCode;
});

export const killall = program(function* (process, args) {
  const { signal, rest } = takeSignal(args);
  const names = rest.filter((argument) => argument !== '-q');
  if (names.length === 0) throw new Usage();
  let exitCode = 0;
  for (const name of names) {
    const found = listProcesses(process).filter(
      (listed) =>
        listed.pid !== process.pid &&
        (listed.name === name || listed.command.split(' ')[0]!.split('/').at(-1) === name),
    );
    if (found.length === 0) exitCode = rest.includes('-q') ? 1 : yield* fail(process, `${name}: no process killed`);
    for (const { pid } of found) yield* tryKill(process, pid, signal);
  }
  return exitCode;
});

function* tryKill(process: Process, pid: number, signal: Signal | 0): Task<void> {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code, message } = errnoOf(error);
    if (code !== 'ESRCH') yield* printError(process, `${programName(process)}: can't kill pid ${pid}: ${message}\n`);
  }
}

/** pgrep and pkill. */
export const pgrep = program(function* (process, args) {
  const kills = programName(process) === 'pkill';
  const { signal, rest } = kills ? takeSignal(args) : { signal: 'TERM' as const, rest: args };
  const options = getOptions(rest, { letters: 'flaxonvu:P:cs:' });
  const pattern = options.operands[0];
  if (pattern === undefined && !options.has('P') && !options.has('u')) throw new Usage();
  const regex = new Regex(options.has('x') ? `^(${pattern ?? ''})$` : (pattern ?? ''), { extended: true });
  const parent = options.value('P');
  const user = options.value('u');
  const uid = user === undefined ? undefined : readAccounts(process).uid(user);
  let found = listProcesses(process).filter((listed) => {
    if (
      listed.pid === process.pid ||
      (parent !== undefined && listed.parentPid !== Number(parent)) ||
      (uid !== undefined && listed.uid !== uid)
    )
      return false;
    return regex.test(options.has('f') ? listed.command : listed.name) !== options.has('v');
  });
  if (options.has('n')) found = found.slice(-1);
  else if (options.has('o')) found = found.slice(0, 1);
  if (kills) for (const { pid } of found) yield* tryKill(process, pid, signal);
  else if (options.has('c')) yield* print(process, `${found.length}\n`);
  else
    for (const { pid, name, command } of found)
      yield* print(process, `${pid}${options.has('a') ? ` ${command}` : options.has('l') ? ` ${name}` : ''}\n`);
  return found.length > 0 ? 0 : 1;
});

export const free = program(function* (process, args) {
  const options = getOptions(args, { letters: 'bkmgh' });
  const { totalKiB, freeKiB } = memoryInfo(process);
  const unit = options.has('b') ? 1 / 1024 : options.has('m') ? 1024 : options.has('g') ? 1024 ** 2 : 1;
  const show = (kib: number) =>
    (options.has('h') ? humanSize(kib * 1024) : String(Math.floor(kib / unit))).padStart(12);
  const used = totalKiB - freeKiB;
  yield* print(
    process,
    `${' '.repeat(6)}${['total', 'used', 'free', 'shared', 'buff/cache', 'available'].map((title) => title.padStart(12)).join('')}\n` +
      `Mem:  ${[totalKiB, used, freeKiB, 0, 0, freeKiB].map(show).join('')}\nSwap: ${[0, 0, 0].map(show).join('')}\n`,
  );
  return 0;
});

export function uptimeText(process: Process): string {
  const upMs = uptimeMs(process);
  const days = Math.floor(upMs / 86_400_000);
  const hours = Math.floor(upMs / 3_600_000) % 24;
  const minutes = Math.floor(upMs / 60_000) % 60;
  const up = `${days > 0 ? `${days} day${days > 1 ? 's' : ''}, ` : ''}${hours > 0 ? `${String(hours).padStart(2)}:${String(minutes).padStart(2, '0')}` : `${minutes} min`}`;
  const load = decode(process.readFile('/proc/loadavg')).split(' ').slice(0, 3).join(', ');
  return ` ${formatDate('%H:%M:%S', process.now())} up ${up},  0 users,  load average: ${load}`;
}

export const uptime = program(function* (process) {
  yield* print(process, `${uptimeText(process)}\n`);
  return 0;
});

export const nproc = program(function* (process) {
  const count = decode(process.readFile('/proc/cpuinfo')).match(/^processor/gm)?.length ?? 1;
  yield* print(process, `${count}\n`);
  return 0;
});

/** Runs a program in namespaces of another process. Without a flag busybox's does nothing; with -a takes all. */
export const nsenter = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 't:muinpUCarwFS:G:',
    long: { target: 't', mount: 'm', uts: 'u', ipc: 'i', net: 'n', pid: 'p', user: 'U', cgroup: 'C', all: 'a' },
    inOrder: true,
  });
  const target = Number(options.value('t'));
  if (!Number.isInteger(target) || target < 1) throw new Usage('no target PID specified');
  if (readProcess(process, target) === undefined)
    return yield* fail(process, `can't open '/proc/${target}/ns/net': No such file or directory`);
  const kinds = Object.entries(NAMESPACE_FLAGS)
    .filter(([letter]) => options.has('a') || options.has(letter))
    .map(([, kind]) => kind);
  process.setNamespaces(target, kinds);
  const argv = options.operands.length > 0 ? options.operands : [process.env['SHELL'] ?? '/bin/sh'];
  return yield* runAndWait(process, argv);
});

/** Starts a command in a child; undefined after it has been complained of, with the exit code. */
function* startCommand(process: Process, argv: readonly string[]): Task<{ pid: number } | { exitCode: number }> {
  const path = findInPath(process, argv[0]!, process.env['PATH']);
  if (path === undefined) {
    return { exitCode: yield* fail(process, `can't execute '${argv[0]}': No such file or directory`, 127) };
  }
  try {
    return { pid: process.spawn({ path, argv }) };
  } catch (error) {
    const { code, message } = errnoOf(error);
    return { exitCode: yield* fail(process, `can't execute '${argv[0]}': ${message}`, code === 'ENOENT' ? 127 : 126) };
  }
}

function exitCodeOf(ended: { status: WaitStatus } | undefined): number {
  if (ended === undefined) return 1;
  return ended.status.kind === 'exited' ? ended.status.code : signalExitCode(ended.status.signal);
}

/** Starts a command and waits for it; the exit code is what a shell would show. */
export function* runAndWait(process: Process, argv: readonly string[]): Task<number> {
  const started = yield* startCommand(process, argv);
  return 'pid' in started ? exitCodeOf(yield* process.waitpid(started.pid)) : started.exitCode;
}

/** How often a command with a time limit is looked at. */
const WATCH_MS = 10;

export const timeout = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 's:k:', inOrder: true, long: { signal: 's', 'kill-after': 'k' } });
  const limit = durationMs(options.operands[0] ?? '');
  const argv = options.operands.slice(1);
  if (limit === undefined || argv.length === 0) throw new Usage(undefined, flavour === 'gnu' ? 125 : 1);
  const signal = signalNamed(options.value('s') ?? 'TERM') ?? 'TERM';
  const started = yield* startCommand(process, argv);
  if (!('pid' in started)) return started.exitCode;
  const deadline = process.now() + (limit === 0 ? Number.POSITIVE_INFINITY : limit);
  // SIGCHLD ends the sleep early.
  process.setSignalAction('CHLD', 'catch');
  for (;;) {
    const ended = yield* process.waitpid(started.pid, { noHang: true });
    if (ended !== undefined) return exitCodeOf(ended);
    if (process.now() >= deadline) break;
    try {
      yield* process.sleep(Math.min(deadline - process.now(), 86_400_000));
    } catch (error) {
      if (errnoOf(error).code !== 'EINTR') throw error;
    }
    process.takeSignals();
  }
  process.setSignalAction('CHLD', 'default');
  yield* tryKill(process, started.pid, signal === 'EXIT' ? 'TERM' : signal);
  const killAfter = durationMs(options.value('k') ?? '');
  if (killAfter !== undefined) {
    const last = process.now() + killAfter;
    while (process.now() < last && (yield* process.waitpid(started.pid, { noHang: true })) === undefined)
      yield* process.sleep(WATCH_MS);
    yield* tryKill(process, started.pid, 'KILL');
  }
  const ended = killAfter === undefined ? yield* process.waitpid(started.pid) : undefined;
  return flavour === 'gnu' || ended === undefined ? 124 : exitCodeOf(ended);
});

export const nohup = program(function* (process, args) {
  if (args.length === 0) throw new Usage();
  process.setSignalAction('HUP', 'ignore');
  const path = findInPath(process, args[0]!, process.env['PATH']);
  if (path === undefined) return yield* fail(process, `can't execute '${args[0]}': No such file or directory`, 127);
  return yield* process.exec(path, args, process.env);
});

export const lsns = program(function* (process, args) {
  const options = getOptions(args, { letters: 't:p:l', long: { type: 't', task: 'p' } });
  const rows = new Map<
    string,
    { inode: string; type: string; count: number; pid: number; uid: number; command: string }
  >();
  for (const { pid, uid, command } of listProcesses(process)) {
    if (options.has('p') && pid !== Number(options.value('p'))) continue;
    for (const type of ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts']) {
      const inode = namespaceInode(process, pid, type);
      if (inode === undefined || (options.has('t') && options.value('t') !== type)) continue;
      const row = rows.get(`${type}${inode}`);
      if (row === undefined) rows.set(`${type}${inode}`, { inode, type, count: 1, pid, uid, command });
      else row.count += 1;
    }
  }
  const accounts = readAccounts(process);
  yield* print(
    process,
    `${'NS'.padStart(10)} ${'TYPE'.padEnd(6)} ${'NPROCS'.padStart(6)} ${'PID'.padStart(5)} ${'USER'.padEnd(8)} COMMAND\n`,
  );
  for (const { inode, type, count, pid, uid, command } of [...rows.values()].sort(
    (a, b) => Number(a.inode) - Number(b.inode),
  )) {
    yield* print(
      process,
      `${inode.padStart(10)} ${type.padEnd(6)} ${String(count).padStart(6)} ${String(pid).padStart(5)} ${accounts.userName(uid).padEnd(8)} ${command}\n`,
    );
  }
  return 0;
});

function namespaceInode(process: Process, pid: number, type: string): string | undefined {
  try {
    return /\[(\d+)\]/.exec(process.readlink(`/proc/${pid}/ns/${type}`))?.[1];
  } catch (error) {
    errnoOf(error);
    return undefined;
  }
}
