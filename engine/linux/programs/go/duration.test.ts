import { expect, test } from 'vitest';
import { readGoDuration } from './duration.ts';

test.each([
  ['0', 0],
  ['-0', 0],
  ['1h2m3.5s', 3_723_500],
  ['-1s', -1000],
  ['+.5m', 30_000],
  ['3.ms', 3],
  ['1µs', 1e-3],
  ['', 'time: invalid duration ""'],
  ['-', 'time: invalid duration "-"'],
  ['.s', 'time: invalid duration ".s"'],
  ['soon', 'time: invalid duration "soon"'],
  ['5', 'time: missing unit in duration "5"'],
  ['1h5', 'time: missing unit in duration "1h5"'],
  ['1d', 'time: unknown unit "d" in duration "1d"'],
  ['1constructor', 'time: unknown unit "constructor" in duration "1constructor"'],
  ['1h 5m', 'time: unknown unit "h " in duration "1h 5m"'],
  ['3000000h', 'time: invalid duration "3000000h"'],
])('%s is %s', (text, read) => {
  expect(readGoDuration(text)).toBe(read);
});
