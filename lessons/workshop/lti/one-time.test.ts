import { expect, test } from 'vitest';
import { OneTime } from './one-time.ts';

test('what was given is taken back once, and not when it is too late', () => {
  let now = 0;
  const things = new OneTime<string>(600_000, 10, () => now);
  const [early, late] = [things.give('early'), things.give('late')];
  now = 600_000;
  expect(things.take(early)).toBe('early');
  expect(things.take(early)).toBeUndefined();
  now = 600_001;
  expect(things.take(late)).toBeUndefined();
  expect(things.take('never given')).toBeUndefined();
});

test('so many are kept: whoever begins over and over pushes out the oldest', () => {
  const things = new OneTime<number>(1000, 3, () => 0);
  const names = [1, 2, 3, 4].map((each) => things.give(each));
  expect(names.map((name) => things.take(name))).toEqual([undefined, 2, 3, 4]);
});
