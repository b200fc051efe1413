import { type ClusterInput, createCluster } from '@drydock/engine';
import { parseExercise, parseProof } from '@drydock/graders';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readExerciseFolder } from '../../../graders/exercise-folder.ts';
import { exerciseOptions } from '../../bench/exercise-options.ts';
import type { BenchCard } from '../bench-card.ts';
import { DEFAULT_SETTINGS } from '../records.ts';
import { openStore } from '../store/sql-store.ts';
import { openSqlite } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { GradingPool } from './grading-pool.ts';
import { regrade } from './regrade.ts';

const ID = 'shared-page';
const BENCH = `exercise/${ID}`;
const folder = readExerciseFolder(ID);
const exercise = parseExercise(ID, folder);
const options = exerciseOptions(exercise);
const checks = exercise.checks.map(({ id, title, points }) => ({ id, title, points }));
const card: BenchCard = { id: BENCH, title: 'Shared', path: '', versions: ['v'], minutes: 1, checks, exercise: ID };

const pool = new GradingPool(1);
let store: Store;
beforeAll(async () => {
  store = await openStore(openSqlite(':memory:'));
  const workshop = { id: 'w', title: '', code: '', instructorHash: '', createdAt: 0 };
  await store.create({ ...workshop, settings: { ...DEFAULT_SETTINGS, benches: { [BENCH]: ['v'] } } });
  await store.addPerson({ id: 'ada', name: 'Ada', tokenHash: 't', joinedAt: 0, seenAt: 0 });
});
afterAll(() => pool.close());

/** A learner's run: what they did, journalled as in their browser. */
async function play(...inputs: readonly ClusterInput[]): Promise<void> {
  const cluster = createCluster(options);
  for (const input of inputs) {
    cluster.submit(input);
    cluster.sim.runFor(20_000);
  }
  const { journal, sim } = cluster;
  await store.beginRun({ personId: 'ada', benchId: BENCH, runId: `r${journal.length}`, options: {}, beganAt: 0 });
  const end = { timeMs: sim.nowMs, step: sim.steps };
  await store.append('ada', BENCH, `r${journal.length}`, { from: 0, entries: journal, end }, 1);
}

const grade = async () => {
  await regrade(
    store,
    new Map([[BENCH, card]]),
    (job) => pool.grade(job),
    () => 2,
    'ada',
    BENCH,
  );
  return (await store.grades()).at(-1)!;
};

test('a journal that solves the exercise earns its points, on the exercise’s own cluster', {
  timeout: 60_000,
}, async () => {
  const { solutions } = parseProof(exercise, folder);
  const [name, text] = Object.entries(solutions['reference']!)[0]!;
  await play(
    { kind: 'file.write', path: name, text },
    { kind: 'run', run: 'run-1', host: 'workstation', argv: ['kubectl', 'apply', '-f', name] },
  );
  const graded = await grade();
  expect(graded).toMatchObject({ personId: 'ada', exerciseId: ID, late: false, at: 2 });
  expect(graded.earned).toBe(graded.points);
});

test('a journal in which nothing was done earns nothing', { timeout: 60_000 }, async () => {
  await play({ kind: 'terminal.open', terminal: '1', columns: 80, rows: 24 });
  const graded = await grade();
  expect(graded.earned).toBeLessThan(graded.points);
  expect(graded.problem).toBeUndefined();
});

test('a forged journal is told apart, and the next one is graded all the same', { timeout: 60_000 }, async () => {
  const entry = { timeMs: 1, step: 1, input: { kind: 'terminal.open', terminal: '1', columns: 80, rows: 24 } };
  await store.beginRun({ personId: 'ada', benchId: BENCH, runId: 'forged', options: {}, beganAt: 0 });
  await store.append('ada', BENCH, 'forged', { from: 0, entries: [entry] }, 1);
  expect(await grade()).toMatchObject({
    earned: 0,
    points: exercise.checks.length > 0 ? expect.any(Number) : 0,
    problem: expect.stringContaining('cannot be replayed'),
  });
  await play(
    { kind: 'terminal.open', terminal: '1', columns: 80, rows: 24 },
    { kind: 'file.write', path: 'a', text: '' },
  );
  expect((await grade()).problem).toBeUndefined();
});
