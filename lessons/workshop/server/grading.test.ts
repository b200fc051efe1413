import { type ClusterInput, createCluster } from '@drydock/engine';
import { parseExercise, parseProof } from '@drydock/graders';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readExerciseFolder } from '../../../graders/exercise-folder.ts';
import { exerciseOptions } from '../../bench/exercise-options.ts';
import type { BenchCard } from '../bench-card.ts';
import { DEFAULT_SETTINGS } from '../records.ts';
import { openStore } from '../store/sql-store.ts';
import { openSqlite } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import type { Graded, GradeJob } from './grade-worker.ts';
import { Grading } from './grading.ts';
import { type GradingLimits, GradingPool, LIMITS } from './grading-pool.ts';

const ID = 'shared-page';
const BENCH = `exercise/${ID}`;
const folder = readExerciseFolder(ID);
const exercise = parseExercise(ID, folder);
const options = exerciseOptions(exercise);
const checks = exercise.checks.map(({ id, title, points }) => ({ id, title, points }));
const card: BenchCard = { id: BENCH, title: 'Shared', path: '', versions: ['v'], minutes: 1, checks, exercise: ID };

/** As a workshop has them, but for the time: a machine may be busy, and only what never ends is to be cut off here. */
const PATIENT: GradingLimits = { ...LIMITS, longestMs: 3_600_000 };

const pool = new GradingPool(1, PATIENT);
let store: Store;
beforeAll(async () => {
  store = await openStore(openSqlite(':memory:'));
  const workshop = { id: 'w', title: '', code: '', instructorHash: '', createdAt: 0 };
  await store.create({ ...workshop, settings: { ...DEFAULT_SETTINGS, benches: { [BENCH]: ['v'] } } });
  await store.addPerson({ id: 'ada', name: 'Ada', tokenHash: 't', joinedAt: 0, seenAt: 0 });
});
afterAll(() => pool.close());

let runs = 0;

/** A learner's run: what they did, journalled as in their browser. */
async function play(...inputs: readonly ClusterInput[]): Promise<void> {
  const runId = `run-${++runs}`;
  const cluster = createCluster(options);
  for (const input of inputs) {
    cluster.submit(input);
    cluster.sim.runFor(20_000);
  }
  const { journal, sim } = cluster;
  await store.beginRun({ personId: 'ada', benchId: BENCH, runId, options: {}, beganAt: 0 });
  const end = { timeMs: sim.nowMs, step: sim.steps };
  await store.append('ada', BENCH, runId, { from: 0, entries: journal, end }, 1);
}

const grade = async () => {
  const grading = new Grading(
    store,
    new Map([[BENCH, card]]),
    (load) => pool.grade(load),
    () => 2,
  );
  await grading.asItStands('ada', BENCH, 'learner');
  return (await store.grades()).at(-1)!;
};

test('a journal that solves the exercise earns its points, on the exercise’s own cluster', async () => {
  const { solutions } = parseProof(exercise, folder);
  const [name, text] = Object.entries(solutions['reference']!)[0]!;
  await play(
    { kind: 'file.write', path: name, text },
    { kind: 'run', run: 'run-1', host: 'workstation', argv: ['kubectl', 'apply', '-f', name] },
  );
  const graded = await grade();
  expect(graded).toMatchObject({ personId: 'ada', exerciseId: ID, benchId: BENCH, by: 'learner', at: 2 });
  expect(graded.earned).toBe(graded.points);
});

test('a journal in which nothing was done earns nothing', async () => {
  await play({ kind: 'terminal.open', terminal: '1', columns: 80, rows: 24 });
  const graded = await grade();
  expect(graded.earned).toBeLessThan(graded.points);
  expect(graded.problem).toBeUndefined();
});

