import { expect, test } from 'vitest';
import { ageSince, humanDuration } from './duration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [-5 * SECOND, '<invalid>'],
  [-SECOND, '0s'],
  [0, '0s'],
  [1999, '1s'],
  [119 * SECOND, '119s'],
  [120 * SECOND, '2m'],
  [3 * MINUTE + 5 * SECOND, '3m5s'],
  [9 * MINUTE + 59 * SECOND, '9m59s'],
  [10 * MINUTE + 5 * SECOND, '10m'],
  [179 * MINUTE, '179m'],
  [3 * HOUR, '3h'],
  [7 * HOUR + 30 * MINUTE, '7h30m'],
  [8 * HOUR + 30 * MINUTE, '8h'],
  [47 * HOUR, '47h'],
  [2 * DAY, '2d'],
  [2 * DAY + 5 * HOUR, '2d5h'],
  [8 * DAY + 5 * HOUR, '8d'],
  [729 * DAY, '729d'],
  [2 * 365 * DAY + 3 * DAY, '2y3d'],
  [9 * 365 * DAY, '9y'],
])('%d ms is %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

test('an unknown time has no age', () => {
  expect(ageSince(undefined, 0)).toBe('<unknown>');
  expect(ageSince(null, 0)).toBe('<unknown>');
  expect(ageSince('soon', 0)).toBe('<unknown>');
  expect(ageSince('1970-01-01T00:00:00Z', 90 * MINUTE)).toBe('90m');
});
