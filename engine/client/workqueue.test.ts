import { expect, test } from 'vitest';
import { Simulation } from '../sim/index.ts';
import { ControllerRateLimiter } from './rate-limiter.ts';
import { WorkQueue } from './workqueue.ts';

function setUp() {
  const sim = new Simulation({ seed: 'workqueue' });
  return { sim, queue: new WorkQueue(sim, { name: 'test' }) };
}

test('an item added twice comes out once, in order of arrival', () => {
  const { queue } = setUp();
  queue.add('a');
  queue.add('b');
  queue.add('a');
  expect([queue.take(), queue.take(), queue.take()]).toEqual(['a', 'b', undefined]);
});

test('an item added while it is worked on comes out again only when that is done', () => {
  const { queue } = setUp();
  queue.add('a');
  queue.take();
  queue.add('a');
  queue.add('a');
  expect(queue.take()).toBeUndefined();
  queue.done('a');
  expect(queue.take()).toBe('a');
  queue.done('a');
  expect(queue.length).toBe(0);
});

test('failures wait 5, 10, 20 … ms; forgetting begins anew', () => {
  const { sim, queue } = setUp();
  const delays: number[] = [];
  for (let failure = 0; failure < 4; failure++) {
    const failedMs = sim.nowMs;
    queue.addRateLimited('a');
    sim.runUntil(() => queue.length > 0, 60_000);
    queue.done(queue.take()!);
    delays.push(sim.nowMs - failedMs);
  }
  expect(delays).toEqual([5, 10, 20, 40]);
  expect(queue.requeues('a')).toBe(4);
  queue.forget('a');
  expect(queue.requeues('a')).toBe(0);
});

test('the delay of an item stops growing at 1,000 s; many items together are held to ten a second', () => {
  const { sim } = setUp();
  const limiter = new ControllerRateLimiter<string>(sim);
  let delayMs = 0;
  for (let failure = 0; failure < 30; failure++) delayMs = limiter.when('a');
  expect(delayMs).toBe(1_000_000);
  for (let item = 0; item < 70; item++) limiter.when(`item-${item}`);
  expect(limiter.when('one more')).toBe(100);
});

test('of two delays for one item the earlier counts', () => {
  const { sim, queue } = setUp();
  queue.addAfter('a', 500);
  queue.addAfter('a', 100);
  queue.addAfter('a', 900);
  sim.runFor(100);
  expect(queue.take()).toBe('a');
  queue.done('a');
  sim.runFor(10_000);
  expect(queue.length).toBe(0);
});

test('after shutting down nothing comes out', () => {
  const { sim, queue } = setUp();
  queue.add('a');
  queue.addAfter('b', 10);
  queue.shutDown();
  queue.add('c');
  sim.runFor(1_000);
  expect(queue.take()).toBeUndefined();
});
