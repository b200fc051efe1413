import { formatDate } from '../../date-format.ts';
import {
  compare,
  described,
  isObject,
  isTrue,
  iterated,
  JqError,
  type Json,
  type JsonObject,
  typeOf,
} from './value.ts';

// Builtin functions whose arguments are plain values: each gets the input and one value an argument.

function text(value: Json, name: string): string {
  if (typeof value !== 'string') throw new JqError(`${name} input must be a string`);
  return value;
}

function array(value: Json, what: string): readonly Json[] {
  if (!Array.isArray(value)) throw new JqError(`${described(value)} ${what}`);
  return value;
}

function number(value: Json): number {
  if (typeof value !== 'number') throw new JqError(`${described(value)} number required`);
  return value;
}

export function keysOf(value: Json): Json[] {
  if (isObject(value)) return Object.keys(value).sort();
  if (Array.isArray(value)) return value.map((_, index) => index);
  throw new JqError(`${described(value)} has no keys`);
}

function lengthOf(value: Json): number {
  if (value === null) return 0;
  if (typeof value === 'string') return [...value].length;
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value === 'boolean') throw new JqError(`${described(value)} has no length`);
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

export function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function contains(a: Json, b: Json): boolean {
  if (isObject(a) && isObject(b))
    return Object.keys(b).every((key) => Object.hasOwn(a, key) && contains(a[key]!, b[key]!));
  if (Array.isArray(a) && Array.isArray(b))
    return b.every((wanted: Json) => a.some((held: Json) => contains(held, wanted)));
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b);
  if (typeOf(a) !== typeOf(b))
    throw new JqError(`${described(a)} and ${described(b)} cannot have their containment checked`);
  return compare(a, b) === 0;
}

export function arithmetic(operator: string, a: Json, b: Json): Json {
  if (typeof a === 'number' && typeof b === 'number') {
    if ((operator === '/' || operator === '%') && (operator === '/' ? b : Math.trunc(b)) === 0) {
      throw new JqError(`${described(a)} and ${described(b)} cannot be divided because the divisor is zero`);
    }
    switch (operator) {
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return a * b;
      case '/':
        return a / b;
      default:
        return Math.trunc(a) % Math.trunc(b);
    }
  }
  if (operator === '+') {
    if (a === null) return b;
    if (b === null) return a;
    if (typeof a === 'string' && typeof b === 'string') return a + b;
    if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
    if (isObject(a) && isObject(b)) return { ...a, ...b };
  }
  if (operator === '-' && Array.isArray(a) && Array.isArray(b)) {
    return (a as readonly Json[]).filter((held) => !(b as readonly Json[]).some((gone) => compare(held, gone) === 0));
  }
  if (operator === '*' && isObject(a) && isObject(b)) return merged(a, b);
  if (operator === '*' && typeof a === 'string' && typeof b === 'number')
    return b <= 0 ? null : a.repeat(Math.min(Math.max(1, Math.floor(b)), 10_000));
  if (operator === '/' && typeof a === 'string' && typeof b === 'string') return a === '' ? [] : a.split(b);
  const verbs: Readonly<Record<string, string>> = {
    '+': 'added',
    '-': 'subtracted',
    '*': 'multiplied',
    '/': 'divided',
    '%': 'divided',
  };
  throw new JqError(`${described(a)} and ${described(b)} cannot be ${verbs[operator]}`);
}

function merged(a: JsonObject, b: JsonObject): JsonObject {
  const entries = Object.entries(b).map(([key, value]) => {
    const held = Object.hasOwn(a, key) ? a[key]! : null;
    return [key, isObject(held) && isObject(value) ? merged(held, value) : value] as const;
  });
  return { ...a, ...Object.fromEntries(entries) };
}

function flattened(value: readonly Json[], depth: number): Json[] {
  return value.flatMap((each) => (Array.isArray(each) && depth > 0 ? flattened(each, depth - 1) : [each]));
}

function regex(pattern: Json, flags: Json): RegExp {
  try {
    return new RegExp(text(pattern, 'test'), `u${typeof flags === 'string' ? flags.replace(/[^gims]/g, '') : ''}`);
  } catch (error) {
    if (error instanceof JqError) throw error;
    throw new JqError(`${toText(pattern)} (at offset 0) is not a valid regex`);
  }
}

