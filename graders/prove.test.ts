import { createCluster } from '@drydock/engine';
import { describe, expect, test } from 'vitest';
import { learnersCluster } from './exercise.ts';
import { listExercises, readExerciseFolder } from './exercise-folder.ts';
import { gradeFiles, type Report } from './grade.ts';
import { parseExercise, parseProof } from './parse-exercise.ts';
import { countVariants, withVariant } from './variant.ts';

// Every exercise proves itself: what the learner starts with fails, every solution passes, and every listed mistake
// fails exactly the checks it should.

const variants = listExercises().flatMap((id) => {
  const files = readExerciseFolder(id);
  return Array.from({ length: countVariants(id, files) }, (_, index) => ({ id, number: index + 1, files }));
});

describe.each(variants)('exercise $id, variant $number', ({ id, number, files }) => {
  const folder = withVariant(id, files, number - 1);
  const exercise = parseExercise(id, folder);
  const { solutions, mistakes } = parseProof(exercise, folder);
  const grade = (files: Readonly<Record<string, string>>): Report =>
    gradeFiles(
      exercise,
      Object.entries(files).map(([name, text]) => ({ name, text })),
    );
  const failed = (report: Report): string[] => report.checks.filter(({ passed }) => !passed).map((check) => check.id);

  test('the start fails', () => {
    expect(grade(exercise.start).passed).toBe(false);
  });

  test('the learner finds the cluster as the brief says', () => {
    if (exercise.applied || exercise.before.length > 0) createCluster(learnersCluster(exercise));
  });

  test('there are at least two unlike solutions', () => {
    expect(Object.keys(solutions)).toContain('reference');
    expect(Object.keys(solutions).length).toBeGreaterThanOrEqual(2);
  });

  test.each(Object.keys(solutions))('solution %s passes', (name) => {
    const report = grade(solutions[name]!);
    expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.earned).toBe(report.points);
  });

  test.each(Object.keys(mistakes))('mistake %s fails exactly its checks', (name) => {
    const report = grade(mistakes[name]!.files);
    expect(failed(report).sort()).toEqual([...mistakes[name]!.fails].sort());
    for (const check of report.checks.filter(({ passed }) => !passed)) {
      expect(check.seen).not.toBe('');
      expect(check.ask).not.toBe('');
    }
  });

  test('every hint says something and belongs to a check', () => {
    expect(exercise.hints.map(({ check }) => check)).toEqual(exercise.checks.map((check) => check.id));
  });
});
