import type { Task } from '../../sim/index.ts';
import { decode, fail, lineReader, print, printError, programName, readAll } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { allInput, eachInput, linesOf } from './input.ts';
import { countOf, getOptions } from './options.ts';
import { type Flavour, openFailure, program, Usage } from './program.ts';

// Programs that take text line by line.

export const tac = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'bs:r' });
  return yield* eachInput(process, flavour, options.operands, function* (fd) {
    const text = decode(yield* readAll(process, fd));
    // A last line without a newline is glued to the one before it, as in the original.
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    yield* print(process, lines.reverse().join(''));
  });
});

export const nl = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'b:w:s:v:i:n:', long: { 'body-numbering': 'b' } });
  const style = options.value('b') ?? 't';
  const width = Number(options.value('w') ?? 6);
  const separator = options.value('s') ?? '\t';
  const format = options.value('n') ?? 'rn';
  let number = Number(options.value('v') ?? 1);
  return yield* eachInput(process, flavour, options.operands, function* (fd) {
    const reader = lineReader(process, fd);
    for (;;) {
      const line = yield* reader.next();
      if (line === undefined) return;
      if (style === 'n' || (style === 't' && line === '')) {
        yield* print(process, `${' '.repeat(width + separator.length)}${line}\n`);
        continue;
      }
      const digits = String(number);
      const shown = format === 'ln' ? digits.padEnd(width) : digits.padStart(width, format === 'rz' ? '0' : ' ');
      yield* print(process, `${shown}${separator}${line}\n`);
      number += Number(options.value('i') ?? 1);
    }
  });
});

/** Opens an operand, `-` being standard input. Undefined after a complaint. */
function* openOperand(process: Process, flavour: Flavour, path: string): Task<number | undefined> {
  try {
    return path === '-' ? 0 : process.open(path, { read: true });
  } catch (error) {
    yield* printError(process, `${programName(process)}: ${openFailure(flavour, path, error, programName(process))}\n`);
    return undefined;
  }
}

function* wholeLines(process: Process, flavour: Flavour, path: string): Task<string[] | undefined> {
  const fd = yield* openOperand(process, flavour, path);
  return fd === undefined ? undefined : linesOf(decode(yield* readAll(process, fd)));
}

export const comm = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: '123' });
  const [first, second] = options.operands;
  if (first === undefined || second === undefined) throw new Usage('missing operand');
  const left = yield* wholeLines(process, flavour, first);
  const right = yield* wholeLines(process, flavour, second);
  if (left === undefined || right === undefined) return 1;
  const indent = (column: number) =>
    '\t'.repeat([1, 2, 3].filter((before) => before < column && !options.has(String(before))).length);
  let text = '';
  const show = (column: number, line: string) => {
    if (!options.has(String(column))) text += `${indent(column)}${line}\n`;
  };
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]];
    if (b === undefined || (a !== undefined && a < b)) {
      show(1, a!);
      i += 1;
    } else if (a === undefined || b < a) {
      show(2, b);
      j += 1;
    } else {
      show(3, a);
      i += 1;
      j += 1;
    }
  }
  yield* print(process, text);
  return 0;
});

export const join = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: '1:2:j:t:a:v:o:e:i' });
  const [first, second] = options.operands;
  if (first === undefined || second === undefined) throw new Usage('missing operand');
  const separator = options.value('t');
  const split = (line: string) => (separator === undefined ? line.trim().split(/[ \t]+/) : line.split(separator));
  const keys = [1, 2].map((file) => Number(options.value(String(file)) ?? options.value('j') ?? 1) - 1);
  const left = (yield* wholeLines(process, flavour, first))?.map(split);
  const right = (yield* wholeLines(process, flavour, second))?.map(split);
  if (left === undefined || right === undefined) return 1;
  const [leftKey, rightKey] = keys as [number, number];
  const glue = separator ?? ' ';
  const rest = (fields: readonly string[], key: number) => fields.filter((_, index) => index !== key);
  const row = (key: string, a: readonly string[] | undefined, b: readonly string[] | undefined) => {
    const chosen = options.value('o')?.split(/[ ,]/);
    const empty = options.value('e') ?? '';
    const cells =
      chosen === undefined
        ? [key, ...(a === undefined ? [] : rest(a, leftKey)), ...(b === undefined ? [] : rest(b, rightKey))]
        : chosen.map((cell) => {
            if (cell === '0') return key;
            const [file, field] = cell.split('.');
            return (file === '1' ? a : b)?.[Number(field) - 1] ?? empty;
          });
    return `${cells.join(glue)}\n`;
  };
  const alone = (file: string) => options.values('a').includes(file) || options.values('v').includes(file);
  const matched = new Set<readonly string[]>();
  let text = '';
  for (const a of left) {
    const partners = right.filter((b) => b[rightKey] === a[leftKey]);
    for (const b of partners) {
      matched.add(b);
      if (!options.has('v')) text += row(a[leftKey] ?? '', a, b);
    }
    if (partners.length === 0 && alone('1')) text += row(a[leftKey] ?? '', a, undefined);
  }
  for (const b of right) if (!matched.has(b) && alone('2')) text += row(b[rightKey] ?? '', undefined, b);
  yield* print(process, text);
  return 0;
});

