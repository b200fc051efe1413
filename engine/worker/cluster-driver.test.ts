import { expect, test } from 'vitest';
import type { Client } from '../client/client.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterInput } from '../cluster/input.ts';
import type { ClusterView } from '../cluster/view.ts';
import { Simulation } from '../sim/index.ts';
import { ClusterDriver } from './cluster-driver.ts';
import type { Frame, FrameSink } from './frame.ts';
import type { LateComing } from './late-part.ts';
import type { RealTime } from './real-time.ts';
import { replay } from './replay.ts';

/** A thread whose clock moves when the test says so, and by `costMs` at each look. */
class Thread implements RealTime {
  nowMs = 0;
  costMs = 0;
  #turns: { atMs: number; run: () => void }[] = [];

  now(): number {
    this.nowMs += this.costMs;
    return this.nowMs;
  }

  later(delayMs: number, run: () => void): () => void {
    const turn = { atMs: this.nowMs + delayMs, run };
    this.#turns.push(turn);
    return () => {
      this.#turns = this.#turns.filter((other) => other !== turn);
    };
  }

  pass(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      const [next] = this.#turns.sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.#turns.shift();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    this.nowMs = Math.max(this.nowMs, endMs);
  }
}

/** A cluster with one node whose status counts seconds up, and terminals that echo. */
class CountingCluster {
  readonly sim = new Simulation({ seed: 'test' });
  status = 'Ready';
  listener: (terminal: string, data: Uint8Array) => void = () => {};

  constructor() {
    this.sim.journal.handle<{ kind: 'terminal.input'; text: string }>('terminal.input', ({ text }) => {
      this.sim.schedule(0, 'echo', () => this.write(text));
    });
  }

  write(text: string): void {
    this.listener('shell', new TextEncoder().encode(text));
  }

  onTerminalOutput(listener: (terminal: string, data: Uint8Array) => void): () => void {
    this.listener = listener;
    return () => {};
  }

  submit(input: ClusterInput): unknown {
    return this.sim.journal.submit(input);
  }

  view(): ClusterView {
    const node = {
      name: 'node-1',
      role: 'worker',
      ready: true,
      status: this.status,
      poweredOn: true,
      pods: [],
    } as const;
    return { timeMs: this.sim.nowMs, wallMs: this.sim.wallMs, revision: 1, nodes: [node], unscheduled: [] };
  }
}

function bench(late?: LateComing) {
  const thread = new Thread();
  const counting = new CountingCluster();
  const cluster = counting as unknown as Cluster & { client: Client };
  const frames: Frame[] = [];
  const failures: unknown[] = [];
  const waits: boolean[] = [];
  const sink: FrameSink = {
    frame: (frame) => frames.push(frame),
    waits: (waiting) => waits.push(waiting),
    failed: (error) => failures.push(error),
  };
  const driver = new ClusterDriver(cluster, thread, sink, late);
  driver.start();
  const shown = () => frames.flatMap((frame) => frame.output).map(({ data }) => new TextDecoder().decode(data));
  return { thread, counting, sim: counting.sim, driver, frames, failures, waits, shown };
}

const typed = (text: string) => ({ kind: 'terminal.input', terminal: 'shell', text }) as const;

test('virtual time passes as fast as told', () => {
  const { thread, sim, driver } = bench();
  thread.pass(10_000);
  expect(sim.nowMs).toBeGreaterThanOrEqual(9_900);
  expect(sim.nowMs).toBeLessThanOrEqual(10_000);
  driver.setSpeed(100);
  const before = sim.nowMs;
  thread.pass(1_000);
  expect(sim.nowMs - before).toBeGreaterThanOrEqual(90_000);
  expect(sim.nowMs - before).toBeLessThanOrEqual(101_000);
  expect(() => driver.setSpeed(0)).toThrow('between 0 and 1000');
});

test('a paused clock stands, yet what is due in this instant happens', () => {
  const { thread, sim, driver, shown } = bench();
  thread.pass(1_000);
  driver.pause();
  const atMs = sim.nowMs;
  driver.submit(typed('ls\r'));
  thread.pass(60_000);
  expect(sim.nowMs).toBe(atMs);
  expect(shown()).toEqual(['ls\r']);
  expect(driver.reading.paused).toBe(true);
  driver.play();
  thread.pass(1_000);
  expect(sim.nowMs).toBeGreaterThan(atMs + 900);
  expect(sim.nowMs).toBeLessThanOrEqual(atMs + 1_000);
});

