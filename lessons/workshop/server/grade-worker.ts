import { createHash } from 'node:crypto';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { JournalEntry } from '@drydock/engine';
import type { RunPoint } from '@drydock/engine/worker';
import {
  type Exercise,
  gradeRun,
  parseExercise,
  type Recall,
  ReplayError,
  withoutWords,
  withVariant,
} from '@drydock/graders';
import { readExerciseFolder } from '../../../graders/exercise-folder.ts';
import { exerciseOptions } from '../../bench/exercise-options.ts';
import type { Grade } from '../records.ts';
import { engineDigest } from './engine-digest.ts';

// A thread that grades one journal after another. Whoever started it ends it when it takes too long or too much.

/** A journal to grade. */
export interface GradeJob {
  readonly exerciseId: string;
  /** Which of its variants; the first is 1. */
  readonly variant: number;
  /** JSON of the entries, one each. */
  readonly entries: readonly string[];
  readonly end?: RunPoint;
  /** What came out when it was graded before: what follows from the same is not found out again. */
  readonly earlier?: Graded;
}

/** What came out, and what it follows from. */
export type Graded = Pick<Grade, 'earned' | 'points' | 'checks' | 'basis'>;

export type GradeOutcome = Graded | { readonly problem: string };

/** What the thread says of each journal: that it has begun with it, then what came out. */
export type GradeAnswer = 'begun' | GradeOutcome;

/** Behind the server, whose learners wait for an answer. On Linux this is of the thread alone; elsewhere of the process. */
if (process.platform === 'linux') setPriority(0, 5);

const ENGINE = engineDigest();

parentPort!.on('message', (job: GradeJob) => {
  answer('begun');
  answer(gradeJob(job));
});

function answer(what: GradeAnswer): void {
  parentPort!.postMessage(what);
}

/** Replays on the exercise's own cluster, whatever the browser says it had, and grades as the page does. */
function gradeJob({ exerciseId, variant, entries, end, earlier }: GradeJob): GradeOutcome {
  const exercise = parseExercise(exerciseId, withVariant(exerciseId, readExerciseFolder(exerciseId), variant - 1));
  const options = exerciseOptions(exercise);
  const run = digestOf([ENGINE, options, entries, end]);
  const whole = digestOf([run, exercise.checks.map(withoutWords)]);
  if (earlier?.basis?.whole === whole) return inWordsOf(exercise, earlier);
  const known = new Verdicts(run, earlier);
  try {
    const journal = entries.map((text) => JSON.parse(text) as JournalEntry);
    const { earned, points, checks } = gradeRun(exercise, options, journal, end, known.recall);
    return {
      earned,
      points,
      checks: checks.map(({ id, title, earned: got, points: of, seen }) => ({
        id,
        title,
        earned: got,
        points: of,
        seen,
      })),
      basis: { whole, checks: known.bases },
    };
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    return {
      problem: `the journal cannot be replayed: another engine recorded it, or it was changed (${error.message})`,
    };
  }
}

/** Verdicts of a run that an earlier grading found, and what those of this grading follow from. */
class Verdicts {
  readonly bases: Record<string, string> = {};
  readonly #run: string;
  readonly #earlier: Graded | undefined;

  constructor(run: string, earlier: Graded | undefined) {
    this.#run = run;
    this.#earlier = earlier;
  }

  readonly recall: Recall = ({ id }, basis) => {
    this.bases[id] = digestOf([this.#run, basis]);
    if (this.#earlier?.basis?.checks[id] !== this.bases[id]) return undefined;
    const found = this.#earlier.checks.find((check) => check.id === id)!;
    return { passed: found.earned === found.points, seen: found.seen };
  };
}

/** A grade that has not changed, though the exercise may call its checks otherwise by now. */
function inWordsOf({ checks }: Exercise, graded: Graded): Graded {
  const titles = new Map(checks.map(({ id, title }) => [id, title]));
  return {
    ...graded,
    checks: graded.checks.map((check) => ({ ...check, title: titles.get(check.id) ?? check.title })),
  };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
