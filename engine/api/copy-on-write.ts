// Objects are shared, so a change copies the path that changes, and no change copies nothing: what these return is the
// very object they were given unless something differs.

/** The object with one field set. */
export function withField<T extends object, K extends keyof T>(object: T, key: K, value: T[K]): T {
  if (object[key] === value) return object;
  const copy = { ...object };
  copy[key] = value;
  return copy;
}

/** The object without one field. */
export function withoutField<T extends object, K extends keyof T>(object: T, key: K): T {
  if (!(key in object)) return object;
  const copy = { ...object };
  delete copy[key];
  return copy;
}

/** The object with every field of `defaults` that it lacks. */
export function withDefaults<T extends object>(object: T, defaults: Partial<T>): T {
  for (const key in defaults) {
    if (object[key] === undefined) return fill(object, defaults);
  }
  return object;
}

function fill<T extends object>(object: T, defaults: Partial<T>): T {
  const copy: T = { ...object };
  for (const key in defaults) {
    if (copy[key] === undefined) copy[key] = defaults[key] as T[typeof key];
  }
  return copy;
}

/** The array with each item replaced; the same array when no item changed. */
export function mapItems<T>(items: T[], change: (item: T, index: number) => T): T[] {
  let copy: T[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const item = items[index]!;
    const changed = change(item, index);
    if (changed !== item) {
      copy ??= items.slice();
      copy[index] = changed;
    }
  }
  return copy ?? items;
}

/** The map with each value replaced; the same map when no value changed. */
export function mapValues<T>(map: { [key: string]: T }, change: (value: T) => T): { [key: string]: T } {
  let copy: { [key: string]: T } | undefined;
  for (const key in map) {
    const value = map[key]!;
    const changed = change(value);
    if (changed !== value) {
      copy ??= { ...map };
      copy[key] = changed;
    }
  }
  return copy ?? map;
}

/** The object with one field, where there is one, put through `change`. */
export function changeField<T extends object, K extends keyof T>(
  object: T,
  key: K,
  change: (value: NonNullable<T[K]>) => NonNullable<T[K]>,
): T {
  const value = object[key];
  if (value === undefined || value === null) return object;
  return withField(object, key, change(value));
}

/** `changeField` for the items of a list. */
export function changeItems<T extends object, K extends keyof T, I>(
  object: T,
  key: K & (T[K] extends I[] | undefined ? K : never),
  change: (item: I) => I,
): T {
  const items = object[key] as I[] | undefined;
  return items === undefined ? object : withField(object, key, mapItems(items, change) as T[typeof key]);
}

/**
 * Whether two values of an API object are the same: an absent list equals an empty one, as in
 * k8s.io/apimachinery/pkg/api/equality Semantic.DeepEqual. Shared parts cost nothing.
 */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (left === undefined || left === null) return right === undefined || right === null || isEmptyList(right);
  if (right === undefined || right === null) return isEmptyList(left);
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  if (Array.isArray(left)) {
    return Array.isArray(right) && sameItems(left, right);
  }
  if (Array.isArray(right)) return false;
  return sameFields(left as Record<string, unknown>, right as Record<string, unknown>);
}

function sameItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((item, index) => sameValue(item, right[index]));
}

function sameFields(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  for (const key in left) if (!sameValue(left[key], right[key])) return false;
  for (const key in right) if (left[key] === undefined && !sameValue(undefined, right[key])) return false;
  return true;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