test('while a program waits for what is being loaded nothing runs and no time passes', async () => {
  const come = Promise.withResolvers<void>();
  const late = { arrived: false, missing: () => (late.arrived ? undefined : missing) };
  let missing: Promise<void> | undefined;
  const { thread, sim, driver, shown, waits } = bench(late);
  thread.pass(1_000);
  missing = come.promise;
  driver.submit(typed('ls\r'));
  const atMs = sim.nowMs;
  thread.pass(60_000);
  expect([sim.nowMs, shown(), waits]).toEqual([atMs, [], [true]]);
  late.arrived = true;
  come.resolve();
  await come.promise;
  thread.pass(500);
  expect([shown(), waits]).toEqual([['ls\r'], [true, false]]);
  expect(sim.nowMs).toBeGreaterThan(atMs);
  expect(sim.nowMs).toBeLessThanOrEqual(atMs + 500);
});

test('what cannot be loaded stops the driver, and is told', async () => {
  const failed = Promise.reject(new Error('the line is down'));
  const { thread, failures } = bench({ arrived: false, missing: () => failed });
  thread.pass(100);
  await failed.catch(() => {});
  expect(failures).toEqual([new Error('the line is down')]);
});

test('a held clock runs nothing at all and forgets the time it was held', () => {
  const { thread, sim, driver, shown } = bench();
  driver.hold(true);
  const atMs = sim.nowMs;
  driver.submit(typed('x'));
  thread.pass(3_600_000);
  expect([sim.nowMs, shown()]).toEqual([atMs, []]);
  driver.hold(false);
  thread.pass(500);
  expect(sim.nowMs).toBeLessThanOrEqual(atMs + 500);
  expect(shown()).toEqual(['x']);
});

test('an endless loop takes its slices and no more, and the clock is said to slip', () => {
  const { thread, sim, driver, failures } = bench();
  const spin = () => {
    sim.schedule(0.01, 'spin', spin);
  };
  spin();
  thread.costMs = 1;
  thread.pass(2_000);
  expect(failures).toEqual([]);
  expect(driver.reading.slipping).toBe(true);
  expect(sim.nowMs).toBeLessThan(2_000);
  thread.costMs = 0;
  thread.pass(2_000);
  expect(driver.reading.slipping).toBe(false);
});

test('a loop that lets no time pass leaves the thread free too', () => {
  const { thread, sim, driver, failures } = bench();
  const spin = () => {
    sim.schedule(0, 'spin', spin);
  };
  spin();
  thread.costMs = 1;
  thread.pass(1_000);
  expect(failures).toEqual([]);
  expect(sim.nowMs).toBe(0);
  expect(driver.submit(typed('still here'))).toBeUndefined();
});

test('the picture comes when it changes, at most ten times a second', () => {
  const { thread, counting, sim, frames } = bench();
  let count = 0;
  const tick = () => {
    counting.status = `Ready ${++count}`;
    sim.schedule(10, 'tick', tick);
  };
  thread.pass(1_000);
  expect(frames.filter((frame) => frame.view !== undefined)).toHaveLength(1);
  tick();
  thread.pass(2_000);
  const views = frames.filter((frame) => frame.view !== undefined).length;
  expect(views).toBeGreaterThanOrEqual(15);
  expect(views).toBeLessThanOrEqual(22);
});

test('output goes out at once, in one piece a terminal, and inputs go with it', () => {
  const { thread, driver, frames } = bench();
  thread.pass(1_000);
  frames.length = 0;
  driver.submit(typed('a'));
  driver.submit(typed('b'));
  thread.pass(5);
  expect(frames).toHaveLength(1);
  expect(frames[0]?.output).toEqual([{ terminal: 'shell', data: new TextEncoder().encode('ab') }]);
  expect(frames[0]?.entries.map((entry) => entry.input)).toEqual([typed('a'), typed('b')]);
});

