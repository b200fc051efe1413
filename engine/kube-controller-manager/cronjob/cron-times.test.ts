import { expect, test } from 'vitest';
import { parseCronSchedule } from '../../api/batch/cron-schedule.ts';
import { CronTimes } from './cron-times.ts';

/** The next `count` moments after one. */
function next(schedule: string, after: string, count: number, timeZone?: string): (string | undefined)[] {
  const times = new CronTimes(parseCronSchedule(schedule), timeZone);
  const found: (string | undefined)[] = [];
  for (let ms: number | undefined = Date.parse(after); ms !== undefined && found.length < count; ) {
    ms = times.after(ms);
    found.push(ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16));
  }
  return found;
}

test('five fields', () => {
  expect(next('*/15 * * * *', '2026-01-12T09:00:00Z', 2)).toEqual(['2026-01-12T09:15', '2026-01-12T09:30']);
  expect(next('0 0 29 2 *', '2026-01-12T09:00:00Z', 1)).toEqual(['2028-02-29T00:00']);
});

test('a day of the month or a day of the week, when both are named', () => {
  expect(next('0 0 13 * 5', '2026-01-12T09:00:00Z', 3)).toEqual([
    '2026-01-13T00:00',
    '2026-01-16T00:00',
    '2026-01-23T00:00',
  ]);
});

test('30 February never comes', () => {
  expect(next('0 0 30 2 *', '2026-01-12T09:00:00Z', 1)).toEqual([undefined]);
});

test('@every counts from the last time', () => {
  expect(next('@every 90m', '2026-01-12T09:10:00Z', 2)).toEqual(['2026-01-12T10:40', '2026-01-12T12:10']);
});

test('a time zone shifts the day', () => {
  expect(next('0 9 * * *', '2026-01-12T00:30:00Z', 2, 'Asia/Shanghai')).toEqual([
    '2026-01-12T01:00',
    '2026-01-13T01:00',
  ]);
});

test('in spring the hour that is skipped has no Jobs, and the day goes on by the new clock', () => {
  // New York springs forward on 8 March 2026 at 02:00.
  expect(next('30 2 * * *', '2026-03-07T00:00:00Z', 2, 'America/New_York')).toEqual([
    '2026-03-07T07:30',
    '2026-03-09T06:30',
  ]);
  expect(next('0 * * * *', '2026-03-08T05:30:00Z', 3, 'America/New_York')).toEqual([
    '2026-03-08T06:00',
    '2026-03-08T07:00',
    '2026-03-08T08:00',
  ]);
});

test('in autumn the hour that comes twice has its Jobs twice', () => {
  // New York falls back on 1 November 2026 at 02:00.
  expect(next('30 1 * * *', '2026-10-31T06:00:00Z', 3, 'America/New_York')).toEqual([
    '2026-11-01T05:30',
    '2026-11-01T06:30',
    '2026-11-02T06:30',
  ]);
});
