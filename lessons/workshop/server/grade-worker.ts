import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { JournalEntry } from '@drydock/engine';
import type { RunPoint } from '@drydock/engine/worker';
import { gradeRun, parseExercise, ReplayError, withVariant } from '@drydock/graders';
import { readExerciseFolder } from '../../../graders/exercise-folder.ts';
import { exerciseOptions } from '../../bench/exercise-options.ts';
import type { GradedCheck } from '../records.ts';

// A thread that grades one journal after another. Whoever started it ends it when it takes too long or too much.

/** A journal to grade. */
export interface GradeJob {
  readonly exerciseId: string;
  /** Which of its variants; the first is 1. */
  readonly variant: number;
  /** JSON of the entries, one each. */
  readonly entries: readonly string[];
  readonly end?: RunPoint;
}

export type GradeOutcome =
  | { readonly earned: number; readonly points: number; readonly checks: readonly GradedCheck[] }
  | { readonly problem: string };

/** Behind the server, whose learners wait for an answer. On Linux this is of the thread alone; elsewhere of the process. */
if (process.platform === 'linux') setPriority(0, 5);

parentPort!.on('message', (job: GradeJob) => parentPort!.postMessage(gradeJob(job)));

/** Replays on the exercise's own cluster, whatever the browser says it had, and grades as the page does. */
function gradeJob({ exerciseId, variant, entries, end }: GradeJob): GradeOutcome {
  const exercise = parseExercise(exerciseId, withVariant(exerciseId, readExerciseFolder(exerciseId), variant - 1));
  try {
    const journal = entries.map((text) => JSON.parse(text) as JournalEntry);
    const { earned, points, checks } = gradeRun(exercise, exerciseOptions(exercise), journal, end);
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
    };
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    return {
      problem: `the journal cannot be replayed: another engine recorded it, or it was changed (${error.message})`,
    };
  }
}
