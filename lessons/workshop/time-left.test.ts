import { expect, test } from 'vitest';
import { workshop as words } from '../i18n/en/workshop.ts';
import { DEFAULT_SETTINGS } from './records.ts';
import { timeLeft } from './time-left.ts';

const NOW = 1_000_000;
const MINUTE = 60_000;

test.each([
  [{}, ''],
  [{ paused: true, timerUntil: NOW + 61_000 }, 'Your instructor has paused the clusters. · 1:01 left'],
  [{ timerUntil: NOW - 1 }, ''],
  [{ opensAt: NOW + MINUTE }, 'The workshop has not begun.'],
  [{ opensAt: NOW - MINUTE, closesAt: NOW + 90 * MINUTE }, '1 h left'],
  [
    { closesAt: NOW - MINUTE, overtimeMs: 2 * MINUTE },
    'The end has passed: what you do now counts as late, for 1 min more.',
  ],
  [{ closesAt: NOW - MINUTE }, 'The workshop is over.'],
])('%j: %s', (settings, text) => {
  expect(timeLeft(words, { ...DEFAULT_SETTINGS, ...settings }, NOW)).toBe(text);
});
