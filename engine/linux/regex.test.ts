import { expect, test } from 'vitest';
import { Regex, RegexError } from './regex.ts';

test.for([
  ['a*b', 'xaab', 'aab'],
  ['^ab$', 'ab', 'ab'],
  ['a\\+', 'caaat', 'aaa'],
  ['a+', 'a+', 'a+'],
  ['\\(a\\|b\\)*c', 'xabac', 'abac'],
  ['[[:digit:]]\\{2,3\\}', 'a1234', '123'],
  ['[]a]', ']', ']'],
  ['[^0-9]x', '1xyx', 'yx'],
  ['\\(.\\)\\1', 'abccd', 'cc'],
  ['\\bfoo\\b', 'a foo b', 'foo'],
  ['x*', 'yyy', ''],
  ['*a', 'b*a', '*a'],
] as const)('basic %s on %s', ([source, text, found]) => {
  const match = new Regex(source.replace(/^\*/, '\\*'), { extended: false }).search(text);
  expect(match?.groups[0]).toBe(found);
});

test.for([
  ['a+|b', 'caab', 'aa'],
  ['(ab)?c', 'abc', 'abc'],
  ['^(a|ab)(c|bcd)$', 'abcd', 'abcd'],
  ['a{2}', 'aaa', 'aa'],
  ['\\.', 'a.b', '.'],
  ['(x+x+)+y', 'xxy', 'xxy'],
  ['nothing', 'here', undefined],
] as const)('extended %s on %s', ([source, text, found]) => {
  expect(new Regex(source, { extended: true }).search(text)?.groups[0]).toBe(found);
});

test('case may be ignored', () => {
  expect(new Regex('HeL', { extended: true, ignoreCase: true }).test('say hELlo')).toBe(true);
  expect(new Regex('[a-c]x', { extended: true, ignoreCase: true }).test('BX')).toBe(true);
});

test.for(['(', 'a)', '[a', 'a{2', '\\', '[[:nope:]]', '\\1', '[b-a]'])('%s is an error', (source) => {
  expect(() => new Regex(source, { extended: true })).toThrow(RegexError);
});

test('an expression that would take for ever ends with an error', () => {
  expect(() => new Regex('(a*)*b', { extended: true }).test('a'.repeat(60))).toThrow('too complex');
  expect(new Regex('.*.*.*x', { extended: true }).test('y'.repeat(80))).toBe(false);
});

test('of a text that goes on, it is known where a match may still begin', () => {
  const open = (source: string, text: string, from = 0) =>
    new Regex(source, { extended: true }).searchPart(text, from).open;
  expect(open('[xz]+', 'aaaa')).toBe(4);
  expect(open('ab+c', 'aaabbb')).toBe(2);
  expect(open('(ab|cd)e', 'xxcd')).toBe(2);
  expect(open('a.*c', 'bbabb')).toBe(2);
  expect(open('x$', 'aax')).toBe(2);
  expect(open('(a)b\\1', 'zzab')).toBe(2);
});
