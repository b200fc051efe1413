import type { OpenApiSchema } from './schemas.ts';

// The same documents in the words of OpenAPI 2: one for all groups, at `/openapi/v2`. Old clients and generators of
// client libraries read it: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v2

type Json = Readonly<Record<string, unknown>>;

/** The part of a version 3 document that is converted. */
export interface Described {
  readonly paths: Readonly<Record<string, Json>>;
  readonly components: { readonly schemas: Readonly<Record<string, OpenApiSchema>> };
}

const SECURITY = {
  BearerToken: { type: 'apiKey', in: 'header', name: 'authorization', description: 'Bearer Token authentication' },
};

export function swagger(documents: readonly Described[], serverVersion: string): Json {
  const definitions: Record<string, unknown> = {};
  const paths: Record<string, unknown> = {};
  for (const document of documents) {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      const before = definitions[name] as Json | undefined;
      // A kind's own document alone says of which kinds a definition is.
      if (before === undefined || GROUP_VERSION_KIND in schema) definitions[name] = convertSchema(schema);
    }
    for (const [path, item] of Object.entries(document.paths)) paths[path] = convertPathItem(item);
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: serverVersion },
    paths,
    definitions,
    securityDefinitions: SECURITY,
    security: [{ BearerToken: [] }],
  };
}

const GROUP_VERSION_KIND = 'x-kubernetes-group-version-kind';

/** References stand beside descriptions here, and a value of several types is a string. */
function convertSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(convertSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { allOf, oneOf, $ref, ...rest } = schema as Json;
  const converted = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, convertSchema(value)]));
  if (oneOf !== undefined) return { type: 'string', ...converted };
  const wrapped = Array.isArray(allOf) ? (convertSchema(allOf[0]) as Json) : {};
  const reference = typeof $ref === 'string' ? { $ref: $ref.replace('#/components/schemas/', '#/definitions/') } : {};
  return { ...converted, ...wrapped, ...reference };
}

function convertPathItem({ parameters, ...methods }: Json): Json {
  const operations = Object.entries(methods).map(([method, operation]) => [
    method,
    convertOperation(operation as Json),
  ]);
  return { ...Object.fromEntries(operations), parameters: (parameters as readonly Json[]).map(convertParameter) };
}

function convertParameter({ schema, ...rest }: Json): Json {
  return { uniqueItems: true, ...rest, ...(schema as Json) };
}

function convertOperation({ parameters, requestBody, responses, ...rest }: Json): Json {
  const body = requestBody as
    | { readonly content: Readonly<Record<string, Json>>; readonly required?: true }
    | undefined;
  const answers = responses as Readonly<Record<string, { readonly description: string; readonly content?: Json }>>;
  const sent = body === undefined ? [] : [bodyParameter(body)];
  return {
    ...rest,
    consumes: body === undefined ? ['*/*'] : Object.keys(body.content),
    produces: Object.keys(answers['200']?.content ?? {}),
    schemes: ['https'],
    parameters: [...sent, ...((parameters ?? []) as readonly Json[]).map(convertParameter)],
    responses: Object.fromEntries(
      Object.entries(answers).map(([code, { description, content }]) => [code, { description, ...schemaIn(content) }]),
    ),
  };
}

function bodyParameter({ content, required }: { readonly content: Json; readonly required?: true }): Json {
  return { name: 'body', in: 'body', ...(required === undefined ? {} : { required }), ...schemaIn(content) };
}

function schemaIn(content: Json | undefined): Json {
  const [first] = Object.values(content ?? {}) as { readonly schema: unknown }[];
  return first === undefined ? {} : { schema: convertSchema(first.schema) };
}
