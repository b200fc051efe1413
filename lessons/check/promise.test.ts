import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { countVariants, type Exercise, parseExercise, parseProof, withVariant } from '@drydock/graders';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readOptions } from '../../graders/command/options.ts';
import { languageFolders } from '../i18n/language-folders.ts';
import { readExercises, readLessons } from './course-text.ts';

// What the course as a whole promises: every row of the syllabus is taught and graded, at every level, in every language.

const ROOT = resolve(import.meta.dirname, '../..');
const ROWS = Array.from({ length: 21 }, (_, index) => index + 1);
const lessons = readLessons(ROOT);
const folders = [...readExercises(ROOT)];
const exercises = folders.map(([id, files]) => parseExercise(id, withVariant(id, files, 0)));

test('every row has a lesson and two exercises, and there are forty-five of them on three levels', () => {
  const taught = new Set(lessons.map(({ head }) => (head as { row?: number }).row));
  const graded = (row: number) => exercises.filter(({ rows }) => rows.includes(row)).length;
  expect(ROWS.filter((row) => !taught.has(row))).toEqual([]);
  expect(ROWS.filter((row) => graded(row) < 2)).toEqual([]);
  expect(exercises.length).toBeGreaterThanOrEqual(45);
  for (const level of ['follow', 'apply', 'diagnose'] satisfies Exercise['level'][]) {
    expect(exercises.filter((exercise) => exercise.level === level).length, level).toBeGreaterThanOrEqual(5);
  }
  expect(folders.filter(([id, files]) => countVariants(id, files) > 1).length).toBeGreaterThan(0);
});

test.each(['zh'])('the course is there in %s, from its first lesson to its last hint', (language) => {
  expect(languageFolders(ROOT).map(({ id }) => id)).toContain(language);
  const slugsIn = (id: string) => lessons.filter((lesson) => lesson.language === id).map(({ slug }) => slug);
  expect(slugsIn(language)).toEqual(slugsIn('en'));
  expect(folders.filter(([, files]) => files[`${language}.yaml`] === undefined).map(([id]) => id)).toEqual([]);
});

test.each(folders)('%s: no hint gives away a line of a solution', (id, files) => {
  const folder = withVariant(id, files, 0);
  const exercise = parseExercise(id, folder);
  const lines = (text: string) => new Set(text.split('\n').map((line) => line.replace(/^[\s-]+/, '').trim()));
  const given = lines(Object.values(exercise.start).join('\n'));
  const answers = Object.values(parseProof(exercise, folder).solutions).flatMap((solution) => Object.values(solution));
  const secrets = [...lines(answers.join('\n'))].filter((line) => line.length > 12 && !given.has(line));
  const said = [...exercise.hints.map(({ text }) => text), ...exercise.checks.map(({ ask }) => ask)];
  expect(secrets.filter((line) => said.some((text) => text.includes(line)))).toEqual([]);
});

test('the example for GitHub calls the grader as it wants to be called', () => {
  const workflow = parse(readFileSync(join(ROOT, 'graders/examples/github-actions.yml'), 'utf8'));
  const steps = workflow.jobs.grade.steps as readonly { readonly run?: string }[];
  const calls = steps.flatMap(({ run = '' }) => /grade -- (.*?) > /.exec(run)?.[1] ?? []);
  expect(calls).toHaveLength(2);
  expect(calls.map((call) => readOptions(call.split(' ')).format)).toEqual(['junit', 'csv']);
});
