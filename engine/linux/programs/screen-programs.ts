import type { Task } from '../../sim/index.ts';
import { formatDate } from '../date-format.ts';
import { KeyReader } from '../shell/line-editor/keys.ts';
import { decode, encode, fail, print } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { textWidth } from '../text-width.ts';
import { readAccounts } from './accounts.ts';
import { allInput, linesOf } from './input.ts';
import { getOptions } from './options.ts';
import { listProcesses, memoryInfo } from './process-list.ts';
import { runAndWait, uptimeText } from './process-programs.ts';
import { errnoOf, program, Usage } from './program.ts';

export const clear = program(function* (process) {
  yield* print(process, '\x1b[H\x1b[2J\x1b[3J');
  return 0;
});

export const reset = program(function* (process) {
  if (process.isTerminal(0)) process.setTerminalMode(0, 'cooked');
  yield* print(process, '\x1bc\x1b[?1049l\x1b[?25h\x1b[0m');
  return 0;
});

export const tty = program(function* (process) {
  if (!process.isTerminal(0)) {
    yield* print(process, 'not a tty\n');
    return 1;
  }
  yield* print(process, `${process.readlink('/proc/self/fd/0')}\n`);
  return 0;
});

/** Waits for a key or the time-out. Returns whether the user wants to leave. */
function* waitForQuit(process: Process, keys: KeyReader | undefined, timeoutMs: number): Task<boolean> {
  if (keys === undefined) {
    yield* process.sleep(timeoutMs);
    return false;
  }
  const ready = yield* process.poll([0], timeoutMs);
  if (ready.length === 0) return false;
  const key = yield* keys.next();
  return (
    key.kind === 'end' ||
    (key.kind === 'text' && /^[qQ]/.test(key.text)) ||
    (key.kind === 'key' && key.name === 'ctrl-c')
  );
}

export const top = program(function* (process, args) {
  const options = getOptions(args, { letters: 'bn:d:HmScip:' });
  const batch = options.has('b') || !process.isTerminal(1);
  const limit = Number(options.value('n') ?? Number.POSITIVE_INFINITY);
  const delayMs = Math.max(100, Number(options.value('d') ?? 5) * 1000 || 5000);
  const keys = batch || !process.isTerminal(0) ? undefined : new KeyReader(process, 0);
  if (keys !== undefined) process.setTerminalMode(0, 'raw');
  try {
    const before = new Map<number, number>();
    for (let round = 1; ; round++) {
      const text = topText(process, before, delayMs);
      yield* print(process, batch ? text : `\x1b[H\x1b[J${clipped(process, text)}`);
      if (round >= limit || (yield* waitForQuit(process, keys, delayMs))) return 0;
    }
  } finally {
    if (keys !== undefined) process.setTerminalMode(0, 'cooked');
  }
});

function clipped(process: Process, text: string): string {
  const { columns, rows } = process.windowSize(1);
  const lines = text
    .trimEnd()
    .split('\n')
    .slice(0, (rows || 24) - 1);
  return lines.map((line) => `${line.slice(0, columns || 80)}\r\n`).join('');
}

function topText(process: Process, before: Map<number, number>, delayMs: number): string {
  const accounts = readAccounts(process);
  const { totalKiB, freeKiB } = memoryInfo(process);
  const listed = listProcesses(process).map((each) => {
    const used = before.has(each.pid) ? each.cpuMs - before.get(each.pid)! : 0;
    before.set(each.pid, each.cpuMs);
    return { ...each, percent: Math.min(100, Math.round((used / delayMs) * 100)) };
  });
  listed.sort((a, b) => b.percent - a.percent || b.cpuMs - a.cpuMs || a.pid - b.pid);
  const head = `Mem: ${totalKiB - freeKiB}K used, ${freeKiB}K free, 0K shrd, 0K buff, 0K cached\nLoad average:${uptimeText(process).split('load average:')[1]}\n`;
  const rows = listed.map((each) => {
    const vsz = Math.floor(each.memoryBytes / 512);
    const share = Math.round((each.memoryBytes / 1024 / Math.max(1, totalKiB)) * 100);
    const command = each.command === '' ? `[${each.name}]` : each.command.replace(/[\x00-\x1f\x7f]/g, '?');
    return `${String(each.pid).padStart(5)} ${String(each.parentPid).padStart(5)} ${accounts.userName(each.uid).padEnd(8)} ${each.state.padEnd(4)} ${String(vsz).padStart(5)} ${String(share).padStart(3)}% ${String(each.percent).padStart(3)}% ${command}\n`;
  });
  return `${head}  PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND\n${rows.join('')}`;
}

