import { expect, test } from 'vitest';
import { type CronSchedule, parseCronSchedule } from './cron-schedule.ts';

function field(text: string, name: 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek') {
  const schedule = parseCronSchedule(text) as Extract<CronSchedule, { kind: 'fields' }>;
  return schedule[name].values;
}

test('lists, ranges, steps and names', () => {
  expect(field('0,30 * * * *', 'minute')).toEqual([0, 30]);
  expect(field('*/20 * * * *', 'minute')).toEqual([0, 20, 40]);
  expect(field('10/20 * * * *', 'minute')).toEqual([10, 30, 50]);
  expect(field('0 9-17/4 * * *', 'hour')).toEqual([9, 13, 17]);
  expect(field('0 0 * jan,Dec *', 'month')).toEqual([1, 12]);
  expect(field('0 0 * * MON-FRI', 'dayOfWeek')).toEqual([1, 2, 3, 4, 5]);
});

test('macros', () => {
  expect(field('@hourly', 'minute')).toEqual([0]);
  expect(field('@weekly', 'dayOfWeek')).toEqual([0]);
  expect(parseCronSchedule('@every 1h30m')).toEqual({ kind: 'every', seconds: 5_400 });
  expect(parseCronSchedule('@every 10ms')).toEqual({ kind: 'every', seconds: 1 });
});

test.each([
  ['', 'empty spec string'],
  ['not a cron', 'expected exactly 5 fields, found 3: [not a cron]'],
  ['0 0 * * * *', 'expected exactly 5 fields, found 6: [0 0 * * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['* 5-3 * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['* * * * 7', 'end of range (7) above maximum (6): 7'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['@fortnightly', 'unrecognized descriptor: @fortnightly'],
  ['@every soon', 'failed to parse duration @every soon: time: invalid duration "soon"'],
  ['@every 1d', 'failed to parse duration @every 1d: time: unknown unit "d" in duration "1d"'],
])('%s is refused', (schedule, message) => {
  expect(() => parseCronSchedule(schedule)).toThrow(message);
});
