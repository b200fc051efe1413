import { expect, test } from 'vitest';
import { Random } from '../sim/index.ts';
import { KeyedHeap } from './keyed-heap.ts';

test('comes out in order, whatever is removed in between', () => {
  const random = new Random('heap');
  const heap = new KeyedHeap<number>(String, (a, b) => a < b);
  const kept = new Set<number>();
  for (let i = 0; i < 500; i++) {
    const value = random.below(10_000);
    if (kept.has(value)) continue;
    heap.push(value);
    kept.add(value);
    if (i % 3 !== 0) continue;
    const victim = [...kept][random.below(kept.size)]!;
    expect(heap.remove(String(victim))).toBe(victim);
    kept.delete(victim);
  }
  const sorted = [...kept].sort((a, b) => a - b);
  expect(Array.from({ length: kept.size }, () => heap.pop())).toEqual(sorted);
  expect(heap.pop()).toBeUndefined();
});
