import { expect, test } from 'vitest';
import { microTimestamp, timestamp } from './timestamp.ts';

test('times are told in UTC, to the second or with six decimals', () => {
  const wallMs = Date.UTC(2026, 0, 2, 3, 4, 59, 987);
  expect(timestamp(wallMs)).toBe('2026-01-02T03:04:59Z');
  expect(microTimestamp(wallMs)).toBe('2026-01-02T03:04:59.987000Z');
  expect(timestamp(Date.UTC(1970, 11, 31, 23, 59, 0))).toBe('1970-12-31T23:59:00Z');
  expect(timestamp(Date.UTC(2100, 9, 10, 20, 30, 40) + 0.75)).toBe('2100-10-10T20:30:40Z');
});

test('a moment that has no such text is refused, not written wrongly', () => {
  for (const wallMs of [Date.UTC(10_000, 0, 1), Date.UTC(-1, 0, 1), Number.NaN, 1e20])
    expect(() => timestamp(wallMs)).toThrow('year outside of range [0,9999]');
});
