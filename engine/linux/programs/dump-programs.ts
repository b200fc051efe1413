import type { Task } from '../../sim/index.ts';
import { concatBytes, decode, fail, print, printError, programName, readAll } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { allInput, eachInput } from './input.ts';
import { countOf, getOptions } from './options.ts';
import { errnoOf, program, Usage } from './program.ts';

// Programs that show bytes.

const hex = (value: number, width: number) => value.toString(16).padStart(width, '0');

const NAMED = [
  'nul',
  'soh',
  'stx',
  'etx',
  'eot',
  'enq',
  'ack',
  'bel',
  'bs',
  'ht',
  'nl',
  'vt',
  'ff',
  'cr',
  'so',
  'si',
  'dle',
  'dc1',
  'dc2',
  'dc3',
  'dc4',
  'nak',
  'syn',
  'etb',
  'can',
  'em',
  'sub',
  'esc',
  'fs',
  'gs',
  'rs',
  'us',
  'sp',
];

const ESCAPED: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};

interface OdFormat {
  readonly size: number;
  readonly width: number;
  readonly show: (value: number) => string;
}

function integerOf(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** `-t x1`, `-c` and their kind. */
function odFormat(text: string): OdFormat {
  const match = /^([acdoux])([1248]?|[CSIL])$/.exec(text);
  if (match === null) throw new Usage(`invalid type string '${text}'`);
  const [, kind, sizeText] = match;
  if (kind === 'c') {
    const show = (value: number) =>
      ESCAPED[value] ?? (value >= 32 && value < 127 ? String.fromCharCode(value) : value.toString(8).padStart(3, '0'));
    return { size: 1, width: 4, show };
  }
  if (kind === 'a') {
    return {
      size: 1,
      width: 4,
      show: (value) => NAMED[value & 127] ?? ((value & 127) === 127 ? 'del' : String.fromCharCode(value & 127)),
    };
  }
  const size = Number({ C: 1, S: 2, I: 4, L: 8 }[sizeText!] ?? (sizeText || 4));
  const bits = 8 * size;
  switch (kind) {
    case 'x':
      return { size, width: 2 * size + 1, show: (value) => hex(value, 2 * size) };
    case 'o': {
      const digits = Math.ceil(bits / 3);
      return { size, width: digits + 1, show: (value) => value.toString(8).padStart(digits, '0') };
    }
    case 'u':
      return { size, width: { 1: 4, 2: 6, 4: 11, 8: 21 }[size]!, show: String };
    default:
      return {
        size,
        width: { 1: 5, 2: 7, 4: 12, 8: 21 }[size]!,
        show: (value) => String(value >= 2 ** (bits - 1) ? value - 2 ** bits : value),
      };
  }
}

const OD_SHORT: Readonly<Record<string, string>> = {
  c: 'c',
  x: 'x2',
  d: 'u2',
  o: 'o2',
  b: 'o1',
  a: 'a',
  i: 'd4',
  s: 'd2',
};

export const od = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'A:t:N:j:vcxdobaisw:',
    long: { 'address-radix': 'A', format: 't', 'read-bytes': 'N', 'skip-bytes': 'j' },
  });
  const formats = [
    ...options.values('t').map(odFormat),
    ...Object.keys(OD_SHORT)
      .filter((letter) => options.has(letter))
      .map((letter) => odFormat(OD_SHORT[letter]!)),
  ];
  if (formats.length === 0) formats.push(odFormat('o2'));
  const { pieces, exitCode } = yield* allInput(process, flavour, options.operands);
  const skip = countOf(options.value('j') ?? '0');
  const limit = options.has('N') ? countOf(options.value('N')!) : undefined;
  const bytes = concatBytes(pieces).subarray(skip, limit === undefined ? undefined : skip + limit);
  const radix = options.value('A') ?? 'o';
  const address = (at: number) =>
    radix === 'n'
      ? ''
      : radix === 'x'
        ? hex(at, 6)
        : radix === 'd'
          ? String(at).padStart(7, '0')
          : at.toString(8).padStart(7, '0');
  // Several formats are lined up by the widest.
  const perByte = Math.max(...formats.map(({ width, size }) => width / size));
  let text = '';
  let before: string | undefined;
  let starred = false;
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const key = row.length === 16 && !options.has('v') ? row.join() : undefined;
    if (key !== undefined && key === before) {
      if (!starred) text += '*\n';
      starred = true;
      continue;
    }
    before = key;
    starred = false;
    formats.forEach(({ size, show }, index) => {
      let cells = '';
      for (let i = 0; i < row.length; i += size)
        cells += show(integerOf(row, i, size)).padStart(Math.round(perByte * size));
      text += `${index === 0 ? address(skip + at) : ' '.repeat(address(0).length)}${cells}\n`;
    });
  }
  yield* print(process, text + (radix === 'n' ? '' : `${address(skip + bytes.length)}\n`));
  return exitCode;
});

const printable = (bytes: Uint8Array) =>
  [...bytes].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');

