import { KINDS } from './kind-list.ts';
import { schemaFields, type ValueSchema } from './schema/definitions.ts';
import { checkStructure } from './schema/structural.ts';

// What an editor of manifests asks: which kinds and fields there are, and whether a document has the form of its kind.

/** A field that may stand at a place of a manifest. */
export interface FieldHelp {
  readonly name: string;
  /** As `kubectl explain` writes types: `string`, `[]Container`, `map[string]string`. */
  readonly type: string;
  readonly required: boolean;
  /** The values allowed, where there is a closed list. */
  readonly values?: readonly string[];
}

export interface ManifestKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The kinds that are served, one line each. */
export function manifestKinds(): readonly ManifestKind[] {
  return KINDS.map(({ group, version, kind }) => ({
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
  }));
}

/** The fields at a path, by names only: `['spec', 'containers']` for those of a container. Empty where there are none. */
export function manifestFields(at: ManifestKind, path: readonly string[]): readonly FieldHelp[] {
  const schema = schemaOf(at);
  const fields = schema === undefined ? undefined : schemaFields(schema, path);
  return (fields ?? []).map(({ name, schema: type, required, values }) => ({
    ...{ name, type: typeInWords(type), required },
    ...(values === undefined ? {} : { values }),
  }));
}

/** Whether a document has the form of its kind; undefined for a kind that is not known here. */
export function manifestFlaws(
  at: ManifestKind,
  object: unknown,
): { readonly unknownFields: readonly string[]; readonly typeErrors: readonly string[] } | undefined {
  const schema = schemaOf(at);
  if (schema === undefined) return undefined;
  const { unknownFields, typeErrors } = checkStructure(schema, object);
  return { unknownFields, typeErrors };
}

/** The definition in the generated schema. */
export function schemaOf({ apiVersion, kind }: ManifestKind): string | undefined {
  return KINDS.find(
    (each) => each.kind === kind && apiVersion === (each.group === '' ? each.version : `${each.group}/${each.version}`),
  )?.schema;
}

function typeInWords(schema: ValueSchema): string {
  if (schema.type === 'list') return `[]${typeInWords(schema.of)}`;
  if (schema.type === 'map') return `map[string]${typeInWords(schema.of)}`;
  if (schema.type === 'object') return schema.definition.slice(schema.definition.lastIndexOf('.') + 1);
  return schema.type;
}
