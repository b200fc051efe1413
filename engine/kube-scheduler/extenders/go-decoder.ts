// Reading JSON into what a program in Go has declared, with encoding/json's leniency (names of fields in any case, unknown
// ones passed over, null for nothing) and its words for what does not fit.

/** What a value has to be. */
export type GoType =
  | 'string'
  | 'int64'
  | { readonly name: string; readonly fields: Readonly<Record<string, GoType>> }
  | { readonly name: string; readonly items: GoType }
  | { readonly name: string; readonly values: GoType };

/** @param name of the struct, without its package */
export function object(name: string, fields: Readonly<Record<string, GoType>>): GoType {
  return { name, fields };
}

/** @param name as Go writes the type: `[]string` */
export function list(name: string, items: GoType): GoType {
  return { name, items };
}

/** By strings. It is read into a Map, since anybody may be a key. */
export function map(name: string, values: GoType): GoType {
  return { name, values };
}

/** A value that is not of the type; the message is that of Go's UnmarshalTypeError. */
export class GoTypeError extends Error {}

const MAX_INT64 = 2 ** 63;

/**
 * @param value as JSON.parse gives it
 * @param field for messages: the struct and its field, `HostPriority.Score`; empty for the whole
 * @throws GoTypeError
 */
export function decodeGo(value: unknown, type: GoType, field = ''): unknown {
  if (value === null) return zero(type);
  if (type === 'string') return typeof value === 'string' ? value : refuse(value, type, field);
  if (type === 'int64') {
    return Number.isInteger(value) && Math.abs(value as number) <= MAX_INT64 ? value : refuse(value, type, field);
  }
  if ('items' in type) {
    if (!Array.isArray(value)) return refuse(value, type.name, field);
    return value.map((item) => decodeGo(item, type.items, field));
  }
  const isObject = typeof value === 'object' && !Array.isArray(value);
  if ('values' in type) {
    if (!isObject) return refuse(value, type.name, field);
    return new Map(Object.entries(value).map(([key, item]) => [key, decodeGo(item, type.values, field)]));
  }
  return isObject ? decodeFields(value, type) : refuse(value, `v1.${type.name}`, field);
}

/** The later of two names for one field wins. */
function decodeFields(value: object, { name, fields }: Extract<GoType, { fields: unknown }>): object {
  const decoded: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const field = Object.keys(fields).find((each) => each.toLowerCase() === key.toLowerCase());
    // Null leaves a field as it was.
    if (field !== undefined && item !== null) decoded[field] = decodeGo(item, fields[field]!, `${name}.${field}`);
  }
  return decoded;
}

function zero(type: GoType): unknown {
  if (type === 'string') return '';
  if (type === 'int64') return 0;
  if ('items' in type) return [];
  return 'values' in type ? new Map() : {};
}

function refuse(value: unknown, type: string, field: string): never {
  const is = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const shown = typeof value === 'number' && type === 'int64' ? `number ${value}` : is;
  const into = field === '' ? 'Go value' : `Go struct field ${field}`;
  throw new GoTypeError(`json: cannot unmarshal ${shown} into ${into} of type ${type}`);
}
