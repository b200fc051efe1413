import { expect, test } from 'vitest';
import { Random, Simulation } from './index.ts';

test('a stream depends on seed and name only', () => {
  const draw = (random: Random) => Array.from({ length: 4 }, () => random.uint32());
  expect(draw(new Random('x'))).toEqual(draw(new Random('x')));
  expect(draw(new Random('x'))).not.toEqual(draw(new Random('y')));

  const quiet = new Simulation({ seed: 's' });
  const noisy = new Simulation({ seed: 's' });
  noisy.random('other').uint32();
  expect(draw(quiet.random('uid'))).toEqual(draw(noisy.random('uid')));
});

test('numbers are spread evenly', () => {
  const random = new Random('even');
  const buckets = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) buckets[random.below(10)]! += 1;
  for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('uuids are version 4 and name suffixes hold no vowels', () => {
  const random = new Random('ids');
  expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(random.nameSuffix(200)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{200}$/);
});
