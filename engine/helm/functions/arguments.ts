import { CallProblem } from '../../kubectl/output/template/functions.ts';
import { goType, goValue } from '../../kubectl/output/template/go-format.ts';
import { isObject } from '../../kubectl/unstructured.ts';

/** A dictionary of a template; templates may change it. */
export type Dictionary = Record<string, unknown>;

/** What a dictionary itself has under a key, and not what every object is born with. */
export function entryOf(dictionary: Dictionary, key: string): unknown {
  return Object.hasOwn(dictionary, key) ? dictionary[key] : undefined;
}

/** Not an assignment: a key may be `__proto__`. */
export function setEntry(dictionary: Dictionary, key: string, value: unknown): void {
  Object.defineProperty(dictionary, key, { value, writable: true, enumerable: true, configurable: true });
}

function wrongType(expected: string, value: unknown): CallProblem {
  const got = value === null || value === undefined ? 'nil' : `${goType(value)}`;
  return new CallProblem(`wrong type for value; expected ${expected}; got ${got}`);
}

/** @throws CallProblem for anything but a string */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw wrongType('string', value);
}

/** @throws CallProblem for anything but a list */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new CallProblem(`Cannot find list on type ${goType(value)}`);
}

/** @throws CallProblem for anything but a dictionary */
export function dictionaryOf(value: unknown): Dictionary {
  if (isObject(value)) return value as Dictionary;
  throw wrongType('map[string]interface {}', value);
}

/** Any value as text: what sprig's string functions do to what is none. */
export function shown(value: unknown): string {
  return value === null || value === undefined ? '' : goValue(value);
}

/** What is no number is 0, as in Go's github.com/spf13/cast. */
export function numberOf(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : 0;
}

export function wholeOf(value: unknown): number {
  return Math.trunc(numberOf(value));
}
