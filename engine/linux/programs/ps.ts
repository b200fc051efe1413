import { formatDate } from '../date-format.ts';
import { print } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { readAccounts } from './accounts.ts';
import { type ListedProcess, listProcesses, memoryInfo, uptimeMs } from './process-list.ts';
import { type Flavour, program } from './program.ts';

interface Column {
  readonly title: string;
  readonly width: number;
  readonly right: boolean;
  readonly value: (listed: ListedProcess) => string;
}

export const ps = program(function* (process, args, flavour) {
  const letters = args
    .filter((argument) => !/=/.test(argument))
    .join('')
    .replaceAll('-', '');
  const chosen = args.flatMap((argument, at) =>
    argument === '-o' ? (args[at + 1] ?? '').split(',') : /^-o./.test(argument) ? argument.slice(2).split(',') : [],
  );
  const pids = args.flatMap((argument, at) => (argument === '-p' ? (args[at + 1] ?? '').split(',').map(Number) : []));
  let listed = listProcesses(process);
  if (pids.length > 0) listed = listed.filter(({ pid }) => pids.includes(pid));
  else if (flavour === 'gnu' && !/[aexA]/.test(letters)) {
    const own = listed.find(({ pid }) => pid === process.pid)?.terminal;
    listed = listed.filter(({ terminal, uid }) => terminal === own && uid === process.credentials.uid);
  }
  const columns = columnsOf(process);
  let names: readonly string[] =
    flavour === 'gnu' ? ['pid', 'tty', 'time', 'comm'] : ['pid', 'user', 'shorttime', 'args'];
  if (chosen.length > 0) names = chosen.map((name) => name.replace(/=.*/, ''));
  else if (flavour === 'gnu' && /u/.test(letters) && !args.includes('-u'))
    names = ['user', 'pid', '%cpu', '%mem', 'vsz', 'rss', 'tty', 'stat', 'start', 'bsdtime', 'args'];
  else if (flavour === 'gnu' && /l/.test(letters)) names = longNames(/f/.test(letters));
  else if (flavour === 'gnu' && /f/.test(letters)) names = ['uid', 'pid', 'ppid', 'c', 'stime', 'tty', 'time', 'cmd'];
  else if (flavour === 'gnu' && /[ax]/.test(letters) && !args.some((argument) => argument.startsWith('-')))
    names = ['pid', 'tty', 'stat', 'bsdtime', 'args'];
  const shown = names.map((name) => columns[name.toLowerCase()] ?? columns['args']!);
  const heading = shown.map((column, at) => title(column, flavour, at === shown.length - 1)).join(' ');
  yield* print(process, `${heading.trimEnd()}\n`);
  const width = process.isTerminal(1) ? process.windowSize(1).columns || 80 : Number.POSITIVE_INFINITY;
  for (const each of listed) {
    const row = shown.map((column, at) => cell(column, column.value(each), at === shown.length - 1)).join(' ');
    yield* print(process, `${row.trimEnd().slice(0, /w/.test(letters) ? undefined : width)}\n`);
  }
  return 0;
});

/** `-l`, alone and with `-f`. */
function longNames(full: boolean): readonly string[] {
  const middle = ['pid', 'ppid', 'c', 'pri', 'ni', 'addrsz', 'wchan'];
  return full
    ? ['f', 's', 'uid', ...middle, 'stime', 'tty', 'time', 'cmd']
    : ['f', 's', 'number', ...middle, 'tty', 'time', 'ucmd'];
}

/** busybox sets every title to the left, whatever stands below it. */
function title(column: Column, flavour: Flavour, last: boolean): string {
  return cell(flavour === 'busybox' ? { ...column, right: false } : column, column.title, last);
}

function cell({ width, right }: Column, text: string, last: boolean): string {
  if (right) return text.padStart(width);
  return last ? text : text.padEnd(width);
}

function shownCommand({ command, name }: ListedProcess): string {
  return command === '' ? `[${name}]` : command.replace(/[\x00-\x1f\x7f]/g, '?');
}

