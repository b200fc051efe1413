import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('what was asked for first ends first, however long it takes', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const slow = Promise.withResolvers<void>();
  const first = turns.take(() => slow.promise.then(() => done.push('first')));
  const second = turns.take(async () => done.push('second'));
  await Promise.resolve();
  expect(done).toEqual([]);
  slow.resolve();
  await Promise.all([first, second]);
  expect(done).toEqual(['first', 'second']);
});

test('one that fails tells who asked for it, and the next has its turn', async () => {
  const turns = new Turns();
  const failed = turns.take(async () => {
    throw new Error('no such file');
  });
  const next = turns.take(async () => 'here');
  await expect(failed).rejects.toThrow('no such file');
  await expect(next).resolves.toBe('here');
});
