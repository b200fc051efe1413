import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import { checkStructure, type Structure } from '../api/schema/structural.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
/** More would help nobody. */
const MAX_REPORTS = 100;

interface Findings {
  readonly unknownFields: string[];
  readonly typeErrors: string[];
}

/**
 * What the server goes on with of a custom resource that came in: fields that the schema does not specify are dropped
 * and reported, metadata must have its types, and nulls go where nothing may be null.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 */
export function decodeCustomResource(schema: JsonSchema, object: unknown): Structure {
  const findings: Findings = { unknownFields: [], typeErrors: [] };
  if (!isObject(object)) return { ...findings, object };
  const decoded = decodeResource(findings, schema, object, '');
  return { ...findings, object: decoded };
}

/** An object that has apiVersion, kind and metadata: the custom resource itself, or one embedded in it. */
function decodeResource(findings: Findings, schema: JsonSchema, object: JsonObject, path: string): JsonObject {
  const pruned = decodeFields(findings, schema, object, path, true);
  const { metadata } = pruned;
  if (metadata === undefined || metadata === null) return pruned;
  const structure = checkStructure(OBJECT_META, metadata);
  const prefix = path === '' ? 'metadata' : `${path}.metadata`;
  for (const field of structure.unknownFields) report(findings.unknownFields, `${prefix}.${field}`);
  for (const words of structure.typeErrors) report(findings.typeErrors, words);
  return structure.object === metadata ? pruned : { ...pruned, metadata: structure.object };
}

function decodeValue(findings: Findings, schema: JsonSchema | undefined, value: unknown, path: string): unknown {
  if (schema === undefined) return value;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    return replaceItems(value, (item, index) => decodeValue(findings, items, item, `${path}[${index}]`));
  }
  if (!isObject(value)) return value;
  if (schema['x-kubernetes-embedded-resource'] === true) return decodeResource(findings, schema, value, path);
  return decodeFields(findings, schema, value, path, false);
}

function decodeFields(
  findings: Findings,
  schema: JsonSchema,
  object: JsonObject,
  path: string,
  isResource: boolean,
): JsonObject {
  let decoded: Record<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key];
    const place = path === '' ? key : `${path}.${key}`;
    const type = fieldSchema(schema, key);
    if (isResource && TYPE_META.includes(key)) continue;
    if (type === undefined || (value === null && !allowsNull(type))) {
      if (type === undefined) report(findings.unknownFields, place);
      decoded ??= { ...object };
      delete decoded[key];
      continue;
    }
    const kept = type === true ? value : decodeValue(findings, type, value, place);
    if (kept === value) continue;
    decoded ??= { ...object };
    define(decoded, key, kept);
  }
  return decoded ?? object;
}

const TYPE_META = ['apiVersion', 'kind', 'metadata'];

/** The schema of a field; true where anything is kept, undefined where nothing may stand. */
export function fieldSchema(schema: JsonSchema, key: string): JsonSchema | true | undefined {
  const { properties, additionalProperties } = schema;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key]!;
  if (typeof additionalProperties === 'object') return additionalProperties;
  return additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true ? true : undefined;
}

/** A null where the schema knows nothing else is data; everywhere else it stands for nothing. */
function allowsNull(schema: JsonSchema | true): boolean {
  if (schema === true || schema.nullable === true) return true;
  return schema.type === undefined && schema['x-kubernetes-int-or-string'] !== true;
}

function report(list: string[], words: string): void {
  if (list.length < MAX_REPORTS) list.push(words);
}

export function replaceItems(items: readonly unknown[], change: (item: unknown, index: number) => unknown) {
  let copy: unknown[] | undefined;
  items.forEach((item, index) => {
    const changed = change(item, index);
    if (changed === item) return;
    copy ??= items.slice();
    copy[index] = changed;
  });
  return copy ?? items;
}

/** An own field, even one called `__proto__`. */
export function define(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