test('a terminal that cannot keep up stops the clock until it has', () => {
  const { thread, counting, sim, driver, frames } = bench();
  const flood = () => {
    counting.write('y\n'.repeat(1_000));
    sim.schedule(1, 'flood', flood);
  };
  flood();
  thread.pass(5_000);
  const sent = () => frames.flatMap((frame) => frame.output).reduce((sum, { data }) => sum + data.length, 0);
  expect(sent()).toBeLessThan(512 * 1024);
  const before = sim.nowMs;
  thread.pass(5_000);
  expect(sim.nowMs).toBe(before);
  driver.drawn(sent());
  thread.pass(100);
  expect(sim.nowMs).toBeGreaterThan(before);
});

test('a jump runs to the next change and no further, paused or not', () => {
  const { thread, counting, sim, driver, frames } = bench();
  thread.pass(100);
  driver.pause();
  const atMs = sim.nowMs;
  sim.schedule(90_000, 'change', () => {
    counting.status = 'NotReady';
  });
  driver.jump();
  thread.pass(1_000);
  expect(sim.nowMs).toBeGreaterThanOrEqual(atMs + 90_000);
  expect(sim.nowMs).toBeLessThan(atMs + 90_200);
  expect(frames.find((frame) => frame.jumped !== undefined)?.jumped).toBe(true);
  expect(frames.at(-1)?.view?.nodes[0]?.status).toBe('NotReady');
  expect(driver.reading).toMatchObject({ paused: true, jumping: false });
});

test('a jump gives up where nothing happens', () => {
  const { thread, sim, driver, frames } = bench();
  const beat = () => {
    sim.schedule(10_000, 'heartbeat', beat);
  };
  beat();
  thread.pass(100);
  driver.jump();
  thread.pass(1_000);
  expect(frames.find((frame) => frame.jumped !== undefined)?.jumped).toBe(false);
  expect(sim.nowMs).toBeGreaterThanOrEqual(600_000);
});

test('an error in the engine is reported once and ends the run', () => {
  const { thread, sim, driver, failures } = bench();
  sim.schedule(500, 'broken', () => {
    throw new Error('assertion failed');
  });
  thread.pass(5_000);
  expect(failures).toEqual([new Error('assertion failed')]);
  expect(sim.nowMs).toBeLessThanOrEqual(500);
  driver.stop();
});

test('replay in slices meets the same points and goes on to the end', () => {
  const build = () => {
    const counting = new CountingCluster();
    const beat = () => {
      counting.sim.random('beat').float();
      counting.sim.schedule(7, 'beat', beat);
    };
    beat();
    return counting;
  };
  const first = build();
  first.sim.advance(1_000, 1_000);
  first.submit(typed('a'));
  first.sim.advance(2_500, 1_000);
  first.submit(typed('b'));
  first.sim.advance(9_000, 10_000);

  const second = build();
  const end = { timeMs: first.sim.nowMs, step: first.sim.steps };
  const reached = [...replay(second as unknown as Cluster, first.sim.journal.entries, end, 50)];
  expect(reached.length).toBeGreaterThan(10);
  expect([second.sim.nowMs, second.sim.steps]).toEqual([end.timeMs, end.step]);
  expect(second.sim.journal.entries).toEqual(first.sim.journal.entries);

  const foreign = [{ timeMs: 5, step: 400, input: typed('a') }];
  expect(() => [...replay(build() as unknown as Cluster, foreign, undefined)]).toThrow('replay diverged');
});

test('an input that was refused does not stand in the way of a replay', () => {
  const build = () => {
    const counting = new CountingCluster();
    counting.sim.journal.handle('fault', () => {
      throw new Error('there is no such Pod');
    });
    return counting;
  };
  const fault = { type: 'power-off', host: 'node-9' } as const;
  const first = build();
  expect(() => first.submit({ kind: 'fault', fault })).toThrow('no such Pod');
  first.submit(typed('a'));

  const second = build();
  const reached = [...replay(second as unknown as Cluster, first.sim.journal.entries, undefined)];
  expect(reached).toEqual([]);
  expect(second.sim.journal.entries).toEqual(first.sim.journal.entries);
});
