import { decode } from '../../../linux/stdio.ts';
import { isObject } from '../../unstructured.ts';
import { goSprintf, goType, goValue } from './go-format.ts';

/** What a function has to say against its arguments. */
export class CallProblem extends Error {
  override readonly name = 'CallProblem';
}

export interface TemplateFunction {
  /** How many arguments it takes. */
  readonly least: number;
  readonly most: number;
  readonly call: (args: readonly unknown[]) => unknown;
}

/** A function by how many arguments it takes and what it makes of them. @throws CallProblem */
export function fn(least: number, most: number, call: (args: readonly unknown[]) => unknown): TemplateFunction {
  return { least, most, call };
}

/** As many arguments as there are. */
export const MANY = Number.POSITIVE_INFINITY;

/** What text/template takes for true: neither zero nor empty nor missing. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** The functions of text/template and the two that kubectl adds; `and` and `or` are the evaluator's, being lazy. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: fn(1, MANY, (args) => args.at(-1)),
  or: fn(1, MANY, (args) => args.at(-1)),
  not: fn(1, 1, ([value]) => !isTrue(value)),
  len: fn(1, 1, ([value]) => lengthOf(value)),
  index: fn(1, MANY, ([value, ...keys]) => keys.reduce(indexOne, value)),
  slice: fn(1, 4, ([value, ...bounds]) => slice(value, bounds)),
  print: fn(0, MANY, print),
  printf: fn(1, MANY, ([format, ...args]) => goSprintf(text(format), args)),
  println: fn(0, MANY, (args) => `${args.map(goValue).join(' ')}\n`),
  html: fn(0, MANY, (args) => print(args).replace(/[<>&'"\0]/g, (character) => HTML[character]!)),
  js: fn(0, MANY, (args) => print(args).replace(/[\\'"<>&=\n]/g, (character) => JS[character]!)),
  urlquery: fn(0, MANY, (args) => encodeURIComponent(print(args)).replaceAll('%20', '+')),
  eq: fn(1, MANY, ([first, ...others]) => {
    if (others.length === 0) throw new CallProblem('missing argument for comparison');
    return others.some((other) => equal(first, other));
  }),
  ne: fn(2, 2, ([left, right]) => !equal(left, right)),
  lt: fn(2, 2, ([left, right]) => less(left, right)),
  le: fn(2, 2, ([left, right]) => less(left, right) || equal(left, right)),
  gt: fn(2, 2, ([left, right]) => !less(left, right) && !equal(left, right)),
  ge: fn(2, 2, ([left, right]) => !less(left, right)),
  exists: fn(1, MANY, ([value, ...keys]) => exists(value, keys)),
  base64decode: fn(1, 1, ([value]) => base64decode(text(value))),
};

const HTML: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&#39;',
  '"': '&#34;',
  '\0': '\uFFFD',
};

const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
  '\n': '\\n',
};

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new CallProblem(`wrong type for value; expected string; got ${goType(value)}`);
}

/** fmt.Sprint: a blank between two neighbours when neither is a string. */
function print(args: readonly unknown[]): string {
  return args
    .map((value, index) => {
      const blank = index > 0 && typeof value !== 'string' && typeof args[index - 1] !== 'string';
      return `${blank ? ' ' : ''}${goValue(value)}`;
    })
    .join('');
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length;
  if (Array.isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  throw new CallProblem(value === null || value === undefined ? 'len of nil pointer' : `len of type ${goType(value)}`);
}

function indexOne(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) throw new CallProblem('index of untyped nil');
  if (isObject(value)) {
    if (typeof key !== 'string') throw new CallProblem(`value has type ${goType(key)}; should be string`);
    return Object.hasOwn(value, key) ? value[key] : undefined;
  }
  if (!Array.isArray(value) && typeof value !== 'string')
    throw new CallProblem(`can't index item of type ${goType(value)}`);
  if (typeof key !== 'number') throw new CallProblem(`cannot index slice/array with type ${goType(key)}`);
  if (key < 0 || key >= value.length) throw new CallProblem(`index out of range: ${key}`);
  return typeof value === 'string' ? value.charCodeAt(key) : value[key];
}

function slice(value: unknown, bounds: readonly unknown[]): unknown {
  if (typeof value !== 'string' && !Array.isArray(value))
    throw new CallProblem(
      value === null || value === undefined ? 'slice of untyped nil' : `can't slice item of type ${goType(value)}`,
    );
  for (const bound of bounds) {
    if (typeof bound !== 'number') throw new CallProblem(`cannot index slice/array with type ${goType(bound)}`);
    if (bound < 0 || bound > value.length) throw new CallProblem(`index out of range: ${bound}`);
  }
  const [from = 0, to = value.length] = bounds as readonly number[];
  if (from > to) throw new CallProblem(`invalid slice index: ${from} > ${to}`);
  return value.slice(from, to);
}

function basicKind(value: unknown): string | undefined {
  const type = goType(value);
  return ['string', 'int', 'float64', 'bool'].includes(type) ? type : undefined;
}

function equal(left: unknown, right: unknown): boolean {
  const missing = (value: unknown) => value === null || value === undefined;
  if (missing(left) || missing(right)) return missing(left) && missing(right);
  const [kind, other] = [basicKind(left), basicKind(right)];
  if (kind !== undefined && kind === other) return left === right;
  if (kind === undefined && other === undefined)
    throw new CallProblem(`non-comparable type ${goValue(left)}: ${goType(left)}`);
  throw new CallProblem(`incompatible types for comparison: ${goType(left)} and ${goType(right)}`);
}

function less(left: unknown, right: unknown): boolean {
  const [kind, other] = [basicKind(left), basicKind(right)];
  if (kind === undefined || other === undefined || kind === 'bool')
    throw new CallProblem('invalid type for comparison');
  if (kind === other) return (left as number) < (right as number);
  throw new CallProblem(`incompatible types for comparison: ${goType(left)} and ${goType(right)}`);
}

function exists(value: unknown, keys: readonly unknown[]): boolean {
  let current = value;
  for (const key of keys) {
    if (isObject(current) && typeof key === 'string' && Object.hasOwn(current, key)) current = current[key];
    else if (Array.isArray(current) && typeof key === 'number' && key >= 0 && key < current.length) {
      current = current[key];
    } else return false;
  }
  return true;
}

function base64decode(value: string): string {
  try {
    return decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
  } catch {
    throw new CallProblem('base64 decode failed: illegal base64 data at input byte 0');
  }
}
