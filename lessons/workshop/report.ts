import { type BenchCard, cardIdOf } from './bench-card.ts';
import type { CheckState, GradedCheck, Person, Workshop } from './records.ts';
import { type Attempt, attemptKey, type CountedGrade } from './server/counted-grades.ts';

/** What one person has done, for a page that can be printed. */
export interface LearnerReport {
  readonly title: string;
  readonly name: string;
  readonly rosterId?: string;
  readonly joinedAt: number;
  readonly now: number;
  readonly score: number;
  readonly points: number;
  readonly exercises: readonly ReportedExercise[];
  /** Exercises that were begun, and nobody has graded. */
  readonly ungraded: readonly { readonly benchId: string; readonly inputs: number }[];
  readonly lessons: readonly ReportedLesson[];
}

interface ReportedExercise {
  readonly benchId: string;
  readonly score: number;
  readonly earned: number;
  readonly points: number;
  readonly late: boolean;
  readonly lastAt: number;
  readonly attempts: readonly { readonly lastAt: number; readonly score: number; readonly counts: boolean }[];
  readonly checks: readonly GradedCheck[];
  readonly problem?: string;
}

interface ReportedLesson {
  readonly benchId: string;
  /** So many inputs. */
  readonly inputs: number;
  readonly checks: readonly { readonly id: string; readonly title: string; readonly metAt?: number }[];
}

/** @param begun the benches this person has begun, with the number of inputs there */
export function learnerReport(
  { title }: Workshop,
  { id, name, rosterId, joinedAt }: Person,
  counted: readonly CountedGrade[],
  attempts: readonly Attempt[],
  begun: readonly { readonly card: BenchCard; readonly inputs: number }[],
  states: readonly CheckState[],
  now: number,
): LearnerReport {
  const exercises = counted
    .filter(({ personId }) => personId === id)
    .map((grade): ReportedExercise => {
      const { benchId, score, earned, points, late, lastAt, checks, problem } = grade;
      const all = attempts
        .filter(({ personId, exerciseId }) => personId === id && exerciseId === grade.exerciseId)
        .map((each) => ({
          lastAt: each.lastAt,
          score: each.score,
          counts: attemptKey(each) === attemptKey(grade),
        }));
      const of = { benchId, score, earned, points, late, lastAt, attempts: all, checks };
      return { ...of, ...(problem === undefined ? {} : { problem }) };
    });
  const graded = new Set(exercises.map(({ benchId }) => cardIdOf(benchId)));
  const waiting = begun.filter(({ card }) => card.exercise !== undefined && !graded.has(card.id));
  // As an exercise and as a task of the mock exam it is one.
  const ungraded = [...Map.groupBy(waiting, ({ card }) => card.id)].map(([benchId, each]) => ({
    benchId,
    inputs: each.reduce((all, { inputs }) => all + inputs, 0),
  }));
  const lessons = begun
    .filter(({ card }) => card.exercise === undefined)
    .map(({ card, inputs }): ReportedLesson => {
      const met = new Map(states.filter(({ benchId }) => benchId === card.id).map((each) => [each.checkId, each]));
      const checks = card.checks.map((check) => {
        const metAt = met.get(check.id)?.firstMetAt;
        return { ...check, ...(metAt === undefined ? {} : { metAt }) };
      });
      return { benchId: card.id, inputs, checks };
    });
  const sum = (of: 'score' | 'points') => Math.round(exercises.reduce((all, each) => all + each[of], 0) * 100) / 100;
  const totals = { score: sum('score'), points: sum('points') };
  return {
    title,
    name,
    joinedAt,
    now,
    ...totals,
    exercises,
    ungraded,
    lessons,
    ...(rosterId === undefined ? {} : { rosterId }),
  };
}
