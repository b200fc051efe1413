import { decode, encode, print } from '../stdio.ts';
import { allInput, linesOf } from './input.ts';
import { getOptions } from './options.ts';
import { program, Usage } from './program.ts';

export const sort = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'nrufk:t:o:hVgbsmcz',
    long: { numeric: 'n', reverse: 'r', unique: 'u', key: 'k', 'field-separator': 't', 'human-numeric-sort': 'h' },
  });
  const { pieces, exitCode } = yield* allInput(process, flavour, options.operands);
  const end = options.has('z') ? '\0' : '\n';
  const lines = pieces.flatMap((piece) => linesOf(decode(piece), end));
  const separator = options.value('t');
  const flags = (letters: string) => (letter: string) =>
    letters.includes(letter) || (!/[nrfhVgb]/.test(letters) && options.has(letter));
  const keys = options.values('k').map((text) => {
    const match = /^(\d+)(?:\.\d+)?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?$/.exec(text);
    if (match === null) throw new Usage(`bad key '${text}'`);
    return {
      from: Number(match[1]),
      to: match[3] === undefined ? undefined : Number(match[3]),
      has: flags(match[2]! + (match[4] ?? '')),
    };
  });
  if (keys.length === 0) keys.push({ from: 1, to: undefined, has: (letter) => options.has(letter) });
  const whole = options.values('k').length === 0;
  const keyed = lines.map((line) => ({
    line,
    keys: keys.map((key) => (whole ? line : keyOf(line, key.from, key.to, separator))),
  }));
  const compare = (a: (typeof keyed)[number], b: (typeof keyed)[number]): number => {
    for (const [at, key] of keys.entries()) {
      const order = compareKeys(a.keys[at]!, b.keys[at]!, key.has);
      if (order !== 0) return key.has('r') ? -order : order;
    }
    return 0;
  };
  keyed.sort(
    (a, b) =>
      compare(a, b) ||
      (options.has('s') || options.has('u')
        ? 0
        : (a.line < b.line ? -1 : a.line > b.line ? 1 : 0) * (options.has('r') ? -1 : 1)),
  );
  const kept = options.has('u') ? keyed.filter((item, at) => at === 0 || compare(keyed[at - 1]!, item) !== 0) : keyed;
  const text = kept.map((item) => `${item.line}${end}`).join('');
  const output = options.value('o');
  if (output === undefined) yield* print(process, text);
  else process.writeFile(output, encode(text));
  return exitCode;
});

function keyOf(line: string, from: number, to: number | undefined, separator: string | undefined): string {
  // Without -t a field begins with the blanks before it.
  const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
  return fields.slice(from - 1, to).join(separator ?? '');
}

function compareKeys(a: string, b: string, has: (letter: string) => boolean): number {
  if (has('n') || has('g') || has('h')) {
    const order = numberOf(a, has('h')) - numberOf(b, has('h'));
    if (order !== 0) return order;
    return 0;
  }
  let [left, right] = [a, b];
  if (has('b')) [left, right] = [left.trimStart(), right.trimStart()];
  if (has('f')) [left, right] = [left.toUpperCase(), right.toUpperCase()];
  if (has('V')) return compareVersions(left, right);
  return left < right ? -1 : left > right ? 1 : 0;
}

function numberOf(text: string, human: boolean): number {
  const match = /^\s*(-?\d*\.?\d*)([KMGTP]?)/i.exec(text)!;
  const value = Number(match[1]) || 0;
  return human ? value * 1024 ** ('KMGTP'.indexOf(match[2]!.toUpperCase() || '?') + 1) : value;
}

function compareVersions(a: string, b: string): number {
  const left: readonly string[] = a.match(/\d+|\D+/g) ?? [];
  const right: readonly string[] = b.match(/\d+|\D+/g) ?? [];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [x, y] = [left[at] ?? '', right[at] ?? ''];
    const order = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
    if (order !== 0) return order;
  }
  return 0;
}