export const watch = program(function* (process, args) {
  const options = getOptions(args, { letters: 'n:tdx', inOrder: true, long: { interval: 'n', 'no-title': 't' } });
  if (options.operands.length === 0) throw new Usage();
  const seconds = Math.max(0.1, Number(options.value('n') ?? 2) || 2);
  const command = options.operands.join(' ');
  const keys = process.isTerminal(0) && process.isTerminal(1) ? new KeyReader(process, 0) : undefined;
  for (;;) {
    if (keys !== undefined) yield* print(process, '\x1b[H\x1b[J');
    if (!options.has('t')) {
      const left = `Every ${seconds.toFixed(1)}s: ${command}`;
      const right = `${process.hostname}: ${formatDate('%a %b %e %H:%M:%S %Y', process.now())}`;
      const width = keys === undefined ? 80 : process.windowSize(1).columns || 80;
      yield* print(process, `${left}${' '.repeat(Math.max(1, width - textWidth(left) - right.length))}${right}\n\n`);
    }
    yield* runAndWait(process, ['sh', '-c', command]);
    yield* process.sleep(seconds * 1000);
  }
});

/** A pager on a terminal; elsewhere it only copies. Keys: space, b, Enter, j, k, g, G, /text, n, q. */
export const less = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'NSRFXiEMm~' });
  if (options.operands.length === 0 && process.isTerminal(0)) throw new Usage('missing filename');
  const { pieces, exitCode } = yield* allInput(process, flavour, options.operands);
  if (!process.isTerminal(1)) {
    for (const piece of pieces) yield* process.write(1, piece);
    return exitCode;
  }
  const lines = pieces
    .flatMap((piece) => linesOf(decode(piece)))
    .map((line) => line.replaceAll('\t', '        ').replace(/[\x00-\x1a\x1c-\x1f\x7f]/g, '?'));
  let fd: number;
  try {
    fd = process.open('/dev/tty', { read: true, write: true });
  } catch (error) {
    return yield* fail(process, `/dev/tty: ${errnoOf(error).message}`);
  }
  process.setTerminalMode(fd, 'raw');
  try {
    yield* page(process, fd, lines, options.operands[0] ?? '');
  } finally {
    process.setTerminalMode(fd, 'cooked');
  }
  yield* print(process, '\r\x1b[K');
  return exitCode;
});

function* page(process: Process, fd: number, lines: readonly string[], name: string): Task<void> {
  const keys = new KeyReader(process, fd);
  let top = 0;
  let pattern = '';
  for (;;) {
    const { columns, rows } = process.windowSize(fd);
    const height = Math.max(1, (rows || 24) - 1);
    const last = Math.max(0, lines.length - height);
    top = Math.min(Math.max(0, top), last);
    const shown = lines.slice(top, top + height).map((line) => `${line.slice(0, columns || 80)}\r\n`);
    const status =
      top >= last ? '(END)' : name === '' ? ':' : `${name} ${Math.round(((top + height) / lines.length) * 100)}%`;
    yield* process.write(fd, encode(`\x1b[H\x1b[J${shown.join('')}\x1b[7m${status}\x1b[0m`));
    const key = yield* keys.next();
    const pressed = key.kind === 'text' ? key.text[0]! : key.kind === 'key' ? key.name : key.kind === 'end' ? 'q' : '';
    if (pressed === 'q' || pressed === 'ctrl-c') return;
    if (pressed === ' ' || pressed === 'f' || pressed === 'page-down') top += height;
    else if (pressed === 'b' || pressed === 'page-up') top -= height;
    else if (pressed === 'j' || pressed === 'enter' || pressed === 'down') top += 1;
    else if (pressed === 'k' || pressed === 'up') top -= 1;
    else if (pressed === 'g' || pressed === 'home') top = 0;
    else if (pressed === 'G' || pressed === 'end') top = last;
    else if (pressed === '/' || pressed === 'n') {
      if (pressed === '/') pattern = yield* askPattern(process, fd, keys);
      const found = lines.findIndex((line, at) => at > top && line.includes(pattern));
      if (found >= 0) top = found;
    }
  }
}

function* askPattern(process: Process, fd: number, keys: KeyReader): Task<string> {
  let pattern = '';
  for (;;) {
    yield* process.write(fd, encode(`\r\x1b[K/${pattern}`));
    const key = yield* keys.next();
    if (key.kind === 'text' || key.kind === 'paste') pattern += key.text.replace(/[\x00-\x1f]/g, '').slice(0, 200);
    else if (key.kind === 'key' && key.name === 'backspace') pattern = pattern.slice(0, -1);
    else return pattern;
  }
}
