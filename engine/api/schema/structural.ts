import { DEFINITIONS, type Definition, type ValueSchema } from './definitions.ts';
import { goTypeName, shortName } from './go-types.ts';
import { checkScalar } from './scalar-check.ts';

export { schemaFields } from './definitions.ts';

/** What decoding an object found. */
export interface Structure {
  /** Paths of fields the kind does not have: `spec.template.spec.containers[0].imagee`. */
  readonly unknownFields: readonly string[];
  /** Sentences of the real decoder for values of the wrong type; the server reports the first. */
  readonly typeErrors: readonly string[];
  /** The object without unknown fields and nulls, as the server goes on with it: the same object when it had none. */
  readonly object: unknown;
}

/** More would help nobody, and a hostile manifest could hold millions. */
const MAX_REPORTS = 100;
/** Only definitions that contain themselves can go this deep. */
const MAX_DEPTH = 200;

type JsonObject = Record<string, unknown>;

interface Walk {
  readonly path: (string | number)[];
  readonly unknownFields: string[];
  readonly typeErrors: string[];
}

/** Where a value stands, for the words of a type error. */
interface Place {
  /** The Go struct that has the field. */
  readonly owner: string;
  readonly field: string;
}

/**
 * Compares an object with its kind's schema: which fields does it not have, which values have the wrong type. Keys such
 * as `__proto__` are data like any other. Missing fields are no concern of decoding: validation reports those.
 */
export function checkStructure(schemaName: string, object: unknown): Structure {
  const walk: Walk = { path: [], unknownFields: [], typeErrors: [] };
  const schema: ValueSchema = { type: 'object', definition: schemaName };
  const decoded = decodeValue(walk, schema, object, { owner: '', field: '' });
  return { unknownFields: walk.unknownFields, typeErrors: walk.typeErrors, object: decoded };
}

function decodeValue(walk: Walk, schema: ValueSchema, value: unknown, place: Place): unknown {
  if (walk.path.length > MAX_DEPTH) {
    report(walk.typeErrors, 'exceeded max depth');
    return value;
  }
  switch (schema.type) {
    case 'object': {
      const definition = DEFINITIONS.get(schema.definition);
      if (definition === undefined) return value;
      if (!isObject(value)) return wrongType(walk, schema, value, place);
      return decodeObject(walk, shortName(schema.definition), definition, value);
    }
    case 'list':
      return Array.isArray(value) ? decodeList(walk, schema.of, value, place) : wrongType(walk, schema, value, place);
    case 'map':
      return isObject(value) ? decodeMap(walk, schema.of, value, place) : wrongType(walk, schema, value, place);
    default: {
      const problem = checkScalar(schema.type, value);
      if (problem === undefined) return value;
      return problem === 'type' ? wrongType(walk, schema, value, place) : refuse(walk, problem, value);
    }
  }
}

function decodeObject(walk: Walk, owner: string, definition: Definition, object: JsonObject): JsonObject {
  let decoded = object;
  for (const key of Object.keys(object)) {
    const value = object[key];
    const schema = definition.get(key);
    if (schema === undefined) {
      walk.path.push(key);
      report(walk.unknownFields, printPath(walk.path));
      walk.path.pop();
      decoded = without(decoded, object, key);
    } else if (value === null || value === undefined) {
      decoded = without(decoded, object, key);
    } else {
      walk.path.push(key);
      const kept = decodeValue(walk, schema, value, { owner, field: key });
      walk.path.pop();
      if (kept !== value) {
        if (decoded === object) decoded = { ...object };
        decoded[key] = kept;
      }
    }
  }
  return decoded;
}

function without(decoded: JsonObject, object: JsonObject, key: string): JsonObject {
  const copy = decoded === object ? { ...object } : decoded;
  delete copy[key];
  return copy;
}

function decodeList(walk: Walk, of: ValueSchema, items: unknown[], place: Place): unknown[] {
  let decoded = items;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    walk.path.push(index);
    const kept = item === null ? emptyValue(of) : decodeValue(walk, of, item, place);
    walk.path.pop();
    if (kept !== item) {
      if (decoded === items) decoded = items.slice();
      decoded[index] = kept;
    }
  }
  return decoded;
}

function decodeMap(walk: Walk, of: ValueSchema, map: JsonObject, place: Place): JsonObject {
  let decoded = map;
  for (const key of Object.keys(map)) {
    const value = map[key];
    walk.path.push(key);
    const kept = value === null ? emptyValue(of) : decodeValue(walk, of, value, place);
    walk.path.pop();
    if (kept !== value) {
      // A spread defines even `__proto__` as an own property, so this assignment only replaces it.
      if (decoded === map) decoded = { ...map };
      decoded[key] = kept;
    }
  }
  return decoded;
}

/** What null means where nothing cannot be: the zero value. */
function emptyValue(schema: ValueSchema): unknown {
  switch (schema.type) {
    case 'object':
    case 'map':
      return {};
    case 'list':
      return [];
    case 'int32':
    case 'int64':
    case 'number':
    case 'intOrString':
      return 0;
    case 'boolean':
      return false;
    case 'quantity':
      return '0';
    case 'any':
      return null;
    default:
      return '';
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

/** E.g. `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. */
function wrongType(walk: Walk, schema: ValueSchema, value: unknown, { owner, field }: Place): unknown {
  const found = typeof value === 'number' && isInteger(schema) ? `number ${value}` : jsonType(value);
  const names = walk.path.filter((part) => typeof part === 'string');
  // The keys of a map are not part of the path the decoder prints.
  const path = names.slice(0, names.lastIndexOf(field) + 1).join('.');
  const type = goTypeName(schema, owner, field);
  const where = owner === '' ? `Go value of type ${type}` : `Go struct field ${owner}.${path} of type ${type}`;
  return refuse(walk, `json: cannot unmarshal ${found} into ${where}`, value);
}

function isInteger(schema: ValueSchema): boolean {
  return schema.type === 'int32' || schema.type === 'int64';
}

function refuse(walk: Walk, sentence: string, value: unknown): unknown {
  report(walk.typeErrors, sentence);
  return value;
}

function report(list: string[], sentence: string): void {
  if (list.length < MAX_REPORTS) list.push(sentence.length > 1024 ? `${sentence.slice(0, 1024)}…` : sentence);
}

/** Dotted, with indices: `spec.containers[0].name`. */
function printPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}
