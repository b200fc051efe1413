import { type ClusterOptions, createCluster, type JournalEntry } from '@drydock/engine';
import { type RunPoint, replay } from '@drydock/engine/worker';
import { CourseFileError } from './course-file.ts';
import { type Exercise, learnersCluster } from './exercise.ts';
import { gradeAndSpend, type Report } from './grade.ts';
import type { Recall } from './recall.ts';

/**
 * Grades what a learner did by doing it again: `text` is a file that the page's Share button saves. The cluster is the
 * exercise's own, whatever the file says of it, except for the files that lay on the workstation.
 *
 * @throws CourseFileError when the file is something else or cannot be replayed.
 */
export function gradeJournal(exercise: Exercise, name: string, text: string): Report {
  const run = readRun(name, text);
  const options = learnersCluster(exercise);
  const files = { ...options.files, ...run.files };
  try {
    return gradeRun(exercise, { ...options, files }, run.entries, run.end);
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    throw new CourseFileError(`${name}: it cannot be replayed here: ${error.message}`);
  }
}

/** A journal that does not lead where it says. */
export class ReplayError extends Error {}

/**
 * Grades a run by doing it again on a cluster of its own.
 *
 * @param end how far the run went after its last input
 * @param recall what an earlier grading of this run knows
 * @throws ReplayError
 */
export function gradeRun(
  exercise: Exercise,
  options: ClusterOptions,
  entries: readonly JournalEntry[],
  end: RunPoint | undefined,
  recall?: Recall,
): Report {
  const cluster = createCluster({ ...options, unrecorded: true });
  const base = cluster.revision;
  try {
    for (const _ of replay(cluster, entries, end)) {
      // Each turn is a slice of the run.
    }
  } catch (error) {
    throw new ReplayError((error as Error).message);
  }
  const answers = cluster.listFiles().filter((path) => /\.ya?ml$/.test(path));
  const texts = answers.map((path) => ({ name: path, text: cluster.readFile(path) ?? '' }));
  return gradeAndSpend(cluster, exercise, texts, base, recall);
}

function readRun(name: string, text: string) {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new CourseFileError(`${name}: it is not JSON; a journal is a file that the page's Share button saves`);
  }
  const { kind, entries, end, options } = (data ?? {}) as Readonly<Record<string, unknown>>;
  if (kind !== 'drydock-run' || !Array.isArray(entries)) {
    throw new CourseFileError(`${name}: it is no journal; one is saved by the page's Share button`);
  }
  const { files = {} } = (options ?? {}) as { files?: Readonly<Record<string, string>> };
  return { files, entries: entries as JournalEntry[], end: end as { timeMs: number; step: number } | undefined };
}
