import type { Task } from '../../sim/index.ts';
import { formatDate } from '../date-format.ts';
import { decode, print, printError, readAll } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { linesOf } from './input.ts';
import { getOptions, type Options } from './options.ts';
import { errnoOf, program, Usage } from './program.ts';

/** A stretch of lines that differs: half-open ranges of either side. */
interface Change {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

/** Beyond this many differing lines everything in between counts as changed. */
const MAX_EDITS = 4000;

/** The shortest edit script (E. Myers, "An O(ND) Difference Algorithm", 1986). */
function changesOf(a: readonly string[], b: readonly string[]): Change[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  const trace = searchPath(left, right);
  if (trace === undefined) return [{ fromA: start, toA: a.length - end, fromB: start, toB: b.length - end }];
  return walkBack(trace, left.length, right.length).map(({ fromA, toA, fromB, toB }) => ({
    fromA: fromA + start,
    toA: toA + start,
    fromB: fromB + start,
    toB: toB + start,
  }));
}

/** How far each diagonal got after each number of edits; undefined when there are too many. */
function searchPath(a: readonly string[], b: readonly string[]): Map<number, number>[] | undefined {
  const trace: Map<number, number>[] = [];
  let reached = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(MAX_EDITS, a.length + b.length); edits++) {
    const next = new Map(reached);
    trace.push(new Map(reached));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down =
        diagonal === -edits || (diagonal !== edits && (next.get(diagonal - 1) ?? -1) < (next.get(diagonal + 1) ?? -1));
      let x = down ? next.get(diagonal + 1)! : next.get(diagonal - 1)! + 1;
      let y = x - diagonal;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      next.set(diagonal, x);
      if (x >= a.length && y >= b.length) return trace;
    }
    reached = next;
  }
  return undefined;
}

function walkBack(trace: readonly Map<number, number>[], lengthA: number, lengthB: number): Change[] {
  const changes: Change[] = [];
  let [x, y] = [lengthA, lengthB];
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const reached = trace[edits]!;
    const diagonal = x - y;
    const down =
      diagonal === -edits ||
      (diagonal !== edits && (reached.get(diagonal - 1) ?? -1) < (reached.get(diagonal + 1) ?? -1));
    const before = down ? diagonal + 1 : diagonal - 1;
    const fromX = reached.get(before)!;
    const fromY = fromX - before;
    const change = down
      ? { fromA: fromX, toA: fromX, fromB: fromY, toB: fromY + 1 }
      : { fromA: fromX, toA: fromX + 1, fromB: fromY, toB: fromY };
    const last = changes.at(-1);
    if (last !== undefined && last.fromA === change.toA && last.fromB === change.toB) {
      changes[changes.length - 1] = { ...last, fromA: change.fromA, fromB: change.fromB };
    } else changes.push(change);
    [x, y] = [fromX, fromY];
  }
  return changes.reverse();
}

function normalDiff(changes: readonly Change[], a: readonly string[], b: readonly string[]): string {
  const range = (from: number, to: number) =>
    to - from === 1 ? `${to}` : from === to ? `${from}` : `${from + 1},${to}`;
  let text = '';
  for (const { fromA, toA, fromB, toB } of changes) {
    const verb = fromA === toA ? 'a' : fromB === toB ? 'd' : 'c';
    text += `${range(fromA, toA)}${verb}${range(fromB, toB)}\n`;
    text += a
      .slice(fromA, toA)
      .map((line) => `< ${line}\n`)
      .join('');
    if (verb === 'c') text += '---\n';
    text += b
      .slice(fromB, toB)
      .map((line) => `> ${line}\n`)
      .join('');
  }
  return text;
}

function unifiedDiff(changes: readonly Change[], a: readonly string[], b: readonly string[], context: number): string {
  let text = '';
  for (let at = 0; at < changes.length; ) {
    let last = at;
    while (last + 1 < changes.length && changes[last + 1]!.fromA - changes[last]!.toA <= 2 * context) last += 1;
    const hunk = changes.slice(at, last + 1);
    const fromA = Math.max(0, hunk[0]!.fromA - context);
    const toA = Math.min(a.length, hunk.at(-1)!.toA + context);
    const fromB = hunk[0]!.fromB - (hunk[0]!.fromA - fromA);
    const toB = hunk.at(-1)!.toB + (toA - hunk.at(-1)!.toA);
    const range = (from: number, to: number) =>
      `${to === from ? from : from + 1}${to - from === 1 ? '' : `,${to - from}`}`;
    text += `@@ -${range(fromA, toA)} +${range(fromB, toB)} @@\n`;
    let line = fromA;
    for (const change of hunk) {
      for (; line < change.fromA; line++) text += ` ${a[line]}\n`;
      for (; line < change.toA; line++) text += `-${a[line]}\n`;
      for (const added of b.slice(change.fromB, change.toB)) text += `+${added}\n`;
    }
    for (; line < toA; line++) text += ` ${a[line]}\n`;
    at = last + 1;
  }
  return text;
}

