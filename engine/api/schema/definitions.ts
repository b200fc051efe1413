import { ALPHA_SCHEMA } from './alpha-schema.ts';
import { SCHEMA } from './generated/schema.ts';

export type ScalarType =
  | 'string'
  | 'int32'
  | 'int64'
  | 'number'
  | 'boolean'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'bytes'
  /** Anything at all. */
  | 'any';

/** What a field, an item of a list or a value of a map may hold. */
export type ValueSchema =
  | { readonly type: ScalarType; readonly values?: readonly string[] }
  | { readonly type: 'list' | 'map'; readonly of: ValueSchema }
  | { readonly type: 'object'; readonly definition: string };

export type FieldSchema = ValueSchema & { readonly required: boolean };

/** The fields of one definition, by name. */
export type Definition = ReadonlyMap<string, FieldSchema>;

const SCALARS: Readonly<Record<string, ScalarType>> = {
  s: 'string',
  i: 'int32',
  l: 'int64',
  n: 'number',
  b: 'boolean',
  q: 'quantity',
  x: 'intOrString',
  t: 'time',
  u: 'microTime',
  y: 'bytes',
  a: 'any',
};

/** The notation that declarations.ts writes: `[` list, `{` map, `@` definition, one letter a scalar, `|` its values. */
function decode(code: string): ValueSchema {
  if (code[0] === '[') return { type: 'list', of: decode(code.slice(1)) };
  if (code[0] === '{') return { type: 'map', of: decode(code.slice(1)) };
  if (code[0] === '@') return { type: 'object', definition: code.slice(1) };
  const type = SCALARS[code[0]!]!;
  return code[1] === '|' ? { type, values: code.slice(2).split('|') } : { type };
}

function decodeField(code: string): FieldSchema {
  const required = code[0] === '!';
  return { ...decode(required ? code.slice(1) : code), required };
}

function decodeAll(): ReadonlyMap<string, Definition> {
  const all = new Map<string, Definition>();
  for (const [name, fields] of Object.entries({ ...SCHEMA, ...ALPHA_SCHEMA })) {
    all.set(name, new Map(Object.entries(fields).map(([field, code]) => [field, decodeField(code)])));
  }
  return all;
}

/** Every definition by its name, e.g. `io.k8s.api.core.v1.Pod`. */
export const DEFINITIONS: ReadonlyMap<string, Definition> = decodeAll();

/** What is found by following field names from a definition; lists and maps are stepped into on the way. */
export function schemaAt(schemaName: string, path: readonly string[]): ValueSchema | undefined {
  let at: ValueSchema = { type: 'object', definition: schemaName };
  for (const name of path) {
    while (at.type === 'list') at = at.of;
    if (at.type === 'map') at = at.of;
    else {
      const next: FieldSchema | undefined =
        at.type === 'object' ? DEFINITIONS.get(at.definition)?.get(name) : undefined;
      if (next === undefined) return undefined;
      at = next;
    }
  }
  return at;
}

export interface FieldInfo {
  readonly name: string;
  readonly schema: ValueSchema;
  readonly required: boolean;
  /** The values allowed, where there is a closed list. */
  readonly values?: readonly string[];
}

/**
 * The fields that may stand at a path, for completion: `schemaFields('io.k8s.api.core.v1.Pod', ['spec', 'containers'])`
 * gives those of a container. Undefined where no object stands.
 */
export function schemaFields(schemaName: string, path: readonly string[] = []): readonly FieldInfo[] | undefined {
  let at = schemaAt(schemaName, path);
  while (at?.type === 'list') at = at.of;
  const definition = at?.type === 'object' ? DEFINITIONS.get(at.definition) : undefined;
  if (definition === undefined) return undefined;
  return Array.from(definition, ([name, schema]) => ({
    name,
    schema,
    required: schema.required,
    ...('values' in schema && schema.values !== undefined ? { values: schema.values } : {}),
  }));
}
