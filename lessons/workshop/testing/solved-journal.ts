import { createCluster, type JournalEntry } from '@drydock/engine';
import type { RunPoint } from '@drydock/engine/worker';
import { parseExercise, parseProof } from '@drydock/graders';
import { readExerciseFolder } from '../../../graders/exercise-folder.ts';
import { exerciseOptions } from '../../bench/exercise-options.ts';

const KEY_EVERY_MS = 200;
const READING_MS = 60_000;
/** The page stays open meanwhile. */
const AWAY_MS = 500_000;

/** What somebody types within ten minutes who solves the exercise by its first solution, and how far the run went. */
export function solvedJournal(exerciseId: string): {
  readonly entries: readonly JournalEntry[];
  readonly end: RunPoint;
} {
  const folder = readExerciseFolder(exerciseId);
  const exercise = parseExercise(exerciseId, folder);
  const [files = {}] = Object.values(parseProof(exercise, folder).solutions);
  const cluster = createCluster(exerciseOptions(exercise));
  const type = (text: string): void => {
    for (const letter of text) {
      cluster.submit({ kind: 'terminal.input', terminal: '1', text: letter });
      cluster.sim.runFor(KEY_EVERY_MS);
    }
  };
  cluster.submit({ kind: 'terminal.open', terminal: '1', columns: 80, rows: 24 });
  for (const [path, text] of Object.entries(files)) {
    cluster.submit({ kind: 'file.write', path, text });
    type(`kubectl apply -f ${path}\r`);
    cluster.sim.runFor(READING_MS);
    type('kubectl get pods\r');
  }
  cluster.sim.runFor(AWAY_MS);
  return { entries: cluster.journal, end: { timeMs: cluster.sim.nowMs, step: cluster.sim.steps } };
}
