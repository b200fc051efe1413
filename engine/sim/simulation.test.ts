import { expect, test } from 'vitest';
import { runTask, Simulation, StepLimitExceeded, sleep } from './index.ts';

test('events run in the order of their times, first-in-first-out among equal ones', () => {
  const sim = new Simulation({ seed: 'order' });
  const order: string[] = [];
  sim.schedule(20, 'late', () => order.push('late'));
  for (const name of ['a', 'b', 'c', 'd']) sim.schedule(10, name, () => order.push(name));
  sim.schedule(0, 'now', () => {
    order.push('now');
    sim.schedule(10, 'e', () => order.push('e'));
  });
  sim.runFor(20);
  expect(order).toEqual(['now', 'a', 'b', 'c', 'd', 'e', 'late']);
  expect(sim.nowMs).toBe(20);
});

test('a thousand events with random times and cancellations come out sorted', () => {
  const sim = new Simulation({ seed: 'heap' });
  const random = sim.random('test');
  const times: number[] = [];
  for (let i = 0; i < 1000; i++) {
    const timer = sim.schedule(random.below(100), 'event', () => times.push(sim.nowMs));
    if (i % 3 === 0) timer.cancel();
  }
  sim.runFor(100);
  expect(times).toHaveLength(666);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('runUntil stops at the event that fulfils the condition, or at the limit', () => {
  const sim = new Simulation({ seed: 'until' });
  let fired = false;
  sim.schedule(300, 'fire', () => {
    fired = true;
  });
  expect(sim.runUntil(() => fired, 299)).toBe(false);
  expect(sim.nowMs).toBe(299);
  expect(sim.runUntil(() => fired, 1000)).toBe(true);
  expect(sim.nowMs).toBe(300);
});

test('the step limit says how far the run got and what kept it busy', () => {
  const sim = new Simulation({ seed: 'busy' });
  const spin = () => {
    sim.schedule(0, 'spin', spin);
  };
  sim.schedule(5, 'spin', spin);
  expect(() => sim.runFor(1000, { maxSteps: 100 })).toThrow(
    new StepLimitExceeded(
      'stopped after 100 events at virtual time 5 ms of 1000 ms (seed busy, 1 events pending, next: spin)',
    ),
  );
});

test('a driver that runs out of budget leaves the clock at the last event', () => {
  const sim = new Simulation({ seed: 'budget' });
  for (let time = 1; time <= 5; time++) sim.schedule(time, 'tick', () => {});
  expect(sim.advance(10, 3)).toBe(false);
  expect(sim.nowMs).toBe(3);
  expect(sim.advance(10, 3)).toBe(true);
  expect(sim.nowMs).toBe(10);
});

test('an error in an event surfaces where the simulation is driven', () => {
  const sim = new Simulation({ seed: 'throw' });
  sim.schedule(1, 'bad', () => {
    throw new Error('impossible state');
  });
  expect(() => sim.runFor(10)).toThrow('impossible state');
});

test('a task sleeps in virtual time and can be cancelled where it waits', () => {
  const sim = new Simulation({ seed: 'task' });
  const log: string[] = [];
  const task = (name: string) =>
    (function* () {
      try {
        yield* sleep(sim, 100);
        log.push(`${name} woke at ${sim.nowMs}`);
        return name;
      } finally {
        log.push(`${name} left`);
      }
    })();
  runTask(sim, 'a', task('a'), (result) => log.push(`a returned ${result}`));
  const b = runTask(sim, 'b', task('b'));
  sim.runFor(50);
  b.cancel();
  sim.runFor(100);
  expect(log).toEqual(['b left', 'a woke at 100', 'a left', 'a returned a']);
  expect(b.finished).toBe(true);
});
