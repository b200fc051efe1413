import { formatDate } from '../date-format.ts';
import { Errno } from '../errno.ts';
import { decode, fail, print, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { readAccounts } from './accounts.ts';
import { linesOf } from './input.ts';
import { bootTimeMs, type KernelMessage, kernelMessages } from './kernel-messages.ts';
import { getOptions } from './options.ts';
import { listProcesses, memoryInfo } from './process-list.ts';
import { uptimeText } from './process-programs.ts';
import { errnoOf, program, Usage } from './program.ts';

// Programs that show, or turn, the machine's knobs.

function readText(process: Process, path: string): string {
  return decode(process.readFile(path));
}

/** All values below /proc/sys, as `a.b.c`. */
function sysctlNames(process: Process, path: string): string[] {
  return process
    .readdir(path)
    .flatMap(({ name, type }) =>
      type === 'directory' ? sysctlNames(process, `${path}/${name}`) : [`${path}/${name}`],
    );
}

const sysctlName = (path: string) => path.replace('/proc/sys/', '').replaceAll('/', '.');
const sysctlPath = (name: string) => `/proc/sys/${name.replaceAll('.', '/')}`;

export const sysctl = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'anNwpqe', long: { all: 'a', values: 'n', names: 'N', write: 'w' } });
  const show = (name: string) => {
    const value = readText(process, sysctlPath(name)).trimEnd();
    return options.has('N') ? `${name}\n` : options.has('n') ? `${value}\n` : `${name} = ${value}\n`;
  };
  if (options.has('a')) {
    for (const path of sysctlNames(process, '/proc/sys')) yield* print(process, show(sysctlName(path)));
    return 0;
  }
  if (options.operands.length === 0) throw new Usage();
  let exitCode = 0;
  for (const operand of options.operands) {
    const [name, value] = operand.split(/=(.*)/s) as [string, string?];
    try {
      if (value !== undefined) process.writeFile(sysctlPath(name.trim()), value.trim());
      yield* print(process, show(name.trim()));
    } catch (error) {
      exitCode = 1;
      const { code, message } = errnoOf(error);
      const what = value === undefined ? 'reading' : 'setting';
      const text =
        flavour === 'gnu'
          ? code === 'ENOENT'
            ? `sysctl: cannot stat ${sysctlPath(name)}: ${message}`
            : value === undefined
              ? `sysctl: reading key "${name}": ${message}`
              : `sysctl: setting key "${name}": ${message}`
          : `sysctl: error ${what} key '${name}': ${message}`;
      yield* printError(process, `${text}\n`);
    }
  }
  return exitCode;
});

export const dmesg = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'cCkTHwtrl:n:s:',
    long: { ctime: 'T', human: 'H', follow: 'w', notime: 't' },
  });
  let messages: readonly KernelMessage[];
  try {
    messages = yield* kernelMessages(process, bootTimeMs(process));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return yield* fail(process, 'read kernel buffer failed: Operation not permitted');
  }
  for (const { sinceBootMs, timeMs, text } of messages) {
    const stamp = options.has('t')
      ? ''
      : options.has('T')
        ? `[${formatDate('%a %b %e %H:%M:%S %Y', timeMs)}] `
        : `[${(sinceBootMs / 1000).toFixed(6).padStart(12)}] `;
    yield* print(process, `${stamp}${text}\n`);
  }
  return 0;
});

interface MountLine {
  readonly id: string;
  readonly parent: string;
  readonly target: string;
  readonly source: string;
  readonly type: string;
  readonly options: string;
  readonly propagation: string;
}

function mountLines(process: Process): MountLine[] {
  return linesOf(readText(process, '/proc/self/mountinfo')).map((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [id = '', parent = '', , root = '', target = '', options = '', ...tags] = left.split(' ');
    const [type = '', source = ''] = right.split(' ');
    const propagation = tags.some((tag) => tag.startsWith('shared'))
      ? 'shared'
      : tags.some((tag) => tag.startsWith('master'))
        ? 'private,slave'
        : 'private';
    return { id, parent, target, source: root === '/' ? source : `${source}[${root}]`, type, options, propagation };
  });
}

