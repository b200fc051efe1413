/** The part of an OpenAPI schema that explains a field. */
export interface PublishedSchema {
  readonly type?: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, PublishedSchema>>;
  readonly items?: PublishedSchema;
  readonly additionalProperties?: PublishedSchema | boolean;
  readonly allOf?: readonly { readonly $ref?: string }[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly Readonly<Record<'group' | 'version' | 'kind', string>>[];
}

/** A field as `kubectl explain` lists it. */
interface ExplainedField {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/** The schema of a kind in a document that the server publishes for a group version. */
export function publishedSchema(document: unknown, kind: string): PublishedSchema | undefined {
  const { components } = (document ?? {}) as {
    readonly components?: { readonly schemas?: Readonly<Record<string, PublishedSchema>> };
  };
  return Object.values(components?.schemas ?? {}).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some((each) => each.kind === kind),
  );
}

/** The schema at a path of fields; lists and maps are stepped into on the way. */
export function publishedField(schema: PublishedSchema, path: readonly string[]): PublishedSchema | undefined {
  let at: PublishedSchema | undefined = schema;
  for (const name of path) {
    const properties: PublishedSchema['properties'] = at === undefined ? undefined : inner(at).properties;
    at = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
  }
  return at;
}

/** What holds the fields: the items of a list, the values of a map. */
function inner(schema: PublishedSchema): PublishedSchema {
  if (schema.items !== undefined) return inner(schema.items);
  return typeof schema.additionalProperties === 'object' ? inner(schema.additionalProperties) : schema;
}

export function publishedFields(schema: PublishedSchema): readonly ExplainedField[] {
  const { properties = {}, required = [] } = inner(schema);
  return Object.keys(properties)
    .sort()
    .map((name) => {
      const field = properties[name]!;
      const description = field.description ?? '';
      return { name, type: publishedType(field), required: required.includes(name), description };
    });
}

export function publishedType(schema: PublishedSchema): string {
  const reference = schema.allOf?.[0]?.$ref;
  if (reference !== undefined) return reference.slice(reference.lastIndexOf('.') + 1);
  if (schema['x-kubernetes-int-or-string'] === true) return 'IntOrString';
  if (schema.items !== undefined) return `[]${publishedType(schema.items)}`;
  if (typeof schema.additionalProperties === 'object')
    return `map[string]${publishedType(schema.additionalProperties)}`;
  return schema.type === undefined || schema.type === 'object' ? 'Object' : schema.type;
}