/** `01:02:03` */
function clock(ms: number): string {
  return `${String(Math.floor(ms / 3_600_000)).padStart(2, '0')}:${String(Math.floor(ms / 60_000) % 60).padStart(2, '0')}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;
}

/** `62:03` */
function short(ms: number): string {
  return `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;
}

function columnsOf(process: Process): Readonly<Record<string, Column>> {
  const accounts = readAccounts(process);
  const { totalKiB } = memoryInfo(process);
  const nowMs = process.now();
  const upMs = uptimeMs(process);
  const right = (title: string, width: number, value: Column['value']): Column => ({
    title,
    width,
    right: true,
    value,
  });
  const left = (title: string, width: number, value: Column['value']): Column => ({
    title,
    width,
    right: false,
    value,
  });
  const tty = (listed: ListedProcess) => (listed.terminal === 0 ? '?' : `pts/${listed.terminal & 255}`);
  const stat = (listed: ListedProcess) =>
    `${listed.state}${listed.session === listed.pid ? 's' : ''}${listed.foreground ? '+' : ''}`;
  const startMs = (listed: ListedProcess) => nowMs - upMs + listed.startedMs;
  const start = (listed: ListedProcess) =>
    formatDate(nowMs - startMs(listed) > 86_400_000 ? '%b%d' : '%H:%M', startMs(listed));
  const elapsed = (listed: ListedProcess) => {
    const seconds = Math.max(0, Math.floor((upMs - listed.startedMs) / 1000));
    return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  };
  const cpu = (listed: ListedProcess) => ((listed.cpuMs / Math.max(1, upMs - listed.startedMs)) * 100).toFixed(1);
  const userName = ({ uid }: ListedProcess) => {
    const name = accounts.userName(uid);
    return name.length > 8 ? `${name.slice(0, 7)}+` : name;
  };
  const pages = ({ memoryBytes }: ListedProcess) => `- ${String(Math.floor(memoryBytes / 4096)).padStart(5)}`;
  return {
    pid: right('PID', 5, ({ pid }) => String(pid)),
    ppid: right('PPID', 5, ({ parentPid }) => String(parentPid)),
    pgid: right('PGID', 5, ({ group }) => String(group)),
    sid: right('SID', 5, ({ session }) => String(session)),
    user: left('USER', 8, userName),
    uid: left('UID', 8, userName),
    number: right('UID', 5, ({ uid }) => String(uid)),
    time: right('TIME', 8, (listed) => clock(listed.cpuMs)),
    shorttime: right('TIME', 5, (listed) => short(listed.cpuMs)),
    bsdtime: right('TIME', 6, (listed) => short(listed.cpuMs)),
    etime: right('ELAPSED', 7, elapsed),
    stime: right('STIME', 5, start),
    start: left('START', 5, start),
    tty: left('TTY', 8, tty),
    tt: left('TT', 8, tty),
    stat: left('STAT', 4, stat),
    s: left('S', 1, ({ state }) => state),
    c: right('C', 2, () => '0'),
    f: right('F', 1, ({ uid }) => (uid === 0 ? '4' : '0')),
    ni: right('NI', 3, ({ pid }) => String(process.niceness(pid))),
    pri: right('PRI', 3, ({ pid }) => String(80 + process.niceness(pid))),
    addrsz: left('ADDR SZ', 7, pages),
    wchan: left('WCHAN', 6, () => '-'),
    ucmd: left('CMD', 15, ({ name }) => name),
    '%cpu': right('%CPU', 4, cpu),
    pcpu: right('%CPU', 4, cpu),
    '%mem': right('%MEM', 4, ({ memoryBytes }) => ((memoryBytes / 1024 / Math.max(1, totalKiB)) * 100).toFixed(1)),
    vsz: right('VSZ', 6, ({ memoryBytes }) => String(Math.floor(memoryBytes / 512))),
    rss: right('RSS', 5, ({ memoryBytes }) => String(Math.floor(memoryBytes / 1024))),
    comm: left('COMMAND', 15, ({ name }) => name),
    args: left('COMMAND', 27, shownCommand),
    command: left('COMMAND', 27, shownCommand),
    cmd: left('CMD', 27, shownCommand),
  };
}
