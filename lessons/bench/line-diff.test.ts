import { expect, test } from 'vitest';
import { diffLines } from './line-diff.ts';

const marks = { same: ' ', added: '+', removed: '-' };
const shown = (before: string, after: string) => diffLines(before, after).map(({ kind, text }) => marks[kind] + text);

test('what is the same stays, what differs is taken out and put in', () => {
  expect(shown('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([' a', '-b', '+x', ' c', '+d']);
});

test('equal and empty texts', () => {
  expect(shown('a\n', 'a')).toEqual([' a']);
  expect(shown('', 'a')).toEqual(['-', '+a']);
});