/** The lines; one that ends without a newline differs from one that has it, and is shown with a remark. */
function markedLines(text: string): readonly string[] {
  const lines = linesOf(text);
  if (text !== '' && !text.endsWith('\n')) lines.push(`${lines.pop()}\n\\ No newline at end of file`);
  return lines;
}

/** How two texts differ, in the unified form without its head; empty where they do not. */
export function unifiedHunks(first: string, second: string, context: number): string {
  const [a, b] = [markedLines(first), markedLines(second)];
  return unifiedDiff(changesOf(a, b), a, b, context);
}

function normalised(lines: readonly string[], options: Options): string[] {
  return lines.map((line) => {
    let text = line;
    if (options.has('w')) text = text.replace(/\s+/g, '');
    else if (options.has('b')) text = text.replace(/\s+/g, ' ').trimEnd();
    return options.has('i') ? text.toLowerCase() : text;
  });
}

export const diff = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'uU:qrNsbwiBac',
    long: {
      unified: 'u',
      brief: 'q',
      recursive: 'r',
      'new-file': 'N',
      'report-identical-files': 's',
      'ignore-all-space': 'w',
      'ignore-case': 'i',
      'ignore-space-change': 'b',
    },
  });
  const [first, second] = options.operands;
  if (first === undefined || second === undefined || options.operands.length > 2) throw new Usage('missing operand', 2);
  const unified = options.has('u') || options.has('U') || flavour === 'busybox';
  return yield* compare(process, options, first, second, unified, false);
});

function* compare(
  process: Process,
  options: Options,
  first: string,
  second: string,
  unified: boolean,
  inTree: boolean,
): Task<number> {
  let left: Side;
  let right: Side;
  try {
    left = yield* sideOf(process, first, options.has('N'));
    right = yield* sideOf(process, second, options.has('N'));
  } catch (error) {
    yield* printError(
      process,
      `diff: ${process.access(first, 'exists') || first === '-' ? second : first}: ${errnoOf(error).message}\n`,
    );
    return 2;
  }
  if (left.directory && right.directory) return yield* compareTrees(process, options, first, second, unified);
  if (left.directory || right.directory) {
    const base = (path: string) => path.slice(path.lastIndexOf('/') + 1);
    return left.directory
      ? yield* compare(process, options, `${first}/${base(second)}`, second, unified, inTree)
      : yield* compare(process, options, first, `${second}/${base(first)}`, unified, inTree);
  }
  const a = markedLines(left.text);
  const b = markedLines(right.text);
  const changes = changesOf(normalised(a, options), normalised(b, options));
  yield* process.compute(1 + (a.length + b.length) / 100);
  if (changes.length === 0) {
    if (options.has('s')) yield* print(process, `Files ${first} and ${second} are identical\n`);
    return 0;
  }
  if (options.has('q')) {
    yield* print(process, `Files ${first} and ${second} differ\n`);
    return 1;
  }
  if (inTree) yield* print(process, `diff ${options.has('u') ? '-ru' : '-r'} ${first} ${second}\n`);
  if (unified) {
    const stamp = (path: string, side: Side) => `${path}\t${formatDate('%Y-%m-%d %H:%M:%S.%N +0000', side.modifiedMs)}`;
    yield* print(process, `--- ${stamp(first, left)}\n+++ ${stamp(second, right)}\n`);
    yield* print(process, unifiedDiff(changes, a, b, Number(options.value('U') ?? 3)));
  } else yield* print(process, normalDiff(changes, a, b));
  return 1;
}

interface Side {
  readonly directory: boolean;
  readonly text: string;
  readonly modifiedMs: number;
}

function* sideOf(process: Process, path: string, absentIsEmpty: boolean): Task<Side> {
  if (path === '-') return { directory: false, text: decode(yield* readAll(process, 0)), modifiedMs: process.now() };
  if (absentIsEmpty && !process.access(path, 'exists')) return { directory: false, text: '', modifiedMs: 0 };
  const info = process.stat(path);
  if (info.type === 'directory') return { directory: true, text: '', modifiedMs: 0 };
  const fd = process.open(path, { read: true });
  const text = decode(yield* readAll(process, fd));
  process.close(fd);
  return { directory: false, text, modifiedMs: info.modifiedMs };
}

function* compareTrees(
  process: Process,
  options: Options,
  first: string,
  second: string,
  unified: boolean,
): Task<number> {
  const list = (path: string) => new Map(process.readdir(path).map((entry) => [entry.name, entry.type]));
  const [left, right] = [list(first), list(second)];
  let exitCode = 0;
  for (const name of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const [a, b] = [`${first}/${name}`, `${second}/${name}`];
    if ((!left.has(name) || !right.has(name)) && !options.has('N')) {
      yield* print(process, `Only in ${left.has(name) ? first : second}: ${name}\n`);
      exitCode = Math.max(exitCode, 1);
    } else if (left.get(name) === 'directory' && right.get(name) === 'directory' && !options.has('r')) {
      yield* print(process, `Common subdirectories: ${a} and ${b}\n`);
    } else exitCode = Math.max(exitCode, yield* compare(process, options, a, b, unified, true));
  }
  return exitCode;
}
