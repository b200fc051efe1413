import { type PatchMerge, patchMergeKey, retainsKeys } from '../api/schema/patch-keys.ts';
import { isObject, sameJson } from './unstructured.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The strategic merge patch that brings `current` (as stored) to `modified` (the manifest), deleting what `original`
 * (the manifest applied last) had and `modified` no longer has. `{}` when there is nothing to do.
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#how-apply-calculates-differences-and-merges-changes
 *
 * @param schema the definition of the kind, e.g. `io.k8s.api.core.v1.Pod`: it says how lists merge
 */
export function strategicThreeWayPatch(schema: string, original: Fields, modified: Fields, current: Fields): Fields {
  return diffObjects({ schema, original, modified, current, path: [] });
}

/** The same as a JSON merge patch: what custom resources get, since nothing is known about their lists. */
export function jsonThreeWayPatch(original: Fields, modified: Fields, current: Fields): Fields {
  return diffObjects({ schema: undefined, original, modified, current, path: [] });
}

interface Triple {
  /** Undefined: lists are replaced, whatever their name. */
  readonly schema: string | undefined;
  readonly original: unknown;
  readonly modified: Fields;
  readonly current: unknown;
  readonly path: readonly string[];
}

function diffObjects(triple: Triple): Record<string, unknown> {
  const { schema, original, modified, current, path } = triple;
  const changes: [string, unknown][] = [];
  const before = isObject(original) ? original : {};
  const live = isObject(current) ? current : {};
  for (const [name, value] of Object.entries(modified)) {
    const was = own(live, name);
    const at = [...path, name];
    if (isObject(value) && isObject(was)) {
      const nested = diffObjects({ schema, original: own(before, name), modified: value, current: was, path: at });
      if (Object.keys(nested).length === 0) continue;
      changes.push([name, retains(schema, at) ? { $retainKeys: Object.keys(value).sort(), ...nested } : nested]);
    } else if (Array.isArray(value) && Array.isArray(was)) {
      changes.push(...Object.entries(diffLists(triple, name, value, was)));
    } else if (!sameJson(value, was) && !(value === null && was === undefined)) {
      changes.push([name, value]);
    }
  }
  // Deleting what is not there would be a change each time.
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(modified, name) && before[name] !== null && Object.hasOwn(live, name))
      changes.push([name, null]);
  }
  return Object.fromEntries(changes);
}

/** A key may be called `constructor`: what objects inherit is no field. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function retains(schema: string | undefined, path: readonly string[]): boolean {
  return schema !== undefined && retainsKeys(schema, path);
}

function mergeOf(schema: string | undefined, path: readonly string[]): PatchMerge | undefined {
  return schema === undefined ? undefined : patchMergeKey(schema, path);
}

/** The fields of a patch that bring about one list: the list itself and, where they matter, its order and deletions. */
function diffLists(
  triple: Triple,
  name: string,
  modified: readonly unknown[],
  current: readonly unknown[],
): Record<string, unknown> {
  const merge = mergeOf(triple.schema, [...triple.path, name]);
  const original = isObject(triple.original) ? triple.original[name] : undefined;
  const before = Array.isArray(original) ? original : [];
  if (merge?.strategy === 'merge') {
    if (merge.mergeKey === undefined) return diffSets(name, before, modified, current);
    if ([...before, ...modified, ...current].every(isObject)) {
      return diffKeyedLists(triple, name, merge.mergeKey, before, modified as Fields[], current as Fields[]);
    }
  }
  return sameJson(modified, current) ? {} : { [name]: modified };
}

function diffKeyedLists(
  { schema, path }: Triple,
  name: string,
  key: string,
  original: readonly Fields[],
  modified: readonly Fields[],
  current: readonly Fields[],
): Record<string, unknown> {
  const at = [...path, name];
  const live = new Map(current.map((item) => [item[key], item]));
  const before = new Map(original.map((item) => [item[key], item]));
  const changes: Fields[] = [];
  for (const item of modified) {
    const was = live.get(item[key]);
    const nested =
      was === undefined
        ? item
        : diffObjects({ schema, original: before.get(item[key]), modified: item, current: was, path: at });
    if (was !== undefined && Object.keys(nested).length === 0) continue;
    const retained = retains(schema, at) ? { $retainKeys: Object.keys(item).sort() } : {};
    changes.push({ ...retained, [key]: item[key], ...nested });
  }
  const order = modified.map((item) => item[key]);
  for (const id of before.keys()) {
    if (!order.includes(id) && live.has(id)) changes.push({ $patch: 'delete', [key]: id });
  }
  const kept = [...live.keys()].filter((id) => order.includes(id));
  if (
    changes.length === 0 &&
    sameJson(
      order.filter((id) => live.has(id)),
      kept,
    )
  )
    return {};
  return {
    [`$setElementOrder/${name}`]: order.map((id) => ({ [key]: id })),
    ...(changes.length === 0 ? {} : { [name]: changes }),
  };
}

function diffSets(
  name: string,
  original: readonly unknown[],
  modified: readonly unknown[],
  current: readonly unknown[],
): Record<string, unknown> {
  const added = modified.filter((item) => !current.includes(item));
  const removed = original.filter((item) => !modified.includes(item) && current.includes(item));
  return {
    ...(added.length === 0 ? {} : { [name]: added }),
    ...(removed.length === 0 ? {} : { [`$deleteFromPrimitiveList/${name}`]: removed }),
  };
}
