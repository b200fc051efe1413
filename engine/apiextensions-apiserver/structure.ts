import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import type { CustomSchema, Topology } from '../api/schema/custom-schema.ts';
import type { ScalarType } from '../api/schema/definitions.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const STRING: CustomSchema = { type: 'string' };
const METADATA: CustomSchema = { type: 'object', definition: OBJECT_META };
const UNTYPED: CustomSchema = { type: 'untyped' };
const TYPE_META: readonly (readonly [string, CustomSchema])[] = [
  ['apiVersion', STRING],
  ['kind', STRING],
  ['metadata', METADATA],
];

const SCALARS: Readonly<Record<string, ScalarType>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
};

/** How server-side apply sees the objects of a custom kind. After k8s.io/kube-openapi pkg/schemaconv. */
export function structureOf(schema: JsonSchema | undefined): CustomSchema {
  if (schema === undefined) return { type: 'struct', fields: new Map(TYPE_META), rest: UNTYPED };
  return struct(schema, true);
}

function convert(schema: JsonSchema): CustomSchema {
  if (schema['x-kubernetes-int-or-string'] === true) return { type: 'intOrString' };
  if (schema.type === 'array') return list(schema);
  if (schema.type === 'object') return objectOrMap(schema);
  const scalar = SCALARS[schema.type ?? ''];
  return scalar === undefined ? UNTYPED : { type: scalar };
}

function objectOrMap(schema: JsonSchema): CustomSchema {
  const { properties, additionalProperties } = schema;
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  if (properties === undefined && typeof additionalProperties === 'object') {
    return { type: 'map', of: convert(additionalProperties), ...merge(mapTopology(schema)) };
  }
  if (properties === undefined && !isEmbedded) return { type: 'map', of: UNTYPED, ...merge(mapTopology(schema)) };
  return struct(schema, isEmbedded);
}

function struct(schema: JsonSchema, hasTypeMeta: boolean): CustomSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]): [string, CustomSchema] => [
    name,
    convert(property),
  ]);
  const rest = schema['x-kubernetes-preserve-unknown-fields'] === true ? { rest: UNTYPED } : {};
  return {
    type: 'struct',
    fields: new Map([...properties, ...(hasTypeMeta ? TYPE_META : [])]),
    ...rest,
    ...merge(mapTopology(schema)),
  };
}

function list(schema: JsonSchema): CustomSchema {
  const of = schema.items === undefined ? UNTYPED : convert(schema.items);
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { type: 'list', of, merge: [] };
    case 'map':
      return { type: 'list', of, merge: schema['x-kubernetes-list-map-keys'] ?? [] };
    default:
      return { type: 'list', of };
  }
}

function mapTopology(schema: JsonSchema): Topology | undefined {
  return schema['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : undefined;
}

function merge(topology: Topology | undefined): { readonly merge?: Topology } {
  return topology === undefined ? {} : { merge: topology };
}
