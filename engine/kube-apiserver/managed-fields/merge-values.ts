import { define, own } from '../../api/patch/merge-patch.ts';
import { itemsByElement } from './compare.ts';
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

/** A live object with what a configuration says laid over it. After sigs.k8s.io/structured-merge-diff typed/merge.go. */
export function mergeConfiguration(kind: TypedKind, live: object, configuration: object): object {
  return mergeFields(rootType(kind), live as JsonObject, configuration as JsonObject);
}

function mergeValues(type: FieldType, live: unknown, applied: unknown): unknown {
  const how = topology(type);
  if (live === undefined || live === null || how === 'atomic') return applied;
  if (how === 'fields') return isObject(live) && isObject(applied) ? mergeFields(type, live, applied) : applied;
  if (!Array.isArray(live) || !Array.isArray(applied)) return applied;
  return mergeItems(itemType(type), how, live, applied);
}

function mergeFields(type: FieldType, live: JsonObject, applied: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...live };
  for (const key of Object.keys(applied)) {
    const child = childType(type, key);
    if (child !== undefined) define(merged, key, mergeValues(child, own(live, key), applied[key]));
  }
  return merged;
}

/** Applied items keep their order; live items that the applier does not speak of stay where they were among the shared. */
function mergeItems(
  of: FieldType,
  keys: readonly string[],
  live: readonly unknown[],
  applied: readonly unknown[],
): unknown[] {
  const elementOf = (item: unknown) => itemElement(keys, item);
  const before = itemsByElement(keys, live);
  const after = itemsByElement(keys, applied);
  const shared = applied.map(elementOf).filter((element) => element !== undefined && before.has(element));
  const merged: unknown[] = [];
  let nextShared = 0;
  let right = 0;
  const takeApplied = () => {
    const item = applied[right]!;
    const element = elementOf(item);
    merged.push(mergeValues(of, element === undefined ? undefined : before.get(element), item));
    if (element === shared[nextShared]) nextShared += 1;
    right += 1;
  };
  for (const item of live) {
    const element = elementOf(item);
    if (element === undefined || !after.has(element)) merged.push(item);
    else if (element === shared[nextShared]) {
      while (right < applied.length && elementOf(applied[right]) !== element) takeApplied();
      takeApplied();
    }
  }
  while (right < applied.length) takeApplied();
  return merged;
}
