import { expect, test } from 'vitest';
import { escapePattern, Pattern } from './pattern.ts';

test.for([
  ['*', '', true],
  ['a*c', 'abbc', true],
  ['a*c', 'abbd', false],
  ['?', 'ä', true],
  ['?', '🐳', true],
  ['??', 'a', false],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[^a]', 'b', true],
  ['[]]', ']', true],
  ['[[:upper:]]*', 'Abc', true],
  ['[a', '[a', true],
  ['\\*', '*', true],
  ['\\*', 'x', false],
  ['@(a|b)c', 'bc', true],
  ['+(ab)', 'ababab', true],
  ['*(x)y', 'y', true],
  ['?(a)b', 'aab', false],
  ['!(*.txt)', 'a.md', true],
  ['!(*.txt)', 'a.txt', false],
  ['a@(b|@(c|d))e', 'ade', true],
] as const)('%s matches %s: %s', ([pattern, text, matches]) => {
  expect(new Pattern(pattern).matches(text)).toBe(matches);
});

test('escaped text matches only itself', () => {
  const text = 'a*b?[c]\\(d|e)!+@';
  expect(new Pattern(escapePattern(text)).matches(text)).toBe(true);
  expect(new Pattern(escapePattern('*')).matches('x')).toBe(false);
});

test('many stars on a long text stay cheap', () => {
  expect(new Pattern(`${'*a'.repeat(20)}*b`).matches('a'.repeat(2000))).toBe(false);
  expect(new Pattern('+(a|aa|aaa)b').matches('a'.repeat(500))).toBe(false);
});

test('prefixes of a text, shortest and longest', () => {
  expect(new Pattern('*/').lengthAt('a/b/c', 0, false)).toBe(2);
  expect(new Pattern('*/').lengthAt('a/b/c', 0, true)).toBe(4);
  expect(new Pattern('x').lengthAt('a', 0, true)).toBe(-1);
});
