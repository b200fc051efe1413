import { expect, test } from 'vitest';
import { BackOff } from './back-off.ts';

test('delays double up to the longest', () => {
  const backOff = new BackOff(10, 300);
  const delays: number[] = [];
  for (let now = 0; delays.length < 7; now += backOff.delayMs('a') + 1) {
    expect(backOff.pausedUntil('a', now, now)).toBe(delays.length === 0 ? undefined : now + backOff.delayMs('a'));
    backOff.next('a', now, now);
    delays.push(backOff.delayMs('a'));
  }
  expect(delays).toEqual([10, 20, 40, 80, 160, 300, 300]);
});

test('the pause counts from the failure', () => {
  const backOff = new BackOff(10, 300);
  backOff.next('a', 0, 0);
  expect(backOff.pausedUntil('a', 5, 14)).toBe(15);
  expect(backOff.pausedUntil('a', 5, 15)).toBeUndefined();
  expect(backOff.pausedUntil('b', 5, 6)).toBeUndefined();
});

test('a long time without failure begins anew', () => {
  const backOff = new BackOff(10, 300);
  for (let i = 0; i < 5; i++) backOff.next('a', 0, 0);
  expect(backOff.delayMs('a')).toBe(160);
  expect(backOff.pausedUntil('a', 601, 601)).toBeUndefined();
  backOff.next('a', 601, 601);
  expect(backOff.delayMs('a')).toBe(10);
});

test('forgets by prefix', () => {
  const backOff = new BackOff(10, 300);
  backOff.next('pod/a', 0, 0);
  backOff.next('other/a', 0, 0);
  backOff.forget('pod/');
  expect([backOff.delayMs('pod/a'), backOff.delayMs('other/a')]).toEqual([0, 10]);
});