export const hexdump = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'Cn:s:vx' });
  const { pieces, exitCode } = yield* allInput(process, flavour, options.operands);
  const skip = countOf(options.value('s') ?? '0');
  const limit = options.has('n') ? skip + countOf(options.value('n')!) : undefined;
  const bytes = concatBytes(pieces).subarray(skip, limit);
  const canonical = options.has('C') || programName(process) === 'hd';
  let text = '';
  let before = '';
  let starred = false;
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    if (row.length === 16 && row.join() === before && !options.has('v')) {
      if (!starred) text += '*\n';
      starred = true;
      continue;
    }
    starred = false;
    before = row.join();
    if (canonical) {
      const cells = [...row].map((byte, index) => `${index === 8 ? ' ' : ''}${hex(byte, 2)} `).join('');
      text += `${hex(skip + at, 8)}  ${cells.padEnd(50)}|${printable(row)}|\n`;
    } else {
      let cells = '';
      for (let i = 0; i < row.length; i += 2)
        cells += `${options.has('x') ? '   ' : ''} ${hex(integerOf(row, i, 2), 4)}`;
      text += `${hex(skip + at, 7)}${cells.padEnd(options.has('x') ? 64 : 40)}\n`;
    }
  }
  if (bytes.length > 0) text += `${hex(skip + bytes.length, canonical ? 8 : 7)}\n`;
  yield* print(process, text);
  return exitCode;
});

export const xxd = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'prl:s:c:g:ui' });
  const { pieces, exitCode } = yield* allInput(process, flavour, options.operands.slice(0, 1));
  const content = concatBytes(pieces.length === 0 ? [new Uint8Array(0)] : pieces);
  if (options.has('r')) {
    yield* process.write(1, unhex(decode(content), options.has('p')));
    return exitCode;
  }
  const skip = countOf(options.value('s') ?? '0');
  const bytes = content.subarray(skip, options.has('l') ? skip + countOf(options.value('l')!) : undefined);
  const plain = options.has('p');
  const width = Number(options.value('c') ?? (plain ? 30 : 16));
  const group = Number(options.value('g') ?? 2);
  let text = '';
  for (let at = 0; at < bytes.length; at += width) {
    const row = bytes.subarray(at, at + width);
    if (plain) {
      text += `${[...row].map((byte) => hex(byte, 2)).join('')}\n`;
      continue;
    }
    const cells = [...row].map((byte, index) => hex(byte, 2) + ((index + 1) % group === 0 ? ' ' : '')).join('');
    text += `${hex(skip + at, 8)}: ${cells.padEnd(width * 2 + Math.ceil(width / group))} ${printable(row)}\n`;
  }
  yield* print(process, options.has('u') ? text.toUpperCase() : text);
  return exitCode;
});

function unhex(text: string, plain: boolean): Uint8Array {
  const digits = text
    .split('\n')
    .map((line) => (plain ? line : (/^[0-9a-fA-F]+: ?((?:[0-9a-fA-F]{2,} ?)*)/.exec(line)?.[1] ?? '')))
    .join('')
    .replace(/[^0-9a-fA-F]/g, '');
  return Uint8Array.from({ length: Math.floor(digits.length / 2) }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}

export const strings = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'n:af', number: 'n' });
  const least = Number(options.value('n') ?? 4);
  return yield* eachInput(process, flavour, options.operands, function* (fd) {
    const text = printableRuns(yield* readAll(process, fd), least);
    yield* print(process, text.map((run) => `${run}\n`).join(''));
  });
});

function printableRuns(bytes: Uint8Array, least: number): string[] {
  const text = Array.from(bytes, (byte) =>
    byte === 9 || (byte >= 32 && byte < 127) ? String.fromCharCode(byte) : '\n',
  ).join('');
  return text.split('\n').filter((run) => run.length >= least);
}

function* contentOf(process: Process, path: string): Task<Uint8Array | undefined> {
  try {
    return yield* readAll(process, path === '-' ? 0 : process.open(path, { read: true }));
  } catch (error) {
    yield* printError(process, `${programName(process)}: ${path}: ${errnoOf(error).message}\n`);
    return undefined;
  }
}

export const cmp = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'sln:', long: { quiet: 's', silent: 's', verbose: 'l' } });
  const [first, second = '-'] = options.operands;
  if (first === undefined) return yield* fail(process, 'missing operand', 2);
  const left = yield* contentOf(process, first);
  const right = yield* contentOf(process, second);
  if (left === undefined || right === undefined) return 2;
  const length = Math.min(left.length, right.length);
  let line = 1;
  let differs = false;
  for (let at = 0; at < length; at++) {
    if (left[at] !== right[at]) {
      differs = true;
      if (options.has('s')) return 1;
      if (!options.has('l')) {
        yield* print(
          process,
          `${first} ${second} differ: ${flavour === 'gnu' ? 'byte' : 'char'} ${at + 1}, line ${line}\n`,
        );
        return 1;
      }
      yield* print(process, `${at + 1} ${left[at]!.toString(8).padStart(3)} ${right[at]!.toString(8).padStart(3)}\n`);
    }
    if (left[at] === 10) line += 1;
  }
  if (left.length === right.length) return differs ? 1 : 0;
  const shorter = left.length < right.length ? first : second;
  if (!options.has('s'))
    yield* printError(process, `${programName(process)}: EOF on ${shorter} after byte ${length}, line ${line}\n`);
  return 1;
});
