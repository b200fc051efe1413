import { expect, test } from 'vitest';
import { expand } from './expansion.ts';

const VARIABLES = new Map([
  ['A', 'one'],
  ['B', '$(A)'],
]);

test.each([
  ['$(A)', 'one'],
  ['x$(A)y', 'xoney'],
  ['$(B)', '$(A)'],
  ['$$(A)', '$(A)'],
  ['$(NONE)', '$(NONE)'],
  ['$A', '$A'],
  ['$(A', '$(A'],
  ['a$', 'a$'],
  ['$$$(A)', '$one'],
])('%s becomes %s', (text, result) => {
  expect(expand(text, VARIABLES)).toBe(result);
});
