/** From where to where on a line: `to` is behind the last character. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const PAIRS: Readonly<Record<string, string>> = {
  '(': '()',
  ')': '()',
  b: '()',
  '[': '[]',
  ']': '[]',
  '{': '{}',
  '}': '{}',
  '<': '<>',
  '>': '<>',
};

/** What `iw`, `aw`, `i"`, `a(` and their kin mean at a column; brackets count on one line only. */
export function objectAt(line: string, column: number, around: boolean, what: string): Span | undefined {
  if (what === 'w') return wordAt(line, column, around, /\w/);
  if (what === 'W') return wordAt(line, column, around, /\S/);
  if ('"\'`'.includes(what)) return quotedAt(line, column, around, what);
  const pair = PAIRS[what];
  return pair === undefined ? undefined : bracketedAt(line, column, around, pair);
}

function wordAt(line: string, column: number, around: boolean, word: RegExp): Span | undefined {
  const kind = (character: string | undefined) =>
    character === undefined ? 'end' : /\s/.test(character) ? 'blank' : word.test(character) ? 'word' : 'other';
  const here = kind(line[column]);
  if (here === 'end') return undefined;
  let [from, to] = [column, column + 1];
  while (from > 0 && kind(line[from - 1]) === here) from -= 1;
  while (kind(line[to]) === here) to += 1;
  if (around) while (kind(line[to]) === 'blank') to += 1;
  return { from, to };
}

function quotedAt(line: string, column: number, around: boolean, quote: string): Span | undefined {
  const marks = [...line.matchAll(new RegExp(quote, 'g'))].map(({ index }) => index);
  for (let at = 0; at + 1 < marks.length; at += 2) {
    const [from, to] = [marks[at]!, marks[at + 1]!];
    if (column <= to) return around ? { from, to: to + 1 } : { from: from + 1, to };
  }
  return undefined;
}

function bracketedAt(line: string, column: number, around: boolean, pair: string): Span | undefined {
  const [open, close] = [pair[0]!, pair[1]!];
  let depth = 0;
  let from = column;
  for (; from >= 0; from--) {
    if (line[from] === close && from !== column) depth += 1;
    else if (line[from] === open && depth-- === 0) break;
  }
  if (from < 0) return undefined;
  depth = 0;
  for (let to = from; to < line.length; to++) {
    if (line[to] === open) depth += 1;
    else if (line[to] === close && --depth === 0) return around ? { from, to: to + 1 } : { from: from + 1, to };
  }
  return undefined;
}