export const paste = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'd:s', long: { delimiters: 'd', serial: 's' } });
  const delimiters = [
    ...(options.value('d') ?? '\t').replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\0/g, '\0'),
  ];
  const glue = (lines: readonly string[]) =>
    lines.reduce((text, line, index) => {
      const delimiter = delimiters[(index - 1) % delimiters.length] ?? '';
      return index === 0 ? line : text + (delimiter === '\0' ? '' : delimiter) + line;
    }, '');
  const paths = options.operands.length === 0 ? ['-'] : options.operands;
  // Standard input named several times is dealt out line by line.
  const standard = paths.includes('-') ? linesOf(decode(yield* readAll(process, 0))) : [];
  const shares = paths.filter((path) => path === '-').length;
  const columns: string[][] = [];
  let share = 0;
  for (const path of paths) {
    if (path === '-') {
      const mine = share++;
      columns.push(standard.filter((_, index) => index % shares === mine));
      continue;
    }
    const lines = yield* wholeLines(process, flavour, path);
    if (lines === undefined) return 1;
    columns.push(lines);
  }
  if (options.has('s')) {
    yield* print(process, columns.map((lines) => `${glue(lines)}\n`).join(''));
    return 0;
  }
  const height = Math.max(...columns.map((lines) => lines.length));
  let text = '';
  for (let at = 0; at < height; at++) text += `${glue(columns.map((lines) => lines[at] ?? ''))}\n`;
  yield* print(process, text);
  return 0;
});

export const fold = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'bsw:', long: { width: 'w', spaces: 's', bytes: 'b' }, number: 'w' });
  const width = countOf(options.value('w') ?? '80');
  if (width < 1) throw new Usage(`invalid number of columns: '${width}'`);
  return yield* eachInput(process, flavour, options.operands, function* (fd) {
    const text = decode(yield* readAll(process, fd));
    const folded = text.split('\n').map((line) => foldLine([...line], width, options.has('s')));
    yield* print(process, folded.join('\n'));
  });
});

function foldLine(characters: readonly string[], width: number, atSpaces: boolean): string {
  const pieces: string[] = [];
  for (let from = 0; from < characters.length || pieces.length === 0; ) {
    let to = from + width;
    if (atSpaces && to < characters.length) {
      const space = characters.slice(from, to).lastIndexOf(' ');
      if (space >= 0) to = from + space + 1;
    }
    pieces.push(characters.slice(from, to).join(''));
    from = to;
  }
  return pieces.join('\n');
}

export const fmt = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'w:su', long: { width: 'w' }, number: 'w' });
  const width = countOf(options.value('w') ?? '75');
  const { pieces, exitCode } = yield* allInput(process, flavour, options.operands);
  let text = '';
  for (const piece of pieces) {
    for (const paragraph of decode(piece).split(/\n(?=\s*\n)|(?<=\n\s*)\n/)) {
      const words = paragraph.split(/\s+/).filter((word) => word !== '');
      let line = '';
      for (const word of words) {
        if (line !== '' && line.length + 1 + word.length > width) {
          text += `${line}\n`;
          line = word;
        } else line = line === '' ? word : `${line} ${word}`;
      }
      text += `${line}\n`;
    }
  }
  yield* print(process, text);
  return exitCode;
});

function tabStops(text: string | undefined): (column: number) => number {
  const stops = (text ?? '8').split(/[ ,]+/).map(Number);
  if (stops.some((stop) => !Number.isInteger(stop) || stop < 1)) throw new Usage(`invalid tab stop '${text}'`);
  if (stops.length === 1) return (column) => stops[0]! - (column % stops[0]!);
  return (column) => (stops.find((stop) => stop > column) ?? column + 1) - column;
}

export const expand = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 't:i', long: { tabs: 't', initial: 'i' }, number: 't' });
  const toStop = tabStops(options.value('t'));
  return yield* eachInput(process, flavour, options.operands, function* (fd) {
    let text = '';
    let column = 0;
    let initial = true;
    for (const character of decode(yield* readAll(process, fd))) {
      if (character === '\t' && (initial || !options.has('i'))) {
        const spaces = toStop(column);
        text += ' '.repeat(spaces);
        column += spaces;
        continue;
      }
      text += character;
      initial = character === '\n' || (initial && (character === ' ' || character === '\t'));
      column = character === '\n' ? 0 : column + 1;
    }
    yield* print(process, text);
  });
});

