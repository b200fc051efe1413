import type { Definition, FieldSchema, ValueSchema } from '../../api/schema/definitions.ts';
import { readFields, WireError, type WireValue } from '../../linux/protobuf.ts';
import { type FieldForm, fieldsByNumber, type NumberedField } from './field-numbers.ts';
import { schemaOf } from './kinds.ts';

type Json = Record<string, unknown>;
type JsonField = Extract<NumberedField, { type: 'field' }>;

/** Nothing a client sends nests deeper; the limit keeps recursion bounded. */
const MAX_DEPTH = 100;

const TEXT = new TextDecoder();

/**
 * A message as the JSON object it stands for. What a client left out is left out here as well: the encoder writes zeros
 * for fields that are not pointers, and such a zero means absence.
 *
 * @param definition e.g. `io.k8s.api.core.v1.Pod`. @throws WireError
 */
export function decodeMessage(definition: string, bytes: Uint8Array, depth = 0): Json {
  const schema = schemaOf(definition);
  if (schema === undefined) throw new WireError(`nothing is known of ${definition}`);
  const object: Json = {};
  decodeInto(object, schema, definition, bytes, depth);
  return object;
}

/** @param owner the schema of the object; `definition` differs from it for a message that is written inline. */
function decodeInto(object: Json, owner: Definition, definition: string, bytes: Uint8Array, depth: number): void {
  if (depth > MAX_DEPTH) throw new WireError('exceeded max depth');
  const fields = fieldsByNumber(definition);
  if (fields === undefined) throw new WireError(`the field numbers of ${definition} are not known`);
  for (const { number, value } of readFields(bytes)) {
    const field = fields.get(number);
    if (field === undefined) continue;
    if (field.type === 'inline') {
      decodeInto(object, owner, field.definition, messageBytes(value), depth + 1);
      continue;
    }
    const schema = owner.get(field.name);
    if (schema !== undefined) setField(object, field, schema, value, depth);
  }
}

function setField(object: Json, field: JsonField, schema: FieldSchema, value: WireValue, depth: number): void {
  const { name, pointer, form } = field;
  if (schema.type === 'list') {
    object[name] ??= [];
    (object[name] as unknown[]).push(decodeValue(schema.of, value, depth));
  } else if (schema.type === 'map') {
    object[name] ??= {};
    setEntry(object[name] as Json, schema.of, form, value, depth);
  } else {
    const decoded = decodeValue(schema, value, depth, form);
    if (decoded !== undefined && (pointer || !isZero(decoded))) object[name] = decoded;
  }
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false;
}

/** One entry of a map: a message of key and value, either of which is left out when zero. */
function setEntry(map: Json, of: ValueSchema, form: FieldForm | undefined, entry: WireValue, depth: number): void {
  let key = '';
  let value: WireValue | undefined;
  for (const field of readFields(messageBytes(entry))) {
    if (field.number === 1) key = TEXT.decode(messageBytes(field.value));
    else if (field.number === 2) value = field.value;
  }
  const decoded = decodeValue(of, value ?? { type: 'bytes', bytes: new Uint8Array() }, depth, form);
  // Not an assignment: a key may be `__proto__`.
  Object.defineProperty(map, key, { value: decoded, enumerable: true, configurable: true, writable: true });
}

function decodeValue(schema: ValueSchema, value: WireValue, depth: number, form?: FieldForm): unknown {
  if (form === 'int64') return integer(value);
  if (form !== undefined) return decodeEither(form, value, depth);
  switch (schema.type) {
    case 'string':
      return TEXT.decode(messageBytes(value));
    case 'boolean':
      return integer(value) !== 0;
    case 'int32':
    case 'int64':
      return integer(value);
    case 'number':
      return double(value);
    case 'quantity':
      return TEXT.decode(firstBytes(value));
    case 'intOrString':
      return intOrString(value);
    case 'time':
    case 'microTime':
      return time(value, schema.type === 'microTime');
    case 'bytes':
      return Buffer.from(messageBytes(value)).toString('base64');
    case 'any':
      return rawJson(firstBytes(value));
    case 'object':
      return decodeMessage(schema.definition, messageBytes(value), depth + 1);
    case 'list':
      // Only as a map's value, e.g. authentication.k8s.io/v1 ExtraValue: a message with the items as field 1.
      return [...readFields(messageBytes(value))].map((item) => decodeValue(schema.of, item.value, depth + 1));
    case 'map':
      throw new WireError('a map within a map');
  }
}

const JSON_SCHEMA_PROPS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

/** A schema, or what may stand in its place. */
function decodeEither(form: FieldForm, value: WireValue, depth: number): unknown {
  const schemaNumber = form === 'orBoolean' ? 2 : 1;
  const others: WireValue[] = [];
  for (const field of readFields(messageBytes(value))) {
    if (field.number === schemaNumber) return decodeMessage(JSON_SCHEMA_PROPS, messageBytes(field.value), depth + 1);
    others.push(field.value);
  }
  if (form === 'orBoolean') return others.some((each) => integer(each) !== 0);
  if (form === 'orStrings') return others.map((each) => TEXT.decode(messageBytes(each)));
  return others.map((each) => decodeMessage(JSON_SCHEMA_PROPS, messageBytes(each), depth + 1));
}

function messageBytes(value: WireValue): Uint8Array {
  if (value.type !== 'bytes') throw new WireError('wrong wireType');
  return value.bytes;
}

function integer(value: WireValue): number {
  // An absent value of a map's entry.
  if (value.type === 'bytes' && value.bytes.length === 0) return 0;
  if (value.type !== 'varint') throw new WireError('wrong wireType');
  return Number(BigInt.asIntN(64, value.value));
}

function double(value: WireValue): number {
  if (value.type !== 'fixed' || value.bytes.length !== 8) throw new WireError('wrong wireType');
  return new DataView(value.bytes.buffer, value.bytes.byteOffset, 8).getFloat64(0, true);
}

/** Quantity, RawExtension, FieldsV1: messages with one field. */
function firstBytes(value: WireValue): Uint8Array {
  let bytes = new Uint8Array() as Uint8Array;
  for (const field of readFields(messageBytes(value))) if (field.number === 1) bytes = messageBytes(field.value);
  return bytes;
}

function rawJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(TEXT.decode(bytes));
  } catch {
    throw new WireError('a raw value is not JSON');
  }
}

/** `{type, intVal, strVal}` of k8s.io/apimachinery pkg/util/intstr; type 1 is a string. */
function intOrString(value: WireValue): string | number {
  let isString = false;
  let number = 0;
  let text = '';
  for (const field of readFields(messageBytes(value))) {
    if (field.number === 1) isString = integer(field.value) === 1;
    else if (field.number === 2) number = integer(field.value);
    else if (field.number === 3) text = TEXT.decode(messageBytes(field.value));
  }
  return isString ? text : number;
}

/** `{seconds, nanos}`; the zero time is an empty message. */
function time(value: WireValue, micro: boolean): string | undefined {
  let seconds: number | undefined;
  let nanos = 0;
  for (const field of readFields(messageBytes(value))) {
    if (field.number === 1) seconds = integer(field.value);
    else if (field.number === 2) nanos = integer(field.value);
  }
  if (seconds === undefined) return undefined;
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw new WireError('a time is out of range');
  const text = date.toISOString().slice(0, 19);
  return micro ? `${text}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : `${text}Z`;
}
