import type { KubeObject } from '../api/object.ts';

/** An object of a kind that kubectl knows nothing about. */
export interface Unstructured extends KubeObject {
  readonly [key: string]: unknown;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of field names, or undefined. */
export function fieldAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

export function stringAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = fieldAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = fieldAt(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** A copy of `value` with the field at `path` set; undefined removes it. Missing objects on the way are made. */
export function withField(value: unknown, path: readonly string[], field: unknown): Readonly<Record<string, unknown>> {
  const object = isObject(value) ? value : {};
  const [head, ...rest] = path;
  if (head === undefined) return object;
  if (rest.length > 0) return { ...object, [head]: withField(object[head], rest, field) };
  if (field !== undefined) return { ...object, [head]: field };
  const { [head]: _removed, ...others } = object;
  return others;
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length && keys.every((key) => key in right && sameJson(left[key], right[key]))
  );
}
