import type { KindDescriptor } from '../../api/descriptor.ts';
import type { CustomSchema, Topology } from '../../api/schema/custom-schema.ts';
import { DEFINITIONS } from '../../api/schema/definitions.ts';
import { shortName } from '../../api/schema/go-types.ts';
import { topologyOf } from '../../api/schema/patch-keys.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The type of a value, and its place (`Struct.field`), which decides how it merges. */
export interface FieldType {
  readonly schema: CustomSchema;
  readonly place: string;
}

/** What tells the shape of a kind's objects. */
export type TypedKind = Pick<KindDescriptor, 'schema' | 'custom'>;

export function rootType({ schema, custom }: TypedKind): FieldType {
  return { schema: custom?.structure ?? { type: 'object', definition: schema }, place: '' };
}

/** The type of a struct's field or a map's value; undefined for a field the struct does not have. */
export function childType({ schema }: FieldType, key: string): FieldType | undefined {
  if (schema.type === 'map') return { schema: schema.of, place: '' };
  if (schema.type === 'struct') {
    const field = schema.fields.get(key) ?? schema.rest;
    return field === undefined ? undefined : { schema: field, place: '' };
  }
  if (schema.type === 'untyped') return { schema, place: '' };
  if (schema.type !== 'object') return undefined;
  const field = DEFINITIONS.get(schema.definition)?.get(key);
  return field === undefined ? undefined : { schema: field, place: `${shortName(schema.definition)}.${key}` };
}

/** Whether a key is an entry of a map rather than a field of a struct: it can be owned by itself. */
export function isEntry({ schema }: FieldType, key: string): boolean {
  if (schema.type === 'struct') return !schema.fields.has(key);
  return schema.type === 'map' || schema.type === 'untyped';
}

export function itemType({ schema }: FieldType): FieldType {
  return { schema: schema.type === 'list' ? schema.of : ANY, place: '' };
}

const ANY: CustomSchema = { type: 'any' };

export function topology({ schema, place }: FieldType): Topology {
  return topologyOf(schema, place);
}

/** Values that keys of list items have when they are left out. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

/** The path element of a list's item: `k:{"name":"web"}`, or `v:"x"` in a set. Undefined for an item without its keys. */
export function itemElement(keys: readonly string[], item: unknown): string | undefined {
  if (keys.length === 0) return typeof item === 'object' ? undefined : `v:${JSON.stringify(item)}`;
  if (!isObject(item)) return undefined;
  const values: string[] = [];
  for (const key of keys) {
    const value = item[key] ?? KEY_DEFAULTS[key];
    if (value === undefined || typeof value === 'object') return undefined;
    values.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
  }
  return `k:{${values.join(',')}}`;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A path as messages have it: `.spec.ports[name="a"].port`. */
export function printPath(path: readonly string[]): string {
  return path.map(printElement).join('');
}

function printElement(element: string): string {
  const rest = element.slice(2);
  if (element[0] === 'f') return `.${rest}`;
  if (element[0] === 'v') return `[=${rest}]`;
  if (element[0] === 'i') return `[${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as JsonObject);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}

/** Metadata that nobody manages, besides the type itself. */
const UNMANAGED: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
]);

/** Whether a field of the object itself is beyond management: its type, identity, or what its endpoint resets. */
export function isUnmanaged(path: readonly string[], key: string, reset: string): boolean {
  if (path.length === 0) return key === 'apiVersion' || key === 'kind' || key === reset;
  return path.length === 1 && path[0] === 'f:metadata' && UNMANAGED.has(key);
}
