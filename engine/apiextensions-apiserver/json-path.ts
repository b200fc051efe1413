import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import type { FieldError } from '../api/field-error.ts';
import { invalid, required } from '../api/field-errors.ts';
import { JsonPathError, parseJsonPath, type Step } from '../api/json-path/parser.ts';
import { walkJsonPath } from '../api/json-path/walk.ts';

/** A path of a definition: `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`. @throws JsonPathError */
export function parseSimplePath(path: string): readonly Step[] {
  const [node] = parseJsonPath(`{${path}}`);
  return node?.type === 'path' ? node.steps : [];
}

/** The values a path leads to. */
export function findByPath(object: unknown, steps: readonly Step[]): readonly unknown[] {
  try {
    return walkJsonPath([object], steps, { allowMissing: true });
  } catch {
    // An index beyond the end: there is nothing.
    return [];
  }
}

/** @param under where the path must lead, e.g. `.spec`; empty for anywhere. */
export function checkSimplePath(
  errors: FieldError[],
  path: string | undefined,
  field: string,
  under: readonly string[] = [],
): void {
  if ((path ?? '') === '') {
    errors.push(required(field));
    return;
  }
  if (!path!.startsWith('.')) {
    errors.push(invalid(field, path, 'must be a simple json path starting with .'));
    return;
  }
  try {
    parseSimplePath(path!);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    errors.push(invalid(field, path, `is an invalid path: ${error.problem}`));
    return;
  }
  if (under.length === 0 || under.some((root) => path!.startsWith(`${root}.`))) return;
  const where = under.length === 1 ? under[0] : `either ${[...under].reverse().join(' or ')}`;
  errors.push(invalid(field, path, `should be a json path under ${where}`));
}

/** The schema of the field a plain path of names leads to. */
export function schemaAtPath(schema: JsonSchema, path: string): JsonSchema | undefined {
  let at: JsonSchema | undefined = schema;
  for (const step of parseSimplePath(path)) {
    if (step.type !== 'field' || at === undefined) return undefined;
    const properties: JsonSchema['properties'] = at.properties;
    at = properties !== undefined && Object.hasOwn(properties, step.name) ? properties[step.name] : undefined;
  }
  return at;
}