const FIND_COLUMNS: Readonly<Record<string, (line: MountLine) => string>> = {
  TARGET: ({ target }) => target,
  SOURCE: ({ source }) => source,
  FSTYPE: ({ type }) => type,
  OPTIONS: ({ options }) => options,
  PROPAGATION: ({ propagation }) => propagation,
};

export const findmnt = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'lno:t:T:J',
    long: { list: 'l', noheadings: 'n', output: 'o', types: 't', target: 'T' },
  });
  const columns = (options.value('o') ?? 'TARGET,SOURCE,FSTYPE,OPTIONS').toUpperCase().split(',');
  const unknown = columns.find((column) => !Object.hasOwn(FIND_COLUMNS, column));
  if (unknown !== undefined) return yield* fail(process, `unknown column: ${unknown}`);
  const all = mountLines(process);
  const wanted = options.operands[0];
  const holding = options.value('T');
  let chosen = all.filter(({ type }) => !options.has('t') || options.value('t')!.split(',').includes(type));
  if (wanted !== undefined)
    chosen = chosen.filter(({ target, source }) => target === wanted || source === wanted).slice(-1);
  if (holding !== undefined) {
    const path = process.realpath(holding);
    chosen = chosen
      .filter(({ target }) => path === target || path.startsWith(target === '/' ? '/' : `${target}/`))
      .slice(-1);
  }
  if (chosen.length === 0) return 1;
  const tree = wanted === undefined && holding === undefined && !options.has('l') && !options.has('t');
  const rows: string[][] = tree
    ? treeRows(chosen, columns)
    : chosen.map((line) => columns.map((column) => FIND_COLUMNS[column]!(line)));
  if (!options.has('n')) rows.unshift([...columns]);
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index]!)));
    yield* print(process, `${cells.join(' ').trimEnd()}\n`);
  }
  return 0;
});

/** Mounts below the mount they stand on, drawn as a tree. */
function treeRows(lines: readonly MountLine[], columns: readonly string[]): string[][] {
  const rows: string[][] = [];
  const add = (line: MountLine, prefix: string, branch: string): void => {
    rows.push(columns.map((column) => (column === 'TARGET' ? prefix + branch : '') + FIND_COLUMNS[column]!(line)));
    const children = lines.filter(({ parent }) => parent === line.id);
    const below = prefix + (branch === '' ? '' : branch === '└─' ? '  ' : '│ ');
    children.forEach((child, index) => {
      add(child, below, index === children.length - 1 ? '└─' : '├─');
    });
  };
  for (const line of lines) if (!lines.some(({ id }) => id === line.parent)) add(line, '', '');
  return rows;
}

export const pidof = program(function* (process, args) {
  const options = getOptions(args, { letters: 'so:' });
  const pids = listProcesses(process)
    .filter(({ name, command }) =>
      options.operands.some((operand) => operand === name || operand === command.split(' ')[0]),
    )
    .map(({ pid }) => pid)
    .reverse();
  if (pids.length === 0) return 1;
  yield* print(process, `${(options.has('s') ? pids.slice(0, 1) : pids).join(' ')}\n`);
  return 0;
});

/** Who is on a terminal. Nobody logs in on these machines, so there is no utmp to read. */
function sessions(process: Process): { terminal: string; uid: number; startedMs: number; command: string }[] {
  return listProcesses(process)
    .filter(({ pid, session, terminal }) => terminal !== 0 && session === pid)
    .map(({ terminal, uid, startedMs, command }) => ({ terminal: `pts/${terminal & 0xff}`, uid, startedMs, command }));
}

export const who = program(function* (process) {
  const accounts = readAccounts(process);
  const bootMs = process.now() - Number(readText(process, '/proc/uptime').split(' ')[0]) * 1000;
  for (const { terminal, uid, startedMs } of sessions(process)) {
    const since = formatDate('%Y-%m-%d %H:%M', bootMs + startedMs);
    yield* print(process, `${accounts.userName(uid).padEnd(8)} ${terminal.padEnd(12)} ${since}\n`);
  }
  return 0;
});

