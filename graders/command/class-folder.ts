import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What one learner handed in for one exercise. */
export interface Submission {
  readonly learner: string;
  readonly exercise: string;
  /** Empty when nothing was handed in. */
  readonly paths: readonly string[];
}

/**
 * A class's answers: `<folder>/<learner>/<exercise>/…`, or `<folder>/<learner>/…` where only one exercise is graded. Answers are
 * manifests or scripts; one `.json` file instead is a journal to replay.
 */
export function readClass(folder: string, exercises: readonly string[]): readonly Submission[] {
  const learners = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return learners
    .map(({ name }) => name)
    .sort()
    .flatMap((learner) => exercises.map((exercise) => submission(folder, learner, exercise, exercises.length === 1)));
}

function submission(folder: string, learner: string, exercise: string, alone: boolean): Submission {
  const own = answersIn(join(folder, learner, exercise));
  return { learner, exercise, paths: own.length > 0 || !alone ? own : answersIn(join(folder, learner)) };
}

function answersIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    return names
      .map(({ name }) => name)
      .filter((name) => /\.(ya?ml|json|sh)$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