export const unexpand = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 't:a', long: { tabs: 't', all: 'a' } });
  const size = Number(options.value('t') ?? 8);
  return yield* eachInput(process, flavour, options.operands, function* (fd) {
    const lines = decode(yield* readAll(process, fd)).split('\n');
    const shortened = lines.map((line) => {
      const blank = /^ +/.exec(line)?.[0].length ?? 0;
      return '\t'.repeat(Math.floor(blank / size)) + ' '.repeat(blank % size) + line.slice(blank);
    });
    yield* print(process, shortened.join('\n'));
  });
});

export const shuf = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'n:i:er',
    long: { 'head-count': 'n', 'input-range': 'i', echo: 'e', repeat: 'r' },
  });
  let lines: string[];
  const range = options.value('i');
  if (range !== undefined) {
    const [from, to] = range.split('-').map(Number);
    if (!Number.isInteger(from) || !Number.isInteger(to) || to! - from! > 1_000_000) {
      return yield* fail(process, `invalid input range: '${range}'`);
    }
    lines = Array.from({ length: Math.max(0, to! - from! + 1) }, (_, index) => String(from! + index));
  } else if (options.has('e')) lines = [...options.operands];
  else
    lines = linesOf(
      decode((yield* allInput(process, flavour, options.operands.slice(0, 1))).pieces[0] ?? new Uint8Array(0)),
    );
  const draws = yield* randomNumbers(process, lines.length);
  for (let at = lines.length - 1; at > 0; at--) {
    const other = draws[at]! % (at + 1);
    [lines[at], lines[other]] = [lines[other]!, lines[at]!];
  }
  const count = options.has('n') ? countOf(options.value('n')!) : lines.length;
  yield* print(
    process,
    lines
      .slice(0, count)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return 0;
});

/** From the machine's own source of randomness. */
function* randomNumbers(process: Process, count: number): Task<Uint32Array> {
  const fd = process.open('/dev/urandom', { read: true });
  const bytes = new Uint8Array(count * 4);
  for (let filled = 0; filled < bytes.length; ) {
    const piece = yield* process.read(fd, bytes.length - filled);
    bytes.set(piece, filled);
    filled += piece.length;
  }
  process.close(fd);
  return new Uint32Array(bytes.buffer);
}

/** Most files that one split makes. */
const MAX_PIECES = 26 * 26;

export const split = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'l:b:a:d',
    long: { lines: 'l', bytes: 'b', 'suffix-length': 'a', 'numeric-suffixes': 'd' },
    number: 'l',
  });
  const [path = '-', prefix = 'x'] = options.operands;
  const fd = yield* openOperand(process, flavour, path);
  if (fd === undefined) return 1;
  const content = yield* readAll(process, fd);
  const pieces: Uint8Array[] = [];
  const bytes = options.value('b');
  if (bytes !== undefined) {
    const size = countOf(bytes);
    if (size < 1) throw new Usage(`invalid number of bytes: '${bytes}'`);
    for (let at = 0; at < content.length && pieces.length <= MAX_PIECES; at += size)
      pieces.push(content.subarray(at, at + size));
  } else {
    const perPiece = countOf(options.value('l') ?? '1000');
    let from = 0;
    while (from < content.length && pieces.length <= MAX_PIECES) {
      let to = from;
      for (let line = 0; line < perPiece && to < content.length; line++) {
        const newline = content.indexOf(10, to);
        to = newline < 0 ? content.length : newline + 1;
      }
      pieces.push(content.subarray(from, to));
      from = to;
    }
  }
  const length = Number(options.value('a') ?? 2);
  if (pieces.length > MAX_PIECES) return yield* fail(process, 'output file suffixes exhausted');
  for (const [index, piece] of pieces.entries())
    process.writeFile(prefix + suffix(index, length, options.has('d')), piece);
  return 0;
});

function suffix(index: number, length: number, numeric: boolean): string {
  if (numeric) return String(index).padStart(length, '0');
  let text = '';
  for (let rest = index; text.length < length; rest = Math.floor(rest / 26))
    text = String.fromCharCode(97 + (rest % 26)) + text;
  return text;
}

export const column = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'ts:o:n',
    long: { table: 't', separator: 's', 'output-separator': 'o' },
  });
  const { pieces, exitCode } = yield* allInput(process, flavour, options.operands);
  const lines = pieces.flatMap((piece) => linesOf(decode(piece))).filter((line) => line.trim() !== '');
  if (!options.has('t')) {
    yield* print(process, lines.map((line) => `${line}\n`).join(''));
    return exitCode;
  }
  const by = options.value('s');
  const rows = lines.map((line) => (by === undefined ? line.trim().split(/\s+/) : line.split(by)));
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, [...cell].length);
  const glue = options.value('o') ?? '  ';
  const text = rows.map((row) =>
    row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index]!))).join(glue),
  );
  yield* print(process, text.map((line) => `${line}\n`).join(''));
  return exitCode;
});
