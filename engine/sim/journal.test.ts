import { expect, test } from 'vitest';
import { Simulation } from './index.ts';

/** A tiny world: a counter that ticks by itself, and an input that makes it tick faster. */
function world(seed: string): { sim: Simulation; ticks: number[] } {
  const sim = new Simulation({ seed });
  const ticks: number[] = [];
  let periodMs = 10;
  const tick = () => {
    ticks.push(sim.nowMs);
    sim.record('tick', String(ticks.length));
    sim.schedule(periodMs + sim.random('jitter').below(3), 'tick', tick);
  };
  sim.schedule(0, 'tick', tick);
  sim.journal.handle<{ kind: 'period'; ms: number }>('period', (input) => {
    periodMs = input.ms;
  });
  return { sim, ticks };
}

test('a replayed journal gives the same history, whatever pace the first run had', () => {
  const first = world('replay');
  first.sim.runFor(37);
  first.sim.journal.submit({ kind: 'period', ms: 3 });
  first.sim.advance(120, 5); // a driver's budget ends in the middle
  first.sim.journal.submit({ kind: 'period', ms: 7 });
  first.sim.runFor(500);

  const second = world('replay');
  second.sim.journal.replay(first.sim.journal.entries);
  second.sim.advance(first.sim.nowMs, 1_000_000);
  expect(second.ticks).toEqual(first.ticks);
  expect(second.sim.trace.hash).toBe(first.sim.trace.hash);
  expect(second.sim.trace.hash).toMatch(/^[0-9a-f]{16}$/);
});

test('a journal that belongs to another run is refused', () => {
  const first = world('one');
  first.sim.runFor(1000);
  first.sim.journal.submit({ kind: 'period', ms: 1 });
  const second = world('two');
  expect(() => second.sim.journal.replay(first.sim.journal.entries)).toThrow(
    /replay diverged: expected to be at \d+ ms after \d+ events/,
  );
});

test('an input of an unknown kind is an error and leaves no mark', () => {
  const { sim } = world('unknown');
  expect(() => sim.journal.submit({ kind: 'nonsense' })).toThrow('no handler for inputs of kind "nonsense"');
  expect(sim.journal.entries).toEqual([]);
});

test('entries are handed out as they come in', () => {
  const { sim } = world('listen');
  const seen: unknown[] = [];
  sim.journal.onEntry((entry) => seen.push(entry));
  sim.runFor(5);
  sim.journal.submit({ kind: 'period', ms: 2 });
  expect(seen).toEqual([{ timeMs: 5, step: 1, input: { kind: 'period', ms: 2 } }]);
});

test('the trace names the activity that caused a fact', () => {
  const { sim } = world('cause');
  sim.trace.during({ component: 'kubectl', key: 'apply' }, () => {
    sim.trace.during({ component: 'deployment-controller', key: 'default/web' }, () => sim.record('write', 'x'));
  });
  expect(sim.trace.entries.at(-1)?.activity).toEqual({
    component: 'deployment-controller',
    key: 'default/web',
    parent: { component: 'kubectl', key: 'apply' },
  });
});

test('an input that was refused stays in the journal and is refused again in a replay', () => {
  const refuse = ({ sim }: { sim: Simulation }) =>
    sim.journal.handle('refused', () => {
      throw new Error('no such machine');
    });
  const first = world('refused');
  refuse(first);
  first.sim.runFor(25);
  expect(() => first.sim.journal.submit({ kind: 'refused' })).toThrow('no such machine');
  first.sim.runFor(25);

  const second = world('refused');
  refuse(second);
  second.sim.journal.replay(first.sim.journal.entries);
  second.sim.runFor(25);
  expect(second.sim.trace.hash).toBe(first.sim.trace.hash);
});