export const w = program(function* (process) {
  const accounts = readAccounts(process);
  const bootMs = process.now() - Number(readText(process, '/proc/uptime').split(' ')[0]) * 1000;
  yield* print(
    process,
    `${uptimeText(process)}\nUSER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n`,
  );
  for (const { terminal, uid, startedMs, command } of sessions(process)) {
    const login = formatDate('%H:%M', bootMs + startedMs);
    yield* print(
      process,
      `${accounts.userName(uid).padEnd(8)} ${terminal.padEnd(8)} -                ${login}    0.00s  0.00s  0.00s ${command}\n`,
    );
  }
  return 0;
});

export const vmstat = program(function* (process, args) {
  const [delay, count = '1'] = args;
  const rounds = delay === undefined ? 1 : Number(count);
  yield* print(
    process,
    'procs -----------memory---------- ---swap-- -----io---- -system-- -------cpu-------\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st gu\n',
  );
  let before = processorTimes(process);
  for (let round = 0; round < rounds; round++) {
    if (round > 0) yield* process.sleep(Number(delay) * 1000);
    const now = processorTimes(process);
    const spent = round === 0 ? now : { busy: now.busy - before.busy, idle: now.idle - before.idle };
    before = now;
    const busy = Math.round((100 * spent.busy) / Math.max(1, spent.busy + spent.idle));
    const free = memoryInfo(process).freeKiB;
    const running = listProcesses(process).filter(({ state }) => state === 'R').length;
    yield* print(
      process,
      `${String(running).padStart(2)}  0      0 ${String(free).padStart(6)}      0      0    0    0     0     0    0    0 ${String(busy).padStart(2)}  0 ${String(100 - busy).padStart(2)}  0  0  0\n`,
    );
  }
  return 0;
});

function processorTimes(process: Process): { busy: number; idle: number } {
  const [, user, , , idle] = readText(process, '/proc/stat').split('\n')[0]!.split(/\s+/);
  return { busy: Number(user), idle: Number(idle) };
}

export const lsof = program(function* (process, args) {
  const options = getOptions(args, { letters: 'p:u:i:nPt', long: {} });
  const accounts = readAccounts(process);
  const rows: string[] = [];
  for (const { pid, uid, name } of listProcesses(process)) {
    if (options.has('p') && !options.value('p')!.split(',').includes(String(pid))) continue;
    for (const fd of descriptors(process, pid)) {
      const target = linkTarget(process, `/proc/${pid}/fd/${fd}`);
      if (target === undefined || (options.operands.length > 0 && !options.operands.includes(target))) continue;
      const type = target.startsWith('socket:')
        ? 'sock'
        : target.startsWith('pipe:')
          ? 'FIFO'
          : target.startsWith('/dev/')
            ? 'CHR'
            : 'REG';
      rows.push(
        `${name.slice(0, 9).padEnd(9)} ${String(pid).padStart(5)} ${accounts.userName(uid).padStart(8)} ${String(fd).padStart(4)}u ${type.padStart(6)} ${target}\n`,
      );
    }
  }
  if (rows.length === 0) return 1;
  yield* print(
    process,
    `${'COMMAND'.padEnd(9)} ${'PID'.padStart(5)} ${'USER'.padStart(8)} ${'FD'.padStart(5)} ${'TYPE'.padStart(6)} NAME\n${rows.join('')}`,
  );
  return 0;
});

function descriptors(process: Process, pid: number): string[] {
  try {
    return process.readdir(`/proc/${pid}/fd`).map(({ name }) => name);
  } catch (error) {
    errnoOf(error);
    return [];
  }
}

function linkTarget(process: Process, path: string): string | undefined {
  try {
    return process.readlink(path);
  } catch (error) {
    errnoOf(error);
    return undefined;
  }
}
