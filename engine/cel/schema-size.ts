import type { JsonSchema } from '../api/apiextensions/json-schema.ts';

// How large a value can be at most, when nothing but the size of a request limits it.
// After apiextensions-apiserver pkg/apiserver/schema/cel/model and apiserver pkg/cel/limits.go.

const MAX_REQUEST_BYTES = 3 * 1024 * 1024;
/** A character takes up to four bytes. */
const BYTES_A_CHARACTER = 4;
const FORMAT_LENGTHS: Readonly<Record<string, number>> = { 'date-time': 21 + 16, date: 10, duration: 25 };

/** The most elements, entries or characters that a value of a schema may have; 1 for what has no size. */
export function maxSize(schema: JsonSchema | undefined): number {
  switch (schema?.type) {
    case 'string':
      return maxLength(schema);
    case 'array':
      return schema.maxItems ?? (MAX_REQUEST_BYTES - 2) / (minBytes(schema.items) + 1);
    case 'object':
      return maxEntries(schema);
    default:
      return schema?.['x-kubernetes-int-or-string'] === true ? MAX_REQUEST_BYTES - 2 : 1;
  }
}

function maxLength(schema: JsonSchema): number {
  if (schema.maxLength !== undefined) return schema.maxLength * BYTES_A_CHARACTER;
  if (schema.enum !== undefined) return Math.max(0, ...schema.enum.map((each) => String(each).length));
  return FORMAT_LENGTHS[schema.format ?? ''] ?? MAX_REQUEST_BYTES - 2;
}

function maxEntries(schema: JsonSchema): number {
  if (typeof schema.additionalProperties !== 'object') return 1;
  return schema.maxProperties ?? (MAX_REQUEST_BYTES - 2) / (minBytes(schema.additionalProperties) + 6);
}

/** The least a value of a schema takes in a request. */
function minBytes(schema: JsonSchema | undefined): number {
  switch (schema?.type) {
    case 'string':
      return 2 + (schema.minLength ?? 0);
    case 'boolean':
      return 4;
    case 'array':
      return 2 + (schema.minItems ?? 0);
    case 'object': {
      const required = schema.required ?? [];
      const fields = required.map((name) => name.length + 4 + minBytes(schema.properties?.[name]));
      return 2 + fields.reduce((sum, bytes) => sum + bytes, 0);
    }
    default:
      return 1;
  }
}
