import type { Definition, ValueSchema } from '../../api/schema/definitions.ts';
import { BackwardWriter } from './backward-writer.ts';
import { type FieldForm, fieldsByNumber, type NumberedField } from './field-numbers.ts';
import { schemaOf } from './kinds.ts';

type Json = Readonly<Record<string, unknown>>;

/** Writes one field of an object, or nothing. */
type Step = (out: BackwardWriter, object: Json) => void;
/** Writes a value under a field number. */
type Write = (out: BackwardWriter, number: number, value: unknown) => void;

/** How the messages that were asked for so far are written: their fields from the last to the first. */
const PLANS = new Map<string, readonly Step[]>();
const EMPTY: Json = {};
const NO_BYTES = new Uint8Array();

/**
 * An object as its message, with the bytes that Go's encoder writes: fields in the order of their numbers, keys of maps
 * in order, and a zero for each that has no value and is not a pointer. Fields without a number are left out.
 *
 * @param definition e.g. `io.k8s.api.core.v1.Pod`
 */
export function encodeMessage(definition: string, object: object): Buffer {
  const out = new BackwardWriter();
  writeFields(out, definition, object as Json);
  return out.bytes;
}

function writeFields(out: BackwardWriter, definition: string, object: Json): void {
  let steps = PLANS.get(definition);
  if (steps === undefined) {
    steps = planOf(definition, schemaOf(definition) ?? new Map());
    PLANS.set(definition, steps);
  }
  for (const step of steps) step(out, object);
}

/** @param owner the schema of the object; `definition` differs from it for a message that is written inline. */
function planOf(definition: string, owner: Definition): readonly Step[] {
  const fields = [...(fieldsByNumber(definition) ?? [])].sort(([a], [b]) => b - a);
  return fields.flatMap(([number, field]) => stepOf(number, field, owner) ?? []);
}

function stepOf(number: number, field: NumberedField, owner: Definition): Step | undefined {
  if (field.type === 'inline') {
    const steps = planOf(field.definition, owner);
    return (out, object) => {
      const before = out.length;
      for (const step of steps) step(out, object);
      out.message(number, before);
    };
  }
  const schema = owner.get(field.name);
  if (schema === undefined) return undefined;
  const { name, pointer, form } = field;
  if (schema.type === 'list') return listStep(number, name, writerOf(schema.of));
  if (schema.type === 'map') return mapStep(number, name, writerOf(schema.of, form));
  const write = writerOf(schema, form);
  const optional = pointer || schema.type === 'bytes';
  return (out, object) => {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (!optional || (value !== undefined && value !== null)) write(out, number, value ?? undefined);
  };
}

function listStep(number: number, name: string, write: Write): Step {
  return (out, object) => {
    const items = object[name];
    if (!Array.isArray(items)) return;
    for (let index = items.length - 1; index >= 0; index--) write(out, number, items[index]);
  };
}

/** A map is a list of messages of key and value. */
function mapStep(number: number, name: string, write: Write): Step {
  return (out, object) => {
    const map = object[name];
    if (typeof map !== 'object' || map === null) return;
    const entries = Object.entries(map).sort(([a], [b]) => (a < b ? 1 : -1));
    for (const [key, value] of entries) {
      const before = out.length;
      write(out, 2, value);
      out.text(1, key);
      out.message(number, before);
    }
  };
}

function writerOf(schema: ValueSchema, form?: FieldForm): Write {
  if (form !== undefined) return FORMS[form](schema);
  switch (schema.type) {
    case 'object': {
      const { definition } = schema;
      return (out, number, value) => nest(out, number, () => writeFields(out, definition, (value ?? EMPTY) as Json));
    }
    case 'list': {
      // Only as a map's value, e.g. authentication.k8s.io/v1 ExtraValue: a message with the items as field 1.
      const step = listStep(1, 'items', writerOf(schema.of));
      return (out, number, items) => nest(out, number, () => step(out, { items }));
    }
    case 'map':
      throw new Error('a map within a map');
    default:
      return SCALARS[schema.type];
  }
}

function nest(out: BackwardWriter, number: number, write: () => void): void {
  const before = out.length;
  write();
  out.message(number, before);
}

const integer: Write = (out, number, value) => out.integer(number, Number(value ?? 0));

const SCALARS: Readonly<Record<Exclude<ValueSchema['type'], 'object' | 'list' | 'map'>, Write>> = {
  string: (out, number, value) => out.text(number, String(value ?? '')),
  boolean: (out, number, value) => out.integer(number, value === true ? 1 : 0),
  int32: integer,
  int64: integer,
  number: (out, number, value) => out.double(number, Number(value ?? 0)),
  quantity: (out, number, value) => nest(out, number, () => out.text(1, String(value ?? '0'))),
  /** `{type, intVal, strVal}` of k8s.io/apimachinery pkg/util/intstr; type 1 is a string. */
  intOrString: (out, number, value) =>
    nest(out, number, () => {
      const isString = typeof value === 'string';
      out.text(3, isString ? value : '');
      out.integer(2, isString ? 0 : Number(value ?? 0));
      out.integer(1, isString ? 1 : 0);
    }),
  time: (out, number, value) => writeTime(out, number, value),
  microTime: (out, number, value) => writeTime(out, number, value),
  bytes: (out, number, value) => out.bytesField(number, Buffer.from(String(value ?? ''), 'base64')),
  /** RawExtension, FieldsV1, JSON: messages with one field, the JSON text. */
  any: (out, number, value) =>
    nest(out, number, () => {
      if (value !== undefined) out.text(1, JSON.stringify(value));
    }),
};

/** `{seconds, nanos}`; the zero time is an empty message. */
function writeTime(out: BackwardWriter, number: number, value: unknown): void {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) {
    out.bytesField(number, NO_BYTES);
    return;
  }
  const [, fraction = ''] = /\.(\d+)/.exec(String(value)) ?? [];
  nest(out, number, () => {
    out.integer(2, Number(fraction.padEnd(9, '0').slice(0, 9)));
    out.integer(1, Math.floor(ms / 1000));
  });
}

const FORMS: Readonly<Record<FieldForm, (schema: ValueSchema) => Write>> = {
  int64: () => integer,
  orList: (schema) => {
    const write = writerOf(schema);
    return (out, number, value) =>
      nest(out, number, () => {
        if (!Array.isArray(value)) write(out, 1, value);
        else for (const each of value.toReversed()) write(out, 2, each);
      });
  },
  orBoolean: () => (out, number, value) =>
    nest(out, number, () => {
      if (typeof value !== 'boolean') JSON_SCHEMA(out, 2, value);
      out.integer(1, value === false ? 0 : 1);
    }),
  orStrings: () => (out, number, value) =>
    nest(out, number, () => {
      if (!Array.isArray(value)) JSON_SCHEMA(out, 1, value);
      else for (const each of value.toReversed()) out.text(2, String(each));
    }),
};

const JSON_SCHEMA_PROPS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';
const JSON_SCHEMA: Write = writerOf({ type: 'object', definition: JSON_SCHEMA_PROPS });
