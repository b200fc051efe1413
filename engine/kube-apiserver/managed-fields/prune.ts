import { type FieldSet, isEmpty, isMember } from './field-set.ts';
import {
  childType,
  type FieldType,
  isObject,
  itemElement,
  itemType,
  type JsonObject,
  rootType,
  type TypedKind,
  topology,
} from './typed-value.ts';

/**
 * Takes away what an applier owned before and now leaves out, unless somebody else owns it.
 * After Updater.prune in sigs.k8s.io/structured-merge-diff merge/update.go.
 *
 * @param last what the applier owned. @param owned what anybody owns now.
 */
export function pruneRelinquished(kind: TypedKind, object: object, last: FieldSet, owned: FieldSet): object {
  return pruneFields(rootType(kind), object as JsonObject, last, owned);
}

function pruneValue(type: FieldType, value: unknown, last: FieldSet, owned: FieldSet): unknown {
  const how = topology(type);
  if (how === 'fields' && isObject(value)) return pruneFields(type, value, last, owned);
  if (typeof how === 'object' && Array.isArray(value)) return pruneItems(itemType(type), how, value, last, owned);
  return value;
}

function pruneFields(type: FieldType, object: JsonObject, last: FieldSet, owned: FieldSet): JsonObject {
  let pruned: Record<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    const element = `f:${key}`;
    const before = last[element];
    if (before === undefined) continue;
    const now = owned[element];
    const child = childType(type, key);
    if (now === undefined) {
      pruned ??= { ...object };
      delete pruned[key];
    } else if (child !== undefined && !isEmpty(before)) {
      const kept = pruneValue(child, object[key], before, now);
      if (kept === object[key]) continue;
      pruned ??= { ...object };
      pruned[key] = kept;
    }
  }
  return pruned ?? object;
}

function pruneItems(
  of: FieldType,
  keys: readonly string[],
  items: readonly unknown[],
  last: FieldSet,
  owned: FieldSet,
): readonly unknown[] {
  const pruned: unknown[] = [];
  for (const item of items) {
    const element = itemElement(keys, item);
    const before = element === undefined ? undefined : last[element];
    if (before === undefined) pruned.push(item);
    else if (owned[element!] !== undefined) pruned.push(pruneValue(of, item, before, owned[element!]!));
    else if (!isMember(before)) pruned.push(item);
  }
  return pruned.length === items.length && pruned.every((item, index) => item === items[index]) ? items : pruned;
}
