import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Heartbeat } from './heartbeat.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('one timer gives three hundred a sign of life each twenty seconds, a few of them at a time', () => {
  const heartbeat = new Heartbeat<{ beat(): void }>();
  const beats: number[] = [];
  const members = Array.from({ length: 300 }, (_, index) => ({ beat: () => void beats.push(index) }));
  for (const member of members) heartbeat.add(member);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(beats).toHaveLength(15);
  vi.advanceTimersByTime(19_000);
  expect(new Set(beats).size).toBe(300);
  expect(beats).toHaveLength(300);
});

test('whoever has gone is beaten no more, and the last one takes the timer along', () => {
  const heartbeat = new Heartbeat<{ beat(): void }>();
  const [staying, leaving] = [{ beat: vi.fn() }, { beat: vi.fn() }];
  heartbeat.add(staying);
  heartbeat.add(leaving);
  heartbeat.delete(leaving);
  heartbeat.delete(leaving);
  vi.advanceTimersByTime(20_000);
  expect([staying.beat, leaving.beat].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  heartbeat.delete(staying);
  expect(vi.getTimerCount()).toBe(0);
});
