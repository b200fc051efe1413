import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import type { Regex } from '../../regex.ts';
import { unescapeAwk } from './lexer.ts';
import type { AwkMachine } from './machine.ts';
import { splitByRegex, splitFields } from './record.ts';
import { type AwkArray, formatAwk, fromInput, toNumber, toText, type Value } from './value.ts';

/** Builtin functions whose arguments are plain values. */
export const SIMPLE_BUILTINS: Readonly<
  Record<string, (machine: AwkMachine, args: readonly Value[]) => Value | Task<Value>>
> = {
  substr: (machine, [text, start, length]) => {
    const characters = [...toText(text, machine.convfmt)];
    const from = rounded(toNumber(start));
    const to = length === undefined ? Number.POSITIVE_INFINITY : from + rounded(toNumber(length));
    return characters.slice(Math.max(0, from - 1), Math.max(0, to - 1)).join('');
  },
  index: (machine, [text, part]) => {
    const whole = toText(text, machine.convfmt);
    const at = whole.indexOf(toText(part, machine.convfmt));
    return at < 0 ? 0 : [...whole.slice(0, at)].length + 1;
  },
  sprintf: (machine, [format, ...args]) => formatAwk(toText(format, machine.convfmt), args, machine.convfmt),
  sin: (_, [x]) => Math.sin(toNumber(x)),
  cos: (_, [x]) => Math.cos(toNumber(x)),
  atan2: (_, [y, x]) => Math.atan2(toNumber(y), toNumber(x)),
  exp: (_, [x]) => Math.exp(toNumber(x)),
  log: (_, [x]) => Math.log(toNumber(x)),
  sqrt: (_, [x]) => Math.sqrt(toNumber(x)),
  int: (_, [x]) => Math.trunc(toNumber(x)),
  rand: (machine) => machine.random(),
  srand: (machine, [seed]) =>
    machine.reseed(seed === undefined ? Math.floor(machine.process.now() / 1000) : toNumber(seed)),
  tolower: (machine, [text]) => toText(text, machine.convfmt).toLowerCase(),
  toupper: (machine, [text]) => toText(text, machine.convfmt).toUpperCase(),
  systime: (machine) => Math.floor(machine.process.now() / 1000),
  strftime: (machine, [format, time]) =>
    formatDate(
      format === undefined ? '%a %b %e %H:%M:%S %Z %Y' : toText(format, machine.convfmt),
      time === undefined ? machine.process.now() : toNumber(time) * 1000,
    ),
  and: (_, args) => args.map(toNumber).reduce((a, b) => Number(BigInt(a) & BigInt(b))),
  or: (_, args) => args.map(toNumber).reduce((a, b) => Number(BigInt(a) | BigInt(b))),
  xor: (_, args) => args.map(toNumber).reduce((a, b) => Number(BigInt(a) ^ BigInt(b))),
  lshift: (_, [x, by]) => toNumber(x) * 2 ** toNumber(by),
  rshift: (_, [x, by]) => Math.floor(toNumber(x) / 2 ** toNumber(by)),
  compl: (_, [x]) => 2 ** 53 - 1 - toNumber(x),
  system: (machine, [command]) => machine.streams.system(toText(command, machine.convfmt)),
  close: (machine, [name]) => machine.streams.close(toText(name, machine.convfmt)),
  fflush: function* (machine) {
    yield* machine.streams.flush();
    return 0;
  },
};

/** A half goes to the even neighbour. */
function rounded(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(value);
}

/** split(): fills the array with the parts and returns how many there are. */
export function split(
  machine: AwkMachine,
  text: string,
  array: AwkArray,
  separator: Regex | string | undefined,
): number {
  const by = separator ?? machine.text('FS');
  const parts =
    typeof by === 'string'
      ? splitFields(text, by, (source) => machine.regex(source), separator === undefined && machine.text('RS') === '')
      : text === ''
        ? []
        : splitByRegex(text, by);
  array.clear();
  parts.forEach((part, index) => {
    array.set(String(index + 1), fromInput(part));
  });
  return parts.length;
}

/** match(): where the expression is found, counted from 1; sets RSTART and RLENGTH. */
export function match(machine: AwkMachine, text: string, regex: Regex): number {
  const found = regex.search(text);
  const start = found === undefined ? 0 : [...text.slice(0, found.start)].length + 1;
  machine.set('RSTART', start);
  machine.set('RLENGTH', found === undefined ? -1 : [...text.slice(found.start, found.end)].length);
  return start;
}

/**
 * sub() and gsub(): `&` in the replacement stands for what was found.
 *
 * @param which `all`, or the number of the match to replace
 */
export function substitute(
  text: string,
  regex: Regex,
  replacement: string,
  which: 'all' | number,
  groups = false,
): { text: string; count: number } {
  let result = '';
  let count = 0;
  let seen = 0;
  let from = 0;
  for (let at = 0; at <= text.length; ) {
    const found = regex.search(text, at);
    if (found === undefined) break;
    seen += 1;
    const wanted = which === 'all' || which === seen;
    result += text.slice(from, found.start);
    result += wanted ? filled(replacement, found.groups, groups) : text.slice(found.start, found.end);
    if (wanted) count += 1;
    from = found.end;
    at = found.end;
    if (found.end === found.start) {
      result += text.slice(at, at + 1);
      from = at = at + 1;
    }
    if (wanted && which !== 'all') break;
    // An empty match right behind another one does not count.
    if (found.end > found.start && at < text.length && regex.search(text, at)?.end === at) {
      result += text.slice(at, at + 1);
      from = at = at + 1;
    } else if (found.end > found.start && at === text.length) break;
  }
  return { text: result + text.slice(from), count };
}

function filled(replacement: string, found: readonly (string | undefined)[], groups: boolean): string {
  return replacement.replace(/\\([\s\S])|&/g, (whole, escaped: string | undefined) => {
    if (escaped === undefined) return found[0]!;
    if (escaped === '&') return '&';
    if (escaped === '\\') return '\\';
    return groups && /\d/.test(escaped) ? (found[Number(escaped)] ?? '') : whole;
  });
}

/** A value given with `-v` or as an operand: escapes are those of a string. */
export function assignedValue(text: string): Value {
  return fromInput(unescapeAwk(text));
}
