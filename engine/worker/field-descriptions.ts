import { type ManifestKind, schemaOf } from '../api/manifest-help.ts';
import { schemaAt } from '../api/schema/definitions.ts';

/**
 * What the documentation says of a field, in a sentence or some; undefined where it says nothing. The texts are large and
 * are loaded with the first question.
 */
export async function describeField(at: ManifestKind, path: readonly string[]): Promise<string | undefined> {
  const { DESCRIPTIONS } = await import('../api/schema/generated/descriptions.ts');
  const schema = schemaOf(at);
  const name = path.at(-1);
  if (schema === undefined) return undefined;
  if (name === undefined) return DESCRIPTIONS[schema]?.[''];
  let parent = schemaAt(schema, path.slice(0, -1));
  while (parent?.type === 'list') parent = parent.of;
  if (parent?.type !== 'object') return undefined;
  return DESCRIPTIONS[parent.definition]?.[name];
}
