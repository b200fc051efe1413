import { expect, test } from 'vitest';
import { pack } from '../../bench/packing.ts';
import type { BenchSetup, SavedRun } from '../../bench/protocol.ts';
import { type CourseRecord, continues, readRecord, standingOf, written } from './record.ts';

const check = (id: string, points: number) => ({ id, title: id, points }) as BenchSetup['checks'][number];
const LESSON: BenchSetup = { id: 'lesson/two', title: 'Two', options: {}, checks: [check('a', 1), check('b', 3)] };
const EXERCISE: BenchSetup = { ...LESSON, id: 'exercise/two', exercise: {} as NonNullable<BenchSetup['exercise']> };
const AT = '2026-11-28T09:00:00.000Z';

/** So many lines typed, none like another. */
function run(lines: number): SavedRun {
  const entries = Array.from({ length: lines }, (_, index) => ({
    timeMs: index * 1000,
    step: index,
    input: { kind: 'terminal.input', terminal: '1', text: `echo ${Math.sqrt(index + 2)}\r` },
  }));
  return { options: {}, entries: entries as SavedRun['entries'], end: { timeMs: lines * 1000, step: lines } };
}

const RECORD: CourseRecord = {
  attempt: '0123456789abcdef',
  achieved: { 'lesson/two/a': AT, 'lesson/two/quiz What is it?': AT },
  run: run(5),
};

test('what is kept comes back', () => {
  expect(readRecord(written(RECORD, LESSON, 4096), LESSON)).toEqual(RECORD);
});

test('the cluster is left out where there is no room, then what is no check', () => {
  const large = written({ ...RECORD, run: run(2000) }, LESSON, 4096);
  expect(large.length).toBeLessThanOrEqual(4096);
  expect(readRecord(large, LESSON)).toEqual({ attempt: RECORD.attempt, achieved: RECORD.achieved });
  const quizzes = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`lesson/two/quiz ${Math.sqrt(index + 2)}`, AT]),
  );
  const small = written({ ...RECORD, achieved: { ...RECORD.achieved, ...quizzes } }, LESSON, 1000);
  expect(small.length).toBeLessThanOrEqual(1000);
  expect(readRecord(small, LESSON)).toEqual({ attempt: RECORD.attempt, achieved: { 'lesson/two/a': AT } });
});

test('what is no record, or another page’s, is none', () => {
  for (const text of ['', 'bookmark=3', pack({}), pack({ attempt: '../x', progress: {} }), pack(null)]) {
    expect(readRecord(text, LESSON)).toBeUndefined();
  }
  const other = written(RECORD, LESSON, 4096);
  expect(readRecord(other, { ...LESSON, id: 'lesson/three' })).toEqual({ attempt: RECORD.attempt, achieved: {} });
});

test('of two runs the one that goes on from the other is the newer', () => {
  expect([continues(run(5), run(3)), continues(run(3), run(3)), continues(run(3), run(5))]).toEqual([
    true,
    true,
    false,
  ]);
  expect(continues({ ...run(5), options: { seed: 'other' } }, run(3))).toBe(false);
  const turned = { ...run(5), entries: run(5).entries.toReversed() };
  expect(continues(turned, run(3))).toBe(false);
});

test('a lesson is worth the points of its checks, whichever come first', () => {
  const score = (...ids: string[]) =>
    standingOf(LESSON, { achieved: Object.fromEntries(ids.map((id) => [`lesson/two/${id}`, AT])) });
  expect(score()).toEqual({ score: 0, completed: false, passed: false, judged: false });
  expect(score('a').score).toBe(0.25);
  expect(score('a', 'b', '__proto__')).toMatchObject({ score: 1, completed: true, passed: true });
  expect(standingOf(LESSON, { achieved: { 'lesson/two/b': AT } }, 0.75)).toMatchObject({
    score: 0.75,
    completed: false,
    passed: true,
  });
});

test('an exercise is worth what was graded', () => {
  expect(standingOf(EXERCISE, { achieved: { 'exercise/two/a': AT } })).toMatchObject({ score: 0, judged: false });
  expect(standingOf(EXERCISE, { achieved: {}, graded: 0.7 })).toMatchObject({
    score: 0.7,
    judged: true,
    passed: false,
  });
  expect(standingOf(EXERCISE, { achieved: {}, graded: 1 })).toMatchObject({ completed: true, passed: true });
});
