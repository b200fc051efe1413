import type { KindDescriptor } from '../../api/descriptor.ts';
import { DEFINITIONS, type FieldSchema, type ScalarType, type ValueSchema } from '../../api/schema/definitions.ts';
import { isAtomic, listMapKeys, patchMergeKey, retainsKeys } from '../../api/schema/patch-keys.ts';

/** By definition: field → description, the definition's own under ''. As `api/schema/generated/descriptions.ts`. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A schema object of OpenAPI 3.0 with Kubernetes' extensions. */
export type OpenApiSchema = Readonly<Record<string, unknown>>;

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const LIST_META = `${META}.ListMeta`;

/** Definitions that are scalars on the wire. */
const SCALAR_DEFINITIONS: Readonly<Record<string, OpenApiSchema>> = {
  [QUANTITY]: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  [INT_OR_STRING]: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  [`${META}.Patch`]: {
    type: 'object',
    description: 'Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.',
  },
  [`${META}.Time`]: { type: 'string', format: 'date-time' },
  [`${META}.MicroTime`]: { type: 'string', format: 'date-time' },
};

const SCALAR_REFERENCES: Readonly<Partial<Record<ScalarType, string>>> = {
  quantity: QUANTITY,
  intOrString: INT_OR_STRING,
  time: `${META}.Time`,
  microTime: `${META}.MicroTime`,
};

const PLAIN: Readonly<Partial<Record<ScalarType, OpenApiSchema>>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  number: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  any: { type: 'object' },
};

/** The schemas of some definitions and of all that they refer to, for `components.schemas`. */
export function componentSchemas(
  roots: Iterable<string>,
  kinds: readonly KindDescriptor[],
  descriptions: Descriptions,
): Readonly<Record<string, OpenApiSchema>> {
  const schemas: Record<string, OpenApiSchema> = {};
  const pending = [...roots];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (schemas[name] !== undefined) continue;
    schemas[name] = SCALAR_DEFINITIONS[name] ?? definitionSchema(name, kinds, descriptions[name] ?? {}, pending);
  }
  return schemas;
}

function definitionSchema(
  name: string,
  kinds: readonly KindDescriptor[],
  descriptions: Readonly<Record<string, string>>,
  pending: string[],
): OpenApiSchema {
  const custom = kinds.find(({ schema }) => schema === name && DEFINITIONS.get(name) === undefined);
  if (custom?.custom !== undefined) return customSchema(custom, custom.custom.openApi, pending);
  const fields = DEFINITIONS.get(name);
  if (fields === undefined) return { type: 'object' };
  const required: string[] = [];
  const properties: Record<string, OpenApiSchema> = {};
  for (const [field, schema] of fields) {
    if (schema.required) required.push(field);
    properties[field] = described(fieldSchema(name, field, schema, pending), descriptions[field]);
  }
  const groupVersionKinds = kinds.filter(({ schema }) => schema === name).map(groupVersionKind);
  return {
    ...described({ type: 'object' }, descriptions['']),
    ...(required.length === 0 ? {} : { required }),
    properties,
    ...(groupVersionKinds.length === 0 ? {} : { 'x-kubernetes-group-version-kind': groupVersionKinds }),
  };
}

/** The name of the list of objects with a schema. */
export function listSchemaName(schema: string): string {
  return `${schema}List`;
}

/** The schemas of lists, which no definition describes: they are all alike. */
export function listSchemas(kinds: readonly KindDescriptor[]): Readonly<Record<string, OpenApiSchema>> {
  const listed = kinds.filter(({ verbs }) => verbs.includes('list'));
  return Object.fromEntries(
    listed.map((kind) => [
      listSchemaName(kind.schema),
      {
        description: `${kind.kind}List is a list of ${kind.kind}.`,
        type: 'object',
        required: ['items'],
        properties: {
          apiVersion: PLAIN.string,
          items: { type: 'array', items: { $ref: `#/components/schemas/${kind.schema}` } },
          kind: PLAIN.string,
          metadata: { $ref: `#/components/schemas/${LIST_META}` },
        },
        'x-kubernetes-group-version-kind': [groupVersionKind({ ...kind, kind: `${kind.kind}List` })],
      },
    ]),
  );
}

function customSchema(kind: KindDescriptor, openApi: OpenApiSchema, pending: string[]): OpenApiSchema {
  pending.push(`${META}.ObjectMeta`);
  return { ...openApi, 'x-kubernetes-group-version-kind': [groupVersionKind(kind)] };
}

export function groupVersionKind({ group, version, kind }: Pick<KindDescriptor, 'group' | 'version' | 'kind'>) {
  return { group, kind, version };
}

/** Beside a reference nothing else may stand, so it is wrapped. */
function described(schema: OpenApiSchema, description: string | undefined): OpenApiSchema {
  if (description === undefined || description === '') return schema;
  return '$ref' in schema ? { description, allOf: [schema] } : { description, ...schema };
}

function fieldSchema(definition: string, field: string, schema: FieldSchema, pending: string[]): OpenApiSchema {
  const path = [field];
  const merge = patchMergeKey(definition, path);
  const keys = schema.type === 'list' ? listMapKeys(definition, path) : undefined;
  const strategies = [merge?.strategy, retainsKeys(definition, path) ? 'retainKeys' : undefined];
  const strategy = [...new Set(strategies.filter((each) => each !== undefined))].join(',');
  const extensions = {
    ...(merge?.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': merge.mergeKey }),
    ...(strategy === '' ? {} : { 'x-kubernetes-patch-strategy': strategy }),
    ...(schema.type === 'list' ? listType(keys) : {}),
    ...(schema.type !== 'list' && isAtomic(definition, path) ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
  const value = valueSchema(schema, pending);
  if (Object.keys(extensions).length === 0) return value;
  return { ...('$ref' in value ? { allOf: [value] } : value), ...extensions };
}

function listType(keys: readonly string[] | undefined): OpenApiSchema {
  if (keys === undefined) return { 'x-kubernetes-list-type': 'atomic' };
  if (keys.length === 0) return { 'x-kubernetes-list-type': 'set' };
  return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys };
}

function valueSchema(schema: ValueSchema, pending: string[]): OpenApiSchema {
  switch (schema.type) {
    case 'list':
      return { type: 'array', items: valueSchema(schema.of, pending) };
    case 'map':
      return { type: 'object', additionalProperties: valueSchema(schema.of, pending) };
    case 'object':
      return reference(schema.definition, pending);
    default: {
      const definition = SCALAR_REFERENCES[schema.type];
      if (definition !== undefined) return reference(definition, pending);
      return { ...PLAIN[schema.type], ...(schema.values === undefined ? {} : { enum: schema.values }) };
    }
  }
}

function reference(definition: string, pending: string[]): OpenApiSchema {
  pending.push(definition);
  return { $ref: `#/components/schemas/${definition}` };
}
