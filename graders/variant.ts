import { CourseFileError, CourseNode } from './course-file.ts';
import type { ExerciseFolder } from './exercise.ts';

/** What stands in an exercise's files for something that differs from learner to learner: `__NAME__`. */
const PLACE = /__([A-Z][A-Z0-9_]*?)__/g;

type Variant = Readonly<Record<string, string>>;

/** How many variants an exercise has: names, numbers or faults that differ under the same checks. 1 where it has none. */
export function countVariants(id: string, folder: ExerciseFolder): number {
  return Math.max(1, readVariants(id, folder).length);
}

/**
 * The exercise's files with the words of one of its variants in their places; the first is 0.
 *
 * @throws CourseFileError for a variant that is not there, or a place that no variant fills.
 */
export function withVariant(id: string, folder: ExerciseFolder, index: number): ExerciseFolder {
  const variants = readVariants(id, folder);
  const variant = variants[index] ?? {};
  if (index !== 0 && index >= variants.length) {
    throw new CourseFileError(
      `exercises/${id} has ${Math.max(1, variants.length)} variants; there is no number ${index + 1}`,
    );
  }
  if (variants.length === 0) return folder;
  return Object.fromEntries(
    Object.entries(folder).map(([path, text]) => [path, filled(`exercises/${id}/${path}`, text, variant)]),
  );
}

function readVariants(id: string, folder: ExerciseFolder): readonly Variant[] {
  const file = `exercises/${id}/exercise.yaml`;
  const root = CourseNode.parse(file, folder['exercise.yaml'] ?? '{}');
  if (!root.has('variants')) return [];
  const nodes = root.field('variants').elements();
  const names = nodes[0]?.keys() ?? [];
  return nodes.map((node) => {
    node.only(names);
    for (const name of names) if (!node.has(name)) node.fail(`"${name}" is missing; the first variant has it`);
    return Object.fromEntries(names.map((name) => [name, String(node.field(name).data())]));
  });
}

function filled(file: string, text: string, variant: Variant): string {
  return text.replace(PLACE, (place, name: string, at: number) => {
    const value = Object.hasOwn(variant, name) ? variant[name] : undefined;
    if (value !== undefined) return value;
    const line = text.slice(0, at).split('\n').length;
    throw new CourseFileError(`${file}:${line}: no variant says what ${place} is`);
  });
}
