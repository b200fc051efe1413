export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A filter that cannot be applied; `try` catches its value. */
export class JqError {
  readonly value: Json;

  constructor(value: Json) {
    this.value = value;
  }

  get message(): string {
    return typeof this.value === 'string' ? this.value : `${JSON.stringify(this.value)} (not a string)`;
  }
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value === 'object' ? 'object' : typeof value;
}

export function isTrue(value: Json): boolean {
  return value !== null && value !== false;
}

/** As messages show a value: its type and a short form. */
export function described(value: Json): string {
  const text = JSON.stringify(value);
  return `${typeOf(value)} (${text.length > 11 ? `${text.slice(0, 10)}...` : text})`;
}

const ORDER = ['null', 'false', 'true', 'number', 'string', 'array', 'object'];

function rank(value: Json): number {
  return ORDER.indexOf(typeof value === 'boolean' ? String(value) : typeOf(value));
}

/** jq's order of all values. */
export function compare(a: Json, b: Json): number {
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  if (typeof a === 'number') return a - (b as number);
  if (typeof a === 'string') return a < (b as string) ? -1 : a > (b as string) ? 1 : 0;
  if (Array.isArray(a)) {
    const other = b as readonly Json[];
    for (let i = 0; i < Math.min(a.length, other.length); i++) {
      const order = compare(a[i]!, other[i]!);
      if (order !== 0) return order;
    }
    return a.length - other.length;
  }
  if (!isObject(a) || !isObject(b)) return 0;
  const [left, right] = [Object.keys(a).sort(), Object.keys(b).sort()];
  const keys = compare(left, right);
  if (keys !== 0) return keys;
  for (const key of left) {
    const order = compare(a[key]!, b[key]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** With one key set; `__proto__` is a key like any other. */
function withKey(object: JsonObject, key: string, value: Json): JsonObject {
  return Object.fromEntries([
    ...Object.entries(object).filter(([name]) => name !== key || Object.hasOwn(object, key)),
    [key, value],
  ]);
}

/** `.[key]` */
export function indexed(value: Json, key: Json): Json {
  if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key) ? value[key]! : null;
  if (Array.isArray(value) && typeof key === 'number') {
    const at = Math.floor(key);
    return (value as readonly Json[])[at < 0 ? value.length + at : at] ?? null;
  }
  if (value === null && (typeof key === 'string' || typeof key === 'number' || key === null)) return null;
  if (typeof key === 'string') throw new JqError(`Cannot index ${typeOf(value)} with "${key}"`);
  throw new JqError(`Cannot index ${typeOf(value)} with ${typeOf(key)}`);
}

export function iterated(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  if (isObject(value)) return Object.values(value);
  throw new JqError(`Cannot iterate over ${value === null ? 'null' : described(value)}`);
}

export type Path = readonly (string | number)[];

export function getPath(value: Json, path: Path): Json {
  let current = value;
  for (const key of path) current = indexed(current, key);
  return current;
}

/** The largest index that an assignment may make. */
const MAX_INDEX = 1_000_000;

export function setPath(value: Json, path: Path, update: (before: Json) => Json): Json {
  if (path.length === 0) return update(value);
  const [key, ...rest] = path as [string | number, ...(string | number)[]];
  const inner = setPath(indexed(value, key), rest, update);
  if (typeof key === 'string') return withKey((value ?? {}) as JsonObject, key, inner);
  const array = [...((value ?? []) as readonly Json[])];
  const at = key < 0 ? array.length + key : key;
  if (at < 0) throw new JqError('Out of bounds negative array index');
  if (at > MAX_INDEX) throw new JqError('Array index too large');
  while (array.length < at) array.push(null);
  array[at] = inner;
  return array;
}

export function deletePaths(value: Json, paths: readonly Path[]): Json {
  // From the last on, so that indices stay what they were.
  return [...paths]
    .sort((a, b) => compare(b as Json, a as Json))
    .reduce((current: Json, path) => deletePath(current, path), value);
}

function deletePath(value: Json, path: Path): Json {
  if (value === null || path.length === 0) return null;
  const [key, ...rest] = path as [string | number, ...(string | number)[]];
  if (rest.length > 0) {
    const inner = indexed(value, key);
    return inner === null ? value : setPath(value, [key], () => deletePath(inner, rest));
  }
  if (isObject(value)) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  if (!Array.isArray(value))
    throw new JqError(
      `Cannot delete field at ${typeof key === 'string' ? 'object' : 'array'} index of ${typeOf(value)}`,
    );
  const at = (key as number) < 0 ? value.length + (key as number) : key;
  return (value as readonly Json[]).filter((_, index) => index !== at);
}
