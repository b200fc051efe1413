import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import { define, fieldSchema, isObject, replaceItems } from './decode.ts';

/**
 * The value with every default its schema knows; the same value when nothing was missing.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting
 */
export function withSchemaDefaults(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : replaceItems(value, (item) => withSchemaDefaults(items, item));
  }
  if (!isObject(value)) return value;
  let filled: Record<string, unknown> | undefined;
  const set = (key: string, next: unknown): void => {
    filled ??= { ...value };
    define(filled, key, next);
  };
  const { properties = {} } = schema;
  for (const key of Object.keys(properties)) {
    const property = properties[key]!;
    if (property.default === undefined || Object.hasOwn(value, key)) continue;
    set(key, withSchemaDefaults(property, property.default));
  }
  for (const key of Object.keys(value)) {
    const type = fieldSchema(schema, key);
    if (type === undefined || type === true) continue;
    const next = withSchemaDefaults(type, value[key]);
    if (next !== value[key]) set(key, next);
  }
  return filled ?? value;
}
