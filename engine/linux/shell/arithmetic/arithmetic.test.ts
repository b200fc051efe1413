import { expect, test } from 'vitest';
import { type ArithmeticScope, evaluateText } from './evaluate.ts';

function scopeOf(values: Record<string, string>): ArithmeticScope {
  return {
    read: (name, key) => values[key === undefined ? name : `${name}[${key}]`],
    assign: (name, key, value) => {
      values[key === undefined ? name : `${name}[${key}]`] = value;
    },
    isAssociative: (name) => name === 'map',
  };
}

test.for([
  ['1 + 2 * 3', 7n],
  ['(1 + 2) * 3', 9n],
  ['2 ** 3 ** 2', 512n],
  ['-7 / 2', -3n],
  ['-7 % 3', -1n],
  ['9223372036854775807 + 1', -9223372036854775808n],
  ['1 << 63', -9223372036854775808n],
  ['0x1F + 010 + 2#101', 44n],
  ['5 > 3 ? 10 : 20', 10n],
  ['1, 2, 3', 3n],
  ['!5 + ~0', -1n],
  ['--5', 5n],
  ['', 0n],
  ['x = 4, x++ + ++x', 10n],
  ['a[1 + 1] = 7, a[2]', 7n],
  ['map[key] += 3', 3n],
  ['expression', 42n],
  ['0 && (y = 1), y', 0n],
] as const)('%s is %s', ([text, value]) => {
  expect(evaluateText(text, scopeOf({ expression: '6 * seven', seven: '7' }))).toBe(value);
});

test.for([
  ['1 +', 'operand expected'],
  ['1 / 0', 'division by 0'],
  ['3 = 4', 'assignment to non-variable'],
  ['08', 'value too great for base'],
  ['(1', "missing `)'"],
  ['1 2', 'syntax error in expression'],
  ['a b', 'syntax error in expression'],
  ['2 ** -1', 'exponent less than 0'],
  ['loop', 'recursion level exceeded'],
  ['('.repeat(1000), 'recursion level exceeded'],
] as const)('%s fails', ([text, message]) => {
  expect(() => evaluateText(text, scopeOf({ loop: 'loop' }))).toThrow(message);
});
