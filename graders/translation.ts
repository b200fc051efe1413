import { CourseNode } from './course-file.ts';
import type { Exercise, ExerciseFolder } from './exercise.ts';

/** An exercise's folder holds `<language>.yaml` for each language it has been translated into, e.g. `zh.yaml`. */
const FILE = /^([a-z]{2,3}(?:-[a-z]+)?)\.yaml$/;

/** The languages that an exercise has been translated into, besides the one it was written in. */
export function translationsOf(folder: ExerciseFolder): readonly string[] {
  return Object.keys(folder).flatMap((path) => FILE.exec(path)?.[1] ?? []);
}

/**
 * The exercise with its words in another language: title and brief, the title and question of each check, and the hints.
 * What is graded stays what it is.
 *
 * @throws CourseFileError for a check or hint that is missing, or of which the exercise knows nothing.
 */
export function translate(exercise: Exercise, folder: ExerciseFolder, language: string): Exercise {
  const file = `${language}.yaml`;
  const root = CourseNode.parse(`exercises/${exercise.id}/${file}`, folder[file] ?? '');
  root.only(['title', 'brief', 'checks', 'hints']);
  const ids = exercise.checks.map(({ id }) => id);
  const [checks, hints] = [root.field('checks'), root.field('hints')];
  for (const node of [checks, hints]) node.only(ids);
  return {
    ...exercise,
    title: root.field('title').text(),
    brief: root.field('brief').text(),
    checks: exercise.checks.map((check) => {
      const words = checks.field(check.id);
      if (!checks.has(check.id)) checks.fail(`the check "${check.id}" is missing`);
      words.only(['title', 'ask']);
      return { ...check, title: words.field('title').text(), ask: words.field('ask').text() };
    }),
    hints: exercise.hints.map((hint) => {
      if (!hints.has(hint.check)) hints.fail(`the hint for "${hint.check}" is missing`);
      return { ...hint, text: hints.field(hint.check).text() };
    }),
  };
}
