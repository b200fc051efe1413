import { expect, test } from 'vitest';
import { checkPercent, percentOf, scaledValue } from './int-or-string.ts';

test('a percentage of a total rounds up or down', () => {
  expect(scaledValue('25%', 10, true)).toBe(3);
  expect(scaledValue('25%', 10, false)).toBe(2);
  expect(scaledValue('100%', 7, false)).toBe(7);
  expect(scaledValue('0%', 7, true)).toBe(0);
  expect(scaledValue(4, 10, true)).toBe(4);
});

test('a text that is no percentage has no value', () => {
  expect(percentOf('150%')).toBe(150);
  expect(percentOf('abc')).toBeUndefined();
  expect(percentOf('-1%')).toBeUndefined();
  expect(checkPercent('1')).toContain('a valid percent string must be');
  expect(() => scaledValue('5', 10, true)).toThrow('not a percentage');
});
