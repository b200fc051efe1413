import { expect, test } from 'vitest';
import { walkLesson } from './walk.ts';

test('what a command prints stands in the order in which a terminal shows it', () => {
  const command = 'echo first; echo second >&2; echo third';
  const lesson = { file: 'en/a.mdx', language: 'en', slug: 'a', head: {}, firstLine: 1 };
  expect(walkLesson({ ...lesson, text: `<Run command="${command}" />` })).toEqual({
    printed: [{ command, text: 'first\nsecond\nthird\n' }],
    offences: [],
  });
});
