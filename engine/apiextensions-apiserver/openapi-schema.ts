import type { JsonSchema } from '../api/apiextensions/json-schema.ts';

type OpenApiSchema = Readonly<Record<string, unknown>>;

/**
 * The schema as OpenAPI v3 documents show it: as it stands in the definition, with what every object has.
 * After apiextensions-apiserver pkg/controller/openapi/builder/builder.go.
 */
export function openApiSchema(schema: JsonSchema): OpenApiSchema {
  return withTypeMeta(convert(schema), schema.properties ?? {});
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

function withTypeMeta(schema: OpenApiSchema, properties: NonNullable<JsonSchema['properties']>): OpenApiSchema {
  const own = Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => !['apiVersion', 'kind', 'metadata'].includes(name))
      .map(([name, property]) => [name, convert(property)] as const),
  );
  return {
    ...schema,
    properties: {
      apiVersion: { type: 'string', description: API_VERSION },
      kind: { type: 'string', description: KIND },
      metadata: {
        description: `Standard object's metadata. More info: ${CONVENTIONS}metadata`,
        allOf: [{ $ref: `#/components/schemas/${META}` }],
      },
      ...own,
    },
  };
}

const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#';
const API_VERSION =
  'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized ' +
  `schemas to the latest internal value, and may reject unrecognized values. More info: ${CONVENTIONS}resources`;
const KIND =
  'Kind is a string value representing the REST resource this object represents. Servers may infer this from the ' +
  `endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${CONVENTIONS}types-kinds`;

function convert(schema: JsonSchema): OpenApiSchema {
  const { properties, items, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, each]) => [name, convert(each)] as const),
          ),
        }),
    ...(items === undefined ? {} : { items: convert(items) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'object' ? convert(additionalProperties) : additionalProperties,
        }),
  };
}
