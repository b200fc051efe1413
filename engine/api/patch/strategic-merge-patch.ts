import { badRequest } from '../errors.ts';
import { patchMergeKey } from '../schema/patch-keys.ts';
import { define, isObject, own } from './merge-patch.ts';

// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md

type JsonObject = Readonly<Record<string, unknown>>;

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

/**
 * Merges a patch into an object of the kind with this schema: lists of items with a key merge item by item, lists of
 * scalars that are sets merge, all other lists are replaced.
 *
 * @throws StatusError BadRequest for directives that make no sense.
 */
export function applyStrategicMergePatch(schemaName: string, target: object, patch: object): object {
  return mergeObject(schemaName, [], target as JsonObject, patch as JsonObject);
}

function mergeObject(
  schemaName: string,
  path: readonly string[],
  target: JsonObject,
  patch: JsonObject,
): Record<string, unknown> {
  const directive = own(patch, DIRECTIVE);
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw unknownDirective(directive, patch);
  const merged = retained(target, patch);
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(SET_ORDER) || value === undefined) continue;
    if (key.startsWith(DELETE_FROM_LIST)) removeScalars(merged, key.slice(DELETE_FROM_LIST.length), value);
    else if (value === null) delete merged[key];
    else define(merged, key, mergeField(schemaName, [...path, key], own(merged, key), value, patch));
  }
  return merged;
}

function mergeField(
  schemaName: string,
  path: readonly string[],
  target: unknown,
  value: unknown,
  siblings: JsonObject,
): unknown {
  if (isObject(value)) {
    if (patchMergeKey(schemaName, path)?.strategy === 'replace') return withoutDirectives(value);
    return mergeObject(schemaName, path, isObject(target) ? target : {}, value);
  }
  if (!Array.isArray(value)) return value;
  const keys = patchMergeKey(schemaName, path);
  if (keys?.strategy !== 'merge') return value.map(cleaned);
  const order = own(siblings, SET_ORDER + path.at(-1)!);
  const present = Array.isArray(target) ? target : [];
  if (keys.mergeKey === undefined) return ordered([...new Set([...present, ...value])], order, (item) => item);
  const { mergeKey } = keys;
  const merged = mergeItems(schemaName, path, mergeKey, present, value);
  return ordered(merged, order, (item) => (isObject(item) ? item[mergeKey] : undefined));
}

function mergeItems(
  schemaName: string,
  path: readonly string[],
  mergeKey: string,
  present: readonly unknown[],
  patch: readonly unknown[],
): unknown[] {
  if (patch.some((item) => isObject(item) && item[DIRECTIVE] === 'replace' && own(item, mergeKey) === undefined)) {
    return patch.filter((item) => !isObject(item) || item[DIRECTIVE] === undefined).map(cleaned);
  }
  const merged = [...present];
  for (const item of patch) {
    const key = isObject(item) ? own(item, mergeKey) : undefined;
    if (!isObject(item) || key === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    }
    const index = merged.findIndex((each) => isObject(each) && each[mergeKey] === key);
    if (item[DIRECTIVE] === 'delete') {
      if (index >= 0) merged.splice(index, 1);
    } else if (index < 0) merged.push(cleaned(item));
    else merged[index] = mergeObject(schemaName, path, merged[index] as JsonObject, item);
  }
  return merged;
}

/** `$retainKeys` names the only fields that survive: an old volume source goes when a new one comes. */
function retained(target: JsonObject, patch: JsonObject): Record<string, unknown> {
  const keys = own(patch, RETAIN_KEYS);
  if (keys === undefined) return { ...target };
  if (!Array.isArray(keys)) throw badRequest('invalid patch format of retainKeys');
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)));
}

function removeScalars(merged: Record<string, unknown>, key: string, doomed: unknown): void {
  const list = own(merged, key);
  if (!Array.isArray(list) || !Array.isArray(doomed)) return;
  define(
    merged,
    key,
    list.filter((item) => !doomed.includes(item)),
  );
}

/** Puts items in the order the client wants; those it does not know stay after the one they followed. */
function ordered(items: unknown[], order: unknown, keyOf: (item: unknown) => unknown): unknown[] {
  if (!Array.isArray(order)) return items;
  const wanted = order.map(keyOf);
  const listed = items.filter((item) => wanted.includes(keyOf(item)));
  listed.sort((a, b) => wanted.indexOf(keyOf(a)) - wanted.indexOf(keyOf(b)));
  if (listed.length === items.length) return listed;
  const result = [...listed];
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (listed.includes(item)) continue;
    result.splice(index === 0 ? 0 : result.indexOf(items[index - 1]) + 1, 0, item);
  }
  return result;
}

/** A new part of an object, without the directives that came with it. */
function cleaned(value: unknown): unknown {
  return isObject(value) ? withoutDirectives(value) : value;
}

function withoutDirectives(patch: JsonObject): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (key.startsWith('$') || value === null || value === undefined) continue;
    if (isObject(value)) define(clean, key, withoutDirectives(value));
    else define(clean, key, Array.isArray(value) ? value.filter(isNoDeletion).map(cleaned) : value);
  }
  return clean;
}

function isNoDeletion(item: unknown): boolean {
  return !isObject(item) || item[DIRECTIVE] === undefined || item[DIRECTIVE] === 'merge';
}

function unknownDirective(directive: unknown, patch: JsonObject): Error {
  return badRequest(`unknown patch type: ${JSON.stringify(directive)} in map: ${JSON.stringify(patch).slice(0, 200)}`);
}