function matches(input: Json, pattern: Json, flags: Json): Json[] {
  const expression = regex(pattern, flags);
  const subject = text(input, 'match');
  const found = expression.global
    ? [...subject.matchAll(expression)]
    : [expression.exec(subject)].filter((match) => match !== null);
  return found.map((match) => {
    const names = Object.keys(match.groups ?? {});
    return {
      offset: match.index,
      length: match[0].length,
      string: match[0],
      captures: match.slice(1).map((captured, index) => ({
        offset: captured === undefined ? -1 : match.index + match[0].indexOf(captured),
        length: captured?.length ?? 0,
        string: captured ?? null,
        name: names[index] ?? null,
      })),
    };
  });
}

export function captured(found: Json): JsonObject {
  const captures = (found as JsonObject)['captures'] as readonly JsonObject[];
  return Object.fromEntries(
    captures.filter(({ name }) => name !== null).map(({ name, string }) => [String(name), string!]),
  );
}

export const FORMATS: Readonly<Record<string, (value: Json) => string>> = {
  '@text': toText,
  '@json': (value) => JSON.stringify(value),
  '@csv': (value) =>
    array(value, 'cannot be csv-formatted, only an array can be')
      .map((cell) => (typeof cell === 'string' ? `"${cell.replaceAll('"', '""')}"` : cell === null ? '' : toText(cell)))
      .join(','),
  '@tsv': (value) =>
    array(value, 'cannot be tsv-formatted, only an array can be')
      .map((cell) =>
        cell === null ? '' : toText(cell).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n'),
      )
      .join('\t'),
  '@html': (value) =>
    toText(value).replace(
      /[<>&'"]/g,
      (found) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' })[found]!,
    ),
  '@uri': (value) =>
    encodeURIComponent(toText(value)).replace(
      /[!'()*]/g,
      (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  '@sh': (value) =>
    (Array.isArray(value) ? value : [value])
      .map((word: Json) => (typeof word === 'string' ? `'${word.replaceAll("'", "'\\''")}'` : toText(word)))
      .join(' '),
  '@base64': (value) => btoa(String.fromCharCode(...new TextEncoder().encode(toText(value)))),
  '@base64d': (value) => {
    try {
      return new TextDecoder().decode(
        Uint8Array.from(atob(toText(value).replace(/=+$/, '')), (letter) => letter.charCodeAt(0)),
      );
    } catch {
      throw new JqError(`${described(value)} is not valid base64 data`);
    }
  },
};

export const FUNCTIONS: Readonly<Record<string, (input: Json, ...args: Json[]) => Json>> = {
  length: lengthOf,
  utf8bytelength: (input) => new TextEncoder().encode(text(input, 'utf8bytelength')).length,
  not: (input) => !isTrue(input),
  keys: keysOf,
  keys_unsorted: (input) => (isObject(input) ? Object.keys(input) : keysOf(input)),
  values_array: (input) => [...iterated(input)],
  add: (input) => iterated(input).reduce((sum: Json, value) => arithmetic('+', sum, value), null),
  any: (input) => iterated(input).some(isTrue),
  all: (input) => iterated(input).every(isTrue),
  floor: (input) => Math.floor(number(input)),
  ceil: (input) => Math.ceil(number(input)),
  round: (input) => Math.round(number(input)),
  sqrt: (input) => Math.sqrt(number(input)),
  fabs: (input) => Math.abs(number(input)),
  pow: (_, base, exponent) => number(base!) ** number(exponent!),
  log: (input) => Math.log(number(input)),
  tostring: toText,
  tonumber: (input) => {
    if (typeof input === 'number') return input;
    const value = typeof input === 'string' && input.trim() !== '' ? Number(input) : Number.NaN;
    if (Number.isNaN(value)) throw new JqError(`Cannot use ${described(input)} as number`);
    return value;
  },
  tojson: (input) => JSON.stringify(input),
  fromjson: (input) => {
    try {
      return JSON.parse(text(input, 'fromjson')) as Json;
    } catch {
      throw new JqError(`${toText(input)} (while parsing '${toText(input)}')`);
    }
  },
  type: typeOf,
  sort: (input) => [...array(input, 'cannot be sorted, as it is not an array')].sort(compare),
  unique: (input) =>
    [...array(input, 'cannot be sorted, as it is not an array')]
      .sort(compare)
      .filter((value, index, all) => index === 0 || compare(value, all[index - 1]!) !== 0),
  reverse: (input) =>
    typeof input === 'string'
      ? [...input].reverse().join('')
      : [...array(input ?? [], 'cannot be reversed, as it is not an array')].reverse(),
  min: (input) => [...array(input, 'cannot be iterated')].sort(compare)[0] ?? null,
  max: (input) => [...array(input, 'cannot be iterated')].sort(compare).at(-1) ?? null,
  flatten: (input, depth) => flattened(array(input, 'cannot be flattened'), depth === undefined ? 1000 : number(depth)),
  transpose: (input) => {
    const rows = array(input, 'cannot be transposed') as readonly (readonly Json[])[];
    return Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, column) =>
      rows.map((row) => row[column] ?? null),
    );
  },
  has: (input, key) =>
    isObject(input)
      ? Object.hasOwn(input, String(key))
      : Number(key) >= 0 && Number(key) < array(input, 'has no keys').length,
  in: (input, object) =>
    isObject(object!) ? Object.hasOwn(object, String(input)) : Number(input) < array(object!, 'has no keys').length,
  contains: (input, other) => contains(input, other!),
  inside: (input, other) => contains(other!, input),
  startswith: (input, prefix) => text(input, 'startswith()').startsWith(text(prefix!, 'startswith()')),
  endswith: (input, suffix) => text(input, 'endswith()').endsWith(text(suffix!, 'endswith()')),
  ltrimstr: (input, prefix) =>
    typeof input === 'string' && typeof prefix === 'string' && input.startsWith(prefix)
      ? input.slice(prefix.length)
      : input,
  rtrimstr: (input, suffix) =>
    typeof input === 'string' && typeof suffix === 'string' && suffix !== '' && input.endsWith(suffix)
      ? input.slice(0, -suffix.length)
      : input,
  trim: (input) => text(input, 'trim').trim(),
  split: (input, by, flags) =>
    flags === undefined
      ? text(input, 'split') === ''
        ? []
        : text(input, 'split').split(text(by!, 'split'))
      : text(input, 'split').split(regex(by!, flags)),
  join: (input, by) =>
    array(input, 'cannot be joined')
      .map((value) => (value === null ? '' : toText(value)))
      .join(text(by!, 'join')),
  ascii_downcase: (input) => text(input, 'ascii_downcase').toLowerCase(),
  ascii_upcase: (input) => text(input, 'ascii_upcase').toUpperCase(),
  explode: (input) => Array.from(text(input, 'explode'), (character) => character.codePointAt(0)!),
  implode: (input) => String.fromCodePoint(...array(input, 'cannot be imploded').map(number)),
  test: (input, pattern, flags) => matches(input, pattern!, flags ?? null).length > 0,
  match_all: (input, pattern, flags) => matches(input, pattern!, flags ?? null),
  sub_text: (input, pattern, flags) => matches(input, pattern!, flags ?? null),
  to_entries: (input) => Object.entries(input as JsonObject).map(([key, value]) => ({ key, value })),
  from_entries: (input) =>
    Object.fromEntries(
      (iterated(input) as readonly JsonObject[]).map((entry) => [
        toText(entry['key'] ?? entry['k'] ?? entry['name'] ?? entry['Name'] ?? entry['Key'] ?? null),
        entry['value'] ?? entry['v'] ?? entry['Value'] ?? null,
      ]),
    ),
  index: (input, wanted) =>
    typeof input === 'string'
      ? nullIfMissing(input.indexOf(String(wanted)))
      : nullIfMissing(array(input, 'cannot be searched').findIndex((value) => compare(value, wanted!) === 0)),
  rindex: (input, wanted) => nullIfMissing(text(input, 'rindex').lastIndexOf(String(wanted))),
  todate: (input) => new Date(number(input) * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
  fromdate: (input) => {
    const time = Date.parse(text(input, 'fromdate'));
    if (Number.isNaN(time)) throw new JqError(`date "${toText(input)}" does not match format "%Y-%m-%dT%H:%M:%SZ"`);
    return Math.floor(time / 1000);
  },
  strftime: (input, format) => formatDate(text(format!, 'strftime'), number(input) * 1000),
  infinite: () => Number.MAX_VALUE,
  nan: () => Number.NaN,
  fromdateiso8601: (input) => FUNCTIONS['fromdate']!(input),
  todateiso8601: (input) => FUNCTIONS['todate']!(input),
  input_line_number: () => 0,
  tojson_sorted: (input) => JSON.stringify(input),
};

function nullIfMissing(index: number): number | null {
  return index < 0 ? null : index;
}
