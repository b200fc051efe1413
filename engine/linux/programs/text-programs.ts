import { decode, lineReader, print } from '../stdio.ts';
import { allInput, eachInput, linesOf, lookAt } from './input.ts';
import { getOptions } from './options.ts';
import { program, Usage } from './program.ts';

export const wc = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'lwcmL', long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm' } });
  const wanted = ['l', 'w', 'm', 'c', 'L'].filter((letter) => options.has(letter));
  const columns = wanted.length === 0 ? ['l', 'w', 'c'] : wanted;
  const totals: Record<string, number> = { l: 0, w: 0, c: 0, m: 0, L: 0 };
  const rows: { counts: Record<string, number>; path: string }[] = [];
  const exitCode = yield* eachInput(process, flavour, options.operands, function* (fd, path) {
    const counts: Record<string, number> = { l: 0, w: 0, c: 0, m: 0, L: 0 };
    const simple = columns.every((column) => column === 'l' || column === 'c');
    const state = { inWord: false, length: 0 };
    for (;;) {
      const data = yield* process.read(fd);
      if (data.length === 0) break;
      counts['c']! += data.length;
      if (simple) counts['l']! += linesIn(data);
      else {
        count(data, counts, state);
        yield* lookAt(process, data);
      }
    }
    for (const key of Object.keys(totals)) totals[key]! += counts[key]!;
    rows.push({ counts, path });
  });
  if (rows.length > 1) rows.push({ counts: totals, path: 'total' });
  // Busybox pads as soon as there is more than one column or file; GNU by the widest number.
  const width =
    columns.length === 1 && rows.length === 1
      ? 0
      : flavour === 'gnu'
        ? widest(rows, columns, options.operands.length === 0)
        : 9;
  for (const { counts, path } of rows) {
    const numbers = columns
      .map((column) => String(counts[column]).padStart(width))
      .join(flavour === 'gnu' || width === 0 ? ' ' : ' ');
    yield* print(process, `${numbers}${options.operands.length === 0 ? '' : ` ${path}`}\n`);
  }
  return exitCode;
});

function widest(
  rows: readonly { counts: Record<string, number> }[],
  columns: readonly string[],
  stdin: boolean,
): number {
  if (stdin) return 7;
  return Math.max(...rows.flatMap(({ counts }) => columns.map((column) => String(counts[column]).length)));
}

export const uniq = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'cduif:s:w:',
    long: { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i' },
  });
  const keyText = (line: string) => {
    let key = line;
    for (let field = Number(options.value('f') ?? 0); field > 0; field--) key = key.replace(/^\s*\S+/, '');
    key = key.slice(Number(options.value('s') ?? 0));
    const width = options.value('w');
    if (width !== undefined) key = key.slice(0, Number(width));
    return options.has('i') ? key.toLowerCase() : key;
  };
  const lines = linesOf(
    decode((yield* allInput(process, flavour, options.operands.slice(0, 1))).pieces[0] ?? new Uint8Array(0)),
  );
  let text = '';
  for (let at = 0; at < lines.length; ) {
    let end = at + 1;
    while (end < lines.length && keyText(lines[end]!) === keyText(lines[at]!)) end += 1;
    const count = end - at;
    if (!(options.has('d') && count === 1) && !(options.has('u') && count > 1)) {
      text += options.has('c') ? `${String(count).padStart(7)} ${lines[at]}\n` : `${lines[at]}\n`;
    }
    at = end;
  }
  yield* print(process, text);
  return 0;
});

export const cut = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'd:f:c:b:snCO:',
    long: {
      delimiter: 'd',
      fields: 'f',
      characters: 'c',
      bytes: 'b',
      'only-delimited': 's',
      complement: 'C',
      'output-delimiter': 'O',
    },
  });
  const list = options.value('f') ?? options.value('c') ?? options.value('b');
  if (list === undefined) throw new Usage('expected a list of bytes, characters, or fields');
  const ranges = list.split(',').map((text) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(text);
    if (match === null || (match[1] === '' && match[3] === '')) throw new Usage(`invalid range '${text}'`);
    const from = Number(match[1] || 1);
    return [from, match[2] === '' ? from : Number(match[3] || Number.POSITIVE_INFINITY)] as const;
  });
  const complement = options.has('C');
  const chosen = (position: number) => ranges.some(([from, to]) => position >= from && position <= to) !== complement;
  const delimiter = options.value('d') ?? '\t';
  const byField = options.has('f');
  return yield* eachInput(process, flavour, options.operands, function* (fd) {
    const reader = lineReader(process, fd);
    for (;;) {
      const line = yield* reader.next();
      if (line === undefined) return;
      yield* process.compute(0.05);
      if (!byField) yield* print(process, `${[...line].filter((_, at) => chosen(at + 1)).join('')}\n`);
      else if (line.includes(delimiter))
        yield* print(
          process,
          `${line
            .split(delimiter)
            .filter((_, at) => chosen(at + 1))
            .join(options.value('O') ?? delimiter)}\n`,
        );
      else if (!options.has('s')) yield* print(process, `${line}\n`);
    }
  });
});

