import { gradeFiles, parseExercise, parseProof } from '@drydock/graders';
import { expect, test } from 'vitest';
import { exerciseFiles, lessonFiles } from './templates.ts';

test('a new exercise proves itself as it is', () => {
  const files = exerciseFiles({ id: 'new-one', title: 'A new one', row: 7, level: 'apply' });
  const folder = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path.slice('exercises/new-one/'.length), text]),
  );
  const exercise = parseExercise('new-one', folder);
  const { solutions, mistakes } = parseProof(exercise, folder);
  const grade = (answer: Readonly<Record<string, string>>) =>
    gradeFiles(
      exercise,
      Object.entries(answer).map(([name, text]) => ({ name, text })),
    );
  expect(grade(exercise.start).passed).toBe(false);
  for (const solution of Object.values(solutions)) expect(grade(solution).passed).toBe(true);
  const { checks } = grade(mistakes['misspelt-image']!.files);
  expect(checks.filter(({ passed }) => !passed).map(({ id }) => id)).toEqual(['runs']);
});

test('a new lesson has its front matter and its steps', () => {
  const [[path = '', text = ''] = []] = Object.entries(
    lessonFiles({ id: 'new-one', title: 'A new: "one"', row: 7, level: 'follow' }),
  );
  expect(path).toBe('lessons/i18n/en/lessons/new-one.mdx');
  expect(text).toMatch(/^---\ntitle: .*\n[\s\S]*\n---\n/);
  expect(text).toContain('<Check goal="runs" />');
});
