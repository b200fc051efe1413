import { expect, test } from 'vitest';
import { pack, unpack } from './packing.ts';
import { progressFile, readProgress } from './progress-file.ts';

const achieved = { 'lesson/pause-container/web-died': '2026-01-12T09:00:00.000Z' };

test('progress goes into a link and comes out of it', () => {
  const text = pack(progressFile(achieved));
  expect(text).toMatch(/^[\w-]+$/);
  expect(readProgress(unpack(text))).toEqual(achieved);
});

test.each([
  [null, 'not a file of progress'],
  [{ achieved }, 'not a file of progress'],
  [{ ...progressFile(achieved), version: 9 }, 'another version of Drydock (9, not 1)'],
  [progressFile({ goal: 'yesterday' }), 'it is damaged'],
  [{ ...progressFile({}), achieved: { goal: 7 } }, 'it is damaged'],
])('%j is refused in a sentence', (data, message) => {
  expect(() => readProgress(data)).toThrow(message);
});

test('keys that JavaScript has a meaning for are goals like any other', () => {
  const data = JSON.parse('{"format":"drydock-progress","version":1,"achieved":{"__proto__":"2026-01-12T09:00:00Z"}}');
  expect(Object.keys(readProgress(data))).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test.each(['', 'no link!', 'AAAA', 'x'.repeat(5_000_000)])('a link that is none is refused', (text) => {
  expect(() => unpack(text)).toThrow(/no link that Drydock made|this link is damaged/);
});