function linesIn(data: Uint8Array): number {
  let lines = 0;
  for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/** Words, characters, lines and the longest of them; `state` is where the last piece ended. */
function count(data: Uint8Array, counts: Record<string, number>, state: { inWord: boolean; length: number }): void {
  let { inWord, length } = state;
  let [lines, words, characters, longest] = [0, 0, 0, counts['L']!];
  for (let at = 0; at < data.length; at++) {
    const byte = data[at]!;
    if (byte === 10) {
      lines += 1;
      if (length > longest) longest = length;
      length = -1;
    }
    if ((byte & 0xc0) !== 0x80) {
      characters += 1;
      length += 1;
    }
    const space = byte === 32 || (byte >= 9 && byte <= 13);
    if (!space && !inWord) words += 1;
    inWord = !space;
  }
  counts['l']! += lines;
  counts['w']! += words;
  counts['m']! += characters;
  counts['L'] = longest;
  state.inWord = inWord;
  state.length = length;
}

export const tr = program(function* (process, args) {
  const options = getOptions(args, { letters: 'dscC', inOrder: true });
  const [first, second] = options.operands;
  if (first === undefined || (second === undefined && !options.has('d') && !options.has('s')))
    throw new Usage('missing operand');
  const complement = options.has('c') || options.has('C');
  const from = characterSet(first);
  const to = second === undefined ? [] : characterSet(second);
  const listed = new Set(from);
  const inSet = (character: string) => listed.has(character) !== complement;
  const squeezed = options.has('s') ? new Set(second === undefined ? from : to) : undefined;
  const last = to.at(-1) ?? '';
  const table = new Map(from.map((character, at) => [character, to[at] ?? last]));
  const translation: Translation = {
    result: (character) => {
      if (!inSet(character)) return character;
      if (options.has('d')) return '';
      if (second === undefined) return character;
      return complement ? last : (table.get(character) ?? character);
    },
    isSqueezed: (result) =>
      squeezed !== undefined && (complement && second === undefined ? inSet(result) : squeezed.has(result)),
  };
  const bytes = byteTables(translation);
  const state = { previous: '' };
  for (;;) {
    const data = yield* process.read(0);
    if (data.length === 0) return 0;
    yield* lookAt(process, data);
    const plain = bytes === undefined ? undefined : translateBytes(bytes, data, state);
    if (plain === undefined) yield* print(process, translateText(translation, decode(data), state));
    else if (plain.length > 0) yield* process.write(1, plain);
  }
});

interface Translation {
  /** What becomes of a character; empty when it is deleted. */
  readonly result: (character: string) => string;
  /** Whether several of these in a row become one. */
  readonly isSqueezed: (result: string) => boolean;
}

function translateText({ result, isSqueezed }: Translation, text: string, state: { previous: string }): string {
  let translated = '';
  for (const character of text) {
    const next = result(character);
    if (next === '') continue;
    if (next !== state.previous || !isSqueezed(next)) translated += next;
    state.previous = next;
  }
  return translated;
}

const DELETED = 255;

interface ByteTables {
  readonly results: Uint8Array;
  readonly squeezed: Uint8Array;
}

/** The translation of ASCII as tables; undefined where it leads out of ASCII. */
function byteTables({ result, isSqueezed }: Translation): ByteTables | undefined {
  const results = new Uint8Array(128);
  const squeezed = new Uint8Array(128);
  for (let byte = 0; byte < 128; byte++) {
    const text = result(String.fromCharCode(byte));
    const code = text === '' ? DELETED : text.charCodeAt(0);
    if (code !== DELETED && code >= 128) return undefined;
    results[byte] = code;
    squeezed[byte] = isSqueezed(String.fromCharCode(byte)) ? 1 : 0;
  }
  return { results, squeezed };
}

/** Undefined for what is not all ASCII. */
function translateBytes(
  { results, squeezed }: ByteTables,
  data: Uint8Array,
  state: { previous: string },
): Uint8Array | undefined {
  const translated = new Uint8Array(data.length);
  let size = 0;
  let previous = state.previous === '' ? -1 : state.previous.charCodeAt(0);
  for (let at = 0; at < data.length; at++) {
    const byte = data[at]!;
    if (byte >= 128) return undefined;
    const next = results[byte]!;
    if (next === DELETED) continue;
    if (next !== previous || squeezed[next] === 0) translated[size++] = next;
    previous = next;
  }
  state.previous = previous < 0 ? '' : String.fromCharCode(previous);
  return translated.subarray(0, size);
}

const NAMED_SETS: Readonly<Record<string, string>> = {
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  alpha: 'A-Za-z',
  alnum: '0-9A-Za-z',
  space: '\t\n\v\f\r ',
  blank: '\t ',
  punct: '!-/:-@\\[-`{-~',
  cntrl: '\\000-\\037\\177',
  xdigit: '0-9A-Fa-f',
};

function characterSet(text: string): string[] {
  const expanded = text
    .replace(/\[:(\w+):\]/g, (whole, name: string) => NAMED_SETS[name] ?? whole)
    .replace(/\\([0-7]{1,3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    .replace(
      /\\([nrtfvab\\])/g,
      (_, letter: string) => ({ n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', a: '\x07', b: '\b', '\\': '\\' })[letter]!,
    );
  const characters = [...expanded];
  const set: string[] = [];
  for (let at = 0; at < characters.length; at++) {
    const low = characters[at]!;
    const high = characters[at + 1] === '-' ? characters[at + 2] : undefined;
    if (high === undefined) {
      set.push(low);
      continue;
    }
    for (let code = low.codePointAt(0)!; code <= high.codePointAt(0)! && set.length < 70_000; code++)
      set.push(String.fromCodePoint(code));
    at += 2;
  }
  return set;
}

export const rev = program(function* (process, args, flavour) {
  return yield* eachInput(process, flavour, args, function* (fd) {
    const reader = lineReader(process, fd);
    for (;;) {
      const line = yield* reader.next();
      if (line === undefined) return;
      yield* print(process, `${[...line].reverse().join('')}\n`);
    }
  });
});
