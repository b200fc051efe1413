import type { Environment } from '@marcbachmann/cel-js';
import { Duration } from '@marcbachmann/cel-js/evaluator';
import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import { toDynamic } from './dynamic-value.ts';
import { escapeField } from './field-name.ts';
import { parseGoDuration } from './go-duration.ts';

// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
// ("Type system integration"): schemas are CEL types, so a rule that asks for a field there is not is an error at once.

/** A type that an environment knows, and how a JSON value becomes one of its values. */
export interface DeclaredType {
  /** As the library names it: `int`, `list<T3>`. */
  readonly name: string;
  readonly convert: (value: unknown) => unknown;
}

const TIMESTAMP = 'google.protobuf.Timestamp';
const DURATION = 'google.protobuf.Duration';
const DYNAMIC: DeclaredType = { name: 'dyn', convert: toDynamic };
const STRING: DeclaredType = { name: 'string', convert: (value) => value };
const INTEGER: DeclaredType = { name: 'int', convert: (value) => BigInt(Math.trunc(value as number)) };
const DOUBLE: DeclaredType = { name: 'double', convert: (value) => value };
const BOOLEAN: DeclaredType = { name: 'bool', convert: (value) => value };
/** What rules may see of an object's metadata. */
const METADATA: JsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
};
const TYPE_META: JsonSchema['properties'] = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: METADATA,
};

/** Values of strings with a format that CEL knows more of. */
const FORMATS: Readonly<Record<string, DeclaredType>> = {
  'date-time': { name: TIMESTAMP, convert: (value) => new Date(value as string) },
  datetime: { name: TIMESTAMP, convert: (value) => new Date(value as string) },
  date: { name: TIMESTAMP, convert: (value) => new Date(`${value}T00:00:00Z`) },
  duration: { name: DURATION, convert: toDuration },
  byte: { name: 'bytes', convert: (value) => bytesOf(value as string) },
};

/** Declares the types of a schema in an environment. */
export class TypeDeclarations {
  readonly #environment: Environment;
  #count = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** @param isResource whether apiVersion, kind and metadata are there too. */
  declare(schema: JsonSchema, isResource = false): DeclaredType {
    if (schema.nullable === true) return this.#nullable(schema);
    return this.#declare(schema, isResource || schema['x-kubernetes-embedded-resource'] === true);
  }

  #declare(schema: JsonSchema, isResource: boolean): DeclaredType {
    if (schema['x-kubernetes-int-or-string'] === true) return DYNAMIC;
    switch (schema.type) {
      case 'string':
        return FORMATS[schema.format ?? ''] ?? STRING;
      case 'integer':
        return INTEGER;
      case 'number':
        return DOUBLE;
      case 'boolean':
        return BOOLEAN;
      case 'array':
        return schema.items === undefined ? DYNAMIC : this.#list(schema.items);
      case 'object':
        return this.#object(schema, isResource);
      default:
        return DYNAMIC;
    }
  }

  /** Null is a value of no type but its own, so these are checked only when they are there. */
  #nullable(schema: JsonSchema): DeclaredType {
    const { convert } = this.#declare(schema, schema['x-kubernetes-embedded-resource'] === true);
    return { name: 'dyn', convert: (value) => (value === null ? null : convert(value)) };
  }

  #list(items: JsonSchema): DeclaredType {
    const item = this.declare(items);
    return { name: `list<${item.name}>`, convert: (value) => (value as unknown[]).map(item.convert) };
  }

  #object(schema: JsonSchema, isResource: boolean): DeclaredType {
    const { properties, additionalProperties } = schema;
    if (typeof additionalProperties === 'object' && properties === undefined) {
      const item = this.declare(additionalProperties);
      return { name: `map<string, ${item.name}>`, convert: (value) => mapOf(value as object, () => item) };
    }
    // Fields of which the schema does not speak cannot be seen by rules.
    if (properties === undefined && !isResource) return DYNAMIC;
    return this.#struct({ ...properties, ...(isResource ? TYPE_META : {}) });
  }

  #struct(properties: NonNullable<JsonSchema['properties']>): DeclaredType {
    const types = new Map<string, DeclaredType>();
    const fields: Record<string, string> = {};
    for (const [field, schema] of Object.entries(properties)) {
      const escaped = escapeField(field);
      if (escaped === undefined) continue;
      const type = this.declare(schema);
      types.set(field, type);
      fields[escaped] = type.name;
    }
    this.#count += 1;
    const name = `T${this.#count}`;
    class Struct extends Map<string, unknown> {}
    this.#environment.registerType(name, { ctor: Struct, fields });
    this.#environment.registerOperator(`${name} == ${name}`, sameMaps);
    const convert = (value: unknown) => {
      const struct = new Struct();
      for (const [field, type] of types) {
        const own = Object.hasOwn(value as object, field) ? (value as Record<string, unknown>)[field] : undefined;
        if (own !== undefined) struct.set(escapeField(field)!, type.convert(own));
      }
      return struct;
    };
    return { name, convert };
  }
}

function mapOf(value: object, typeOf: (key: string) => DeclaredType): Map<string, unknown> {
  const map = new Map<string, unknown>();
  for (const [key, each] of Object.entries(value)) map.set(key, typeOf(key).convert(each));
  return map;
}

function sameMaps(left: Map<string, unknown>, right: Map<string, unknown>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (!right.has(key) || !sameCelValue(value, right.get(key))) return false;
  return true;
}

/** Whether two values of CEL are equal. */
export function sameCelValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  if (left instanceof Duration && right instanceof Duration) return left.valueOf() === right.valueOf();
  if (left instanceof Map && right instanceof Map) return sameMaps(left, right);
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((each, index) => sameCelValue(each, right[index]));
  }
  return typeof left !== typeof right && isNumeric(left) && isNumeric(right) && Number(left) === Number(right);
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'bigint' || typeof value === 'number';
}

function toDuration(value: unknown): Duration {
  const nanoseconds = parseGoDuration(value as string) ?? 0n;
  return new Duration(nanoseconds / 1_000_000_000n, Number(nanoseconds % 1_000_000_000n));
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
