import { isObject } from '../../unstructured.ts';
import { numberText } from '../../yaml/yaml-scalar.ts';

/** A decoded JSON value in Go's `%v`. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goValue(value[key])}`);
  return `map[${entries.join(' ')}]`;
}

/** The name of a decoded value's Go type. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

const MAX_WIDTH = 10_000;

/** Go's fmt.Sprintf for decoded JSON values: the verbs v s d q t f g e x X o b c T and %%, with flags and width. */
export function goSprintf(format: string, args: readonly unknown[]): string {
  let next = 0;
  const text = format.replace(/%([-+# 0]*)(\d*)(?:\.(\d*))?(.)/gsu, (_all, flags, width, precision, verb) => {
    if (verb === '%') return '%';
    if (next >= args.length) return `%!${verb}(MISSING)`;
    const arg = args[next++];
    const formatted = formatVerb(verb, arg, flags, precision === undefined ? undefined : Number(precision || '0'));
    const room = Math.min(Number(width || '0'), MAX_WIDTH);
    if (flags.includes('-')) return formatted.padEnd(room);
    return formatted.padStart(room, flags.includes('0') && typeof arg === 'number' ? '0' : ' ');
  });
  const extra = args.slice(next).map((arg) => (arg == null ? '<nil>' : `${goType(arg)}=${goValue(arg)}`));
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatVerb(verb: string, value: unknown, flags: string, precision: number | undefined): string {
  const formatted = typeof value === 'number' ? numberVerb(verb, value, precision) : otherVerb(verb, value, precision);
  if (formatted === undefined) {
    return value === null || value === undefined ? `%!${verb}(<nil>)` : `%!${verb}(${goType(value)}=${goValue(value)})`;
  }
  return flags.includes('+') && typeof value === 'number' && value >= 0 ? `+${formatted}` : formatted;
}

function numberVerb(verb: string, value: number, precision: number | undefined): string | undefined {
  const whole = Number.isInteger(value);
  switch (verb) {
    case 'v':
    case 'g':
      return verb === 'g' && whole ? undefined : numberText(value);
    case 'd':
      return whole ? String(value) : undefined;
    case 'x':
    case 'X':
    case 'o':
    case 'b': {
      if (!whole) return undefined;
      const digits = value.toString({ x: 16, X: 16, o: 8, b: 2 }[verb]);
      return verb === 'X' ? digits.toUpperCase() : digits;
    }
    case 'c':
      return whole ? String.fromCodePoint(value) : undefined;
    case 'f':
      return whole ? undefined : value.toFixed(Math.min(precision ?? 6, 100));
    case 'e':
      return whole ? undefined : value.toExponential(Math.min(precision ?? 6, 100)).replace(/e([-+])(\d)$/, 'e$10$2');
    case 'T':
      return goType(value);
    default:
      return undefined;
  }
}

function otherVerb(verb: string, value: unknown, precision: number | undefined): string | undefined {
  if (verb === 'v') return goValue(value);
  if (verb === 'T') return goType(value);
  if (typeof value === 'boolean') return verb === 't' ? String(value) : undefined;
  if (typeof value !== 'string') {
    if (Array.isArray(value)) return `[${value.map((item) => formatVerb(verb, item, '', precision)).join(' ')}]`;
    if (!isObject(value)) return undefined;
    const entries = Object.keys(value).sort();
    return `map[${entries.map((key) => `${formatVerb(verb, key, '', precision)}:${formatVerb(verb, value[key], '', precision)}`).join(' ')}]`;
  }
  if (verb === 's') return precision === undefined ? value : [...value].slice(0, precision).join('');
  return verb === 'q' ? JSON.stringify(value) : undefined;
}
