import { expect, test } from 'vitest';
import { tellTroubles } from './troubles.ts';

test('a full disk is told in a sentence, once a minute however many meet it; what else happens with where it did', () => {
  let now = 0;
  const told: string[] = [];
  const report = tellTroubles(
    (text) => told.push(text),
    () => now,
  );
  const full = Object.assign(new Error('database or disk is full'), { errcode: 13 });
  for (let learner = 0; learner < 40; learner++) report(full);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^The disk is full\. Make room/);
  report(new Error('something else'));
  expect(told[1]).toContain('troubles.test.ts');
  now = 59_999;
  report(full);
  expect(told).toHaveLength(2);
  now = 60_000;
  report(full);
  expect(told).toHaveLength(3);
});

test('troubles that each say something else are all told', () => {
  const told: string[] = [];
  const report = tellTroubles(
    (text) => told.push(text),
    () => 0,
  );
  for (let number = 0; number < 250; number++) report(new Error(`trouble ${number}`));
  expect(told).toHaveLength(250);
});
