import { expect, test } from 'vitest';
import { drawExam, EXAM_TASKS, type ExamTask, leftMs, scoreByRow } from './exam.ts';

const all: ExamTask[] = Array.from({ length: 45 }, (_, index) => ({
  path: `task-${index}`,
  title: `Task ${index}`,
  rows: [1 + (index % 21)],
  points: 10,
  minutes: 10,
}));

test('fifteen tasks on fifteen topics, the same ones for the same name', () => {
  const exam = drawExam(all, 'mira', 0);
  expect(exam.tasks).toHaveLength(EXAM_TASKS);
  expect(new Set(exam.tasks.map(({ rows }) => rows[0])).size).toBe(EXAM_TASKS);
  expect(drawExam(all, 'mira', 0)).toEqual(exam);
  expect(drawExam(all, 'tom', 0).tasks).not.toEqual(exam.tasks);
  expect(exam.minutes).toBe(120);
});

test('a short course makes a short exam', () => {
  expect(drawExam(all.slice(0, 2), 'x', 0)).toMatchObject({
    minutes: 16,
    tasks: [{ path: 'task-0' }, { path: 'task-1' }],
  });
});

test('time runs out, and what was not handed in counts as nothing', () => {
  const exam = { ...drawExam(all.slice(0, 2), 'x', 0), earned: { 'task-0': 7 } };
  expect(leftMs(exam, 60_000)).toBe(15 * 60_000);
  expect(leftMs(exam, 99 * 60_000)).toBe(0);
  expect(leftMs({ ...exam, endedMs: 1 }, 2)).toBe(0);
  expect(scoreByRow(exam)).toEqual([
    { row: 1, earned: 7, points: 10 },
    { row: 2, earned: 0, points: 10 },
  ]);
});
