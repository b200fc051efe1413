import type { Grade, Settings } from '../records.ts';
import { admission } from './admission.ts';

/** One attempt, as it was graded last; where that failed, as it was graded before. */
export interface Attempt extends Grade {
  readonly late: boolean;
  /** After what late work loses. */
  readonly score: number;
}

/** The attempt that counts, after the workshop's policy. */
export interface CountedGrade extends Attempt {
  /** So many there are. */
  readonly attempts: number;
}

/** A grade that is another one than it was. */
export interface MovedGrade {
  readonly personId: string;
  readonly exerciseId: string;
  readonly before: number;
  readonly after: number;
  readonly points: number;
  /** Checks whose points have changed, or that are new or gone. */
  readonly checks: readonly { readonly title: string; readonly before?: number; readonly after?: number }[];
  /** Why the attempt that counts could not be graded, or could not be graded again, in which case it keeps its grade. */
  readonly problem?: string;
}

/** Every attempt in the order in which they were first graded. @param grades every grading, oldest first */
export function attemptsOf(grades: readonly Grade[], settings: Settings): readonly Attempt[] {
  const attempts = new Map<string, Grade>();
  for (const grade of grades) {
    const key = attemptKey(grade);
    const known = attempts.get(key);
    // Whoever cannot be graded again, say because an engine recorded the journal that is here no more, loses nothing.
    if (known !== undefined && known.problem === undefined && grade.problem !== undefined) continue;
    attempts.set(key, { ...grade, by: known?.by ?? grade.by });
  }
  return [...attempts.values()].map((grade) => scored(grade, settings));
}

/** What makes an attempt this one: the inputs, and how long the cluster went on after them. */
export function attemptKey({
  personId,
  benchId,
  runId,
  count,
  end,
}: Pick<Grade, 'personId' | 'benchId' | 'runId' | 'count' | 'end'>): string {
  return `${personId} ${benchId} ${runId} ${count} ${end?.timeMs ?? ''}`;
}

function scored(grade: Grade, settings: Settings): Attempt {
  const late = ['late', 'over'].includes(admission(settings, grade.lastAt));
  const score = late ? grade.earned * (1 - settings.latePenalty) : grade.earned;
  return { ...grade, late, score: Math.round(score * 100) / 100 };
}

/** Of each person's attempts at an exercise, the one that counts. */
export function countedGrades(grades: readonly Grade[], settings: Settings): readonly CountedGrade[] {
  const groups = Map.groupBy(attemptsOf(grades, settings), gradeKey);
  return [...groups.values()].map((group) => {
    const chosen =
      settings.attempts === 'last'
        ? group.at(-1)!
        : group.reduce((best, each) => (each.score > best.score ? each : best));
    return { ...chosen, attempts: group.length };
  });
}

function gradeKey({ personId, exerciseId }: Grade): string {
  return `${personId} ${exerciseId}`;
}

/** Whose grade is another one by what was graded since a moment, and whose could not be looked at again. */
export function movedGrades(grades: readonly Grade[], settings: Settings, since: number): readonly MovedGrade[] {
  const earlier = grades.filter(({ at }) => at < since);
  const before = new Map(countedGrades(earlier, settings).map((grade) => [gradeKey(grade), grade]));
  const latest = new Map(grades.filter(({ at }) => at >= since).map((grade) => [attemptKey(grade), grade]));
  return countedGrades(grades, settings).flatMap((after) => {
    const old = before.get(gradeKey(after));
    if (old === undefined) return [];
    const checks = movedChecks(old, after);
    const problem = after.problem ?? latest.get(attemptKey(after))?.problem;
    const failedNow = old.problem === undefined && problem !== undefined;
    if (old.score === after.score && checks.length === 0 && !failedNow) return [];
    const { personId, exerciseId, points } = after;
    const moved = { personId, exerciseId, before: old.score, after: after.score, points, checks };
    return [{ ...moved, ...(problem === undefined ? {} : { problem }) }];
  });
}

function movedChecks(old: Grade, now: Grade): MovedGrade['checks'] {
  const before = new Map(old.checks.map((check) => [check.id, check]));
  const after = new Map(now.checks.map((check) => [check.id, check]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const [was, is] = [before.get(id), after.get(id)];
    if (was?.earned === is?.earned) return [];
    return [
      {
        title: (is ?? was)!.title,
        ...(was === undefined ? {} : { before: was.earned }),
        ...(is === undefined ? {} : { after: is.earned }),
      },
    ];
  });
}
