import { expect, test } from 'vitest';
import { oneByOne } from './one-by-one.ts';

test('a hundred who ask while it runs have it run once more, and are told when that is done', async () => {
  let runs = 0;
  const ends: (() => void)[] = [];
  const read = oneByOne(() => {
    runs += 1;
    return new Promise((resolve) => ends.push(resolve));
  });
  const first = read();
  const others = Array.from({ length: 100 }, () => read());
  expect(runs).toBe(1);
  ends.shift()!();
  await first;
  await expect.poll(() => runs).toBe(2);
  ends.shift()!();
  await Promise.all(others);
  expect(runs).toBe(2);
  void read();
  expect(runs).toBe(3);
});

test('a run that fails does not keep the next from running', async () => {
  let runs = 0;
  const read = oneByOne(async () => {
    runs += 1;
    await Promise.resolve();
    if (runs === 1) throw new Error('the network is away');
  });
  const [first, second] = await Promise.allSettled([read(), read()]);
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
});
