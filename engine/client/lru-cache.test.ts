import { expect, test } from 'vitest';
import { LruCache } from './lru-cache.ts';

function filled(limit: number, ...keys: readonly string[]): LruCache<string, number> {
  const cache = new LruCache<string, number>(limit);
  for (const [index, key] of keys.entries()) cache.set(key, index);
  return cache;
}

function held(cache: LruCache<string, number>, ...keys: readonly string[]): readonly string[] {
  return keys.filter((key) => cache.get(key) !== undefined);
}

test('the entry used least recently goes first, however it was used', () => {
  const cache = filled(3, 'a', 'b', 'c');
  cache.get('a');
  cache.set('b', 7);
  cache.set('d', 8);
  expect(held(cache, 'a', 'b', 'c', 'd')).toEqual(['a', 'b', 'd']);
  expect(cache.get('b')).toBe(7);
  cache.set('e', 9);
  expect(held(cache, 'a', 'b', 'd', 'e')).toEqual(['b', 'd', 'e']);
  expect(cache.size).toBe(3);
});

test('one entry and none are caches too', () => {
  const one = filled(1, 'a');
  expect(one.get('a')).toBe(0);
  one.set('b', 1);
  expect(held(one, 'a', 'b')).toEqual(['b']);
  const none = filled(0, 'a', 'b');
  expect(held(none, 'a', 'b')).toEqual([]);
  expect(none.size).toBe(0);
});

test('a like run of uses leaves what a map in the order of use would hold', () => {
  const cache = filled(8);
  const order: number[] = [];
  for (let step = 0, draw = 1; step < 2_000; step++) {
    draw = (draw * 48_271) % 2_147_483_647;
    const key = draw % 20;
    const at = order.indexOf(key);
    if (at >= 0) order.splice(at, 1);
    if (step % 3 === 0 && at < 0) {
      expect(cache.get(String(key))).toBeUndefined();
      continue;
    }
    if (step % 3 === 0) cache.get(String(key));
    else cache.set(String(key), step);
    order.push(key);
    if (order.length > 8) order.shift();
  }
  const keys = Array.from({ length: 20 }, (_, key) => String(key));
  expect(held(cache, ...keys)).toEqual(keys.filter((key) => order.includes(Number(key))));
});
