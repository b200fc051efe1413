import { expect, test } from 'vitest';
import { EventHeap, ScheduledEvent } from './event-heap.ts';

test('what is called off keeps its place, and nothing of what it would have done', () => {
  const heap = new EventHeap();
  const run = () => {
    throw new Error('was called off');
  };
  const off = new ScheduledEvent(60_000, 0, 'time-out', run);
  const standing = new ScheduledEvent(60_000, 1, 'later', () => {});
  heap.push(off);
  heap.push(standing);
  off.cancel();
  expect(heap.size).toBe(2);
  expect(off.run).not.toBe(run);
  expect(heap.pop()).toBe(standing);
  expect(heap.pop()).toBeUndefined();
});
