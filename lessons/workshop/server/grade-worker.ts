import { parentPort } from 'node:worker_threads';
import { createCluster, type JournalEntry, namespaces } from '@drydock/engine';
import { type RunPoint, replay } from '@drydock/engine/worker';
import { parseExercise, withVariant } from '@drydock/graders';
import { readExerciseFolder } from '../../../graders/exercise-folder.ts';
import { exerciseOptions } from '../../bench/exercise-options.ts';
import { grade } from '../../bench/grading.ts';

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

interface GradedCheck {
  readonly id: string;
  readonly title: string;
  readonly earned: number;
  readonly points: number;
  readonly seen: string;
}

parentPort!.on('message', (job: GradeJob) => parentPort!.postMessage(gradeJob(job)));

/** Replays on the exercise's own cluster, whatever the browser says it had, and grades as the page does. */
function gradeJob({ exerciseId, variant, entries, end }: GradeJob): GradeOutcome {
  const exercise = parseExercise(exerciseId, withVariant(exerciseId, readExerciseFolder(exerciseId), variant - 1));
  const cluster = createCluster(exerciseOptions(exercise));
  const base = cluster.client.resource(namespaces).list().metadata.resourceVersion;
  try {
    const journal = entries.map((text) => JSON.parse(text) as JournalEntry);
    for (const _ of replay(cluster, journal, end)) {
      // Each turn is a slice of the run.
    }
  } catch (error) {
    return { problem: `the journal cannot be replayed: ${(error as Error).message}` };
  }
  const { earned, points, checks } = grade(cluster, exercise, base);
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
}