test('a forged journal is told apart, and the next one is graded all the same', async () => {
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

describe('a journal that', () => {
  /** Somebody typed a line, and the cluster is said to have gone on for so long. */
  const job = (text: string, timeMs: number): GradeJob => {
    const cluster = createCluster(options);
    cluster.submit({ kind: 'terminal.open', terminal: '1', columns: 80, rows: 24 });
    cluster.sim.runFor(1000);
    cluster.submit({ kind: 'terminal.input', terminal: '1', text });
    const entries = cluster.journal.map((entry) => JSON.stringify(entry));
    return { exerciseId: ID, variant: 1, entries, end: { timeMs, step: 1e12 } };
  };
  /** Somebody did this and waited a little after each; the journal is as a browser sends it. */
  const played = (...inputs: readonly ClusterInput[]): GradeJob => {
    const cluster = createCluster(options);
    for (const input of inputs) {
      cluster.submit(input);
      cluster.sim.runFor(5000);
    }
    const entries = cluster.journal.map((entry) => JSON.stringify(entry));
    return { exerciseId: ID, variant: 1, entries, end: { timeMs: cluster.sim.nowMs, step: cluster.sim.steps } };
  };
  const honest = played({ kind: 'file.write', path: 'notes.txt', text: 'Where do they meet?' });
  const outcomeOf = async (bounded: GradingPool, made: GradeJob) => {
    const outcome = await bounded.grade(async () => made);
    await bounded.close();
    return outcome;
  };

  test('was graded before is not replayed for what follows from the same', async () => {
    const first = (await pool.grade(async () => honest)) as Graded;
    const anew = await pool.grade(async () => ({ ...honest, entries: [...honest.entries], end: { ...honest.end! } }));
    expect(anew).toEqual(first);
    // What is taken over is told by what nobody could find out.
    const checks = first.checks.map((check) => ({ ...check, title: 'As it was called', seen: 'remembered' }));
    const earlier: Graded = { ...first, checks };
    const seen = async (job: GradeJob) =>
      ((await pool.grade(async () => job)) as Graded).checks.map((check) => check.seen);
    const found = first.checks.map((check) => check.seen);
    expect(await seen({ ...honest, earlier })).toEqual(found.map(() => 'remembered'));
    expect(await pool.grade(async () => ({ ...honest, earlier }))).toMatchObject({
      checks: first.checks.map(({ title }) => ({ title })),
    });
    // A check that only looks was mended: looking costs little and is done again.
    const mended = { ...earlier, basis: { ...first.basis!, whole: 'another' } };
    const [looks, breaks] = [/^(runs|serves|fresh)$/, /^(written-by-writer|outlives-web)$/];
    expect(Object.keys(first.basis!.checks).every((id) => breaks.test(id))).toBe(true);
    expect(await seen({ ...honest, earlier: mended })).toEqual(
      first.checks.map(({ id, seen: was }) => (looks.test(id) ? was : 'remembered')),
    );
    const other = played({ kind: 'file.write', path: 'notes.txt', text: 'At a file?' });
    expect(await seen({ ...other, earlier })).not.toContain('remembered');
  });

  test('never ends is cut off', async () => {
    const bounded = new GradingPool(1, { ...LIMITS, longestMs: 3000 });
    expect(await outcomeOf(bounded, job('while true; do sleep 0.001; done\r', 1e12))).toEqual({
      problem: 'the journal takes too long to replay',
    });
  });

  test('leaves nothing behind in its thread, whatever it holds', async () => {
    const alone = await pool.grade(async () => honest);
    expect(alone).toMatchObject({ earned: 0 });
    const manifest = 'kind: Pod\n__proto__: {toString: 1}\nmetadata: {name: constructor, labels: {__proto__: a}}\n';
    const hostile = played(
      ...['__proto__', 'constructor', 'prototype.yaml', '.bashrc'].flatMap((path): readonly ClusterInput[] => [
        { kind: 'file.write', path, text: manifest },
        { kind: 'run', run: path, host: 'workstation', argv: ['kubectl', 'apply', '-f', path] },
      ]),
    );
    expect(await pool.grade(async () => hostile)).toHaveProperty('checks');
    await pool.grade(async () => ({ ...honest, entries: ['{"__proto__": {"input": 1}}', 'null'] })).catch(() => {});
    expect(await pool.grade(async () => honest)).toEqual(alone);
  });

  test('comes when its thread has graded enough is graded by the next thread', async () => {
    const bounded = new GradingPool(1, { ...PATIENT, mostGradings: 1 });
    const first = await bounded.grade(async () => honest);
    expect(first).toMatchObject({ earned: 0 });
    expect(await outcomeOf(bounded, honest)).toEqual(first);
  });

  // What a shell or a Pod may hold is bounded by the cluster itself, so here the bound is what a cluster needs to boot.
  test('needs more memory than a thread may have is cut off', async () => {
    const bounded = new GradingPool(1, { ...PATIENT, mostMemoryMb: 16 });
    expect(await outcomeOf(bounded, job('kubectl get pods -A -w\r', 600_000))).toEqual({
      problem: 'the journal takes too much memory to replay',
    });
  });
});

test('what cannot be loaded is told to who asked, and the next job is graded', async () => {
  const loading = pool.grade(() => Promise.reject(new Error('no database')));
  await expect(loading).rejects.toThrow('no database');
  expect(await pool.grade(async () => undefined)).toBeUndefined();
});
