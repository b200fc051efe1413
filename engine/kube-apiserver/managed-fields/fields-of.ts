import { type FieldSet, FieldSetBuilder } from './field-set.ts';
import {
  childType,
  type FieldType,
  isEntry,
  isObject,
  isUnmanaged,
  itemElement,
  itemType,
  type JsonObject,
  rootType,
  type TypedKind,
  topology,
} from './typed-value.ts';

/**
 * The fields that a configuration speaks of: its applier will own them.
 * After sigs.k8s.io/structured-merge-diff typed/tofieldset.go.
 *
 * @param reset the root field that the endpoint resets: nobody comes to own it there.
 */
export function fieldsOf(kind: TypedKind, configuration: object, reset = ''): FieldSet {
  const fields = new FieldSetBuilder();
  const path: string[] = [];

  function visitValue(type: FieldType, value: unknown): void {
    const how = topology(type);
    if (how === 'fields' && isObject(value)) visitFields(type, value);
    else if (typeof how === 'object' && Array.isArray(value)) visitItems(itemType(type), how, value);
    else fields.insert(path);
  }

  function visitFields(type: FieldType, object: JsonObject): void {
    for (const key of Object.keys(object)) {
      const child = childType(type, key);
      if (child === undefined || isUnmanaged(path, key, reset)) continue;
      const value = object[key];
      path.push(`f:${key}`);
      visitValue(child, value);
      if (isEntry(type, key) || value === null || (isObject(value) && Object.keys(value).length === 0))
        fields.insert(path);
      path.pop();
    }
  }

  function visitItems(of: FieldType, keys: readonly string[], items: readonly unknown[]): void {
    for (const item of items) {
      const element = itemElement(keys, item);
      if (element === undefined) continue;
      path.push(element);
      visitValue(of, item);
      fields.insert(path);
      path.pop();
    }
  }

  visitFields(rootType(kind), configuration as JsonObject);
  return fields.build();
}
