import { expect, test } from 'vitest';
import { excerpt } from './excerpt.ts';

test('an excerpt begins and ends with whole words, and marks what it leaves out', () => {
  const words = 'seaworthy '.repeat(20);
  expect(excerpt(`${words}Rollout ${words}`, 'rollout')).toMatch(/^… (seaworthy )+Rollout( seaworthy)+ …$/);
  expect(excerpt('A rollout stands still.', 'rollout')).toBe('A rollout stands still.');
});

test('a word that never ends, and Chinese, are cut where they have to be', () => {
  expect(excerpt(`${'x'.repeat(300)} rollout ${'y'.repeat(300)}`, 'rollout')).toMatch(/^… rollout …$/);
  expect(excerpt(`${'船'.repeat(300)}滚动${'港'.repeat(300)}`, '滚动')).toMatch(/^… 船{70}滚动港{138} …$/);
});
