import { expect, test } from 'vitest';
import { Simulation } from '../sim/index.ts';
import { SyncRunner } from './sync-runner.ts';

function runner() {
  const sim = new Simulation({ seed: 'sync' });
  const runs: number[] = [];
  const made = new SyncRunner(sim, { minMs: 1000, retryMs: 30_000, maxMs: 3_600_000 }, () => {
    runs.push(sim.nowMs);
    made.begun();
  });
  return { sim, runs, runner: made };
}

test('the first run comes at once, a burst of changes after it makes one more, a second later', () => {
  const { sim, runs, runner: asked } = runner();
  asked.ask();
  sim.runFor(10);
  for (let change = 0; change < 5; change++) {
    asked.ask();
    sim.runFor(10);
  }
  sim.runFor(5000);
  expect(runs).toEqual([0, 1000]);
});

test('after a failure it runs again when the period is over, after a success in an hour', () => {
  const { sim, runs, runner: asked } = runner();
  asked.ask();
  sim.runFor(1);
  asked.finished(false);
  sim.runFor(31_000);
  expect(runs).toEqual([0, 30_001]);
  asked.finished(true);
  sim.runFor(3_000_000);
  expect(runs).toHaveLength(2);
  sim.runFor(700_000);
  expect(runs).toHaveLength(3);
});

test('stopped, it runs no more', () => {
  const { sim, runs, runner: asked } = runner();
  asked.ask();
  asked.stop();
  sim.runFor(10_000);
  expect(runs).toEqual([]);
});
