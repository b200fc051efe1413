import { expect, test } from 'vitest';
import { bytes, testMachine } from './test-machine.ts';

test('a short computation costs little time, an endless one few events', () => {
  const machine = testMachine();
  const short = machine.start(function* (process) {
    for (let i = 0; i < 1000; i++) yield* process.compute();
    yield* process.write(1, bytes('done'));
    return 0;
  });
  machine.sim.runFor(50);
  expect(short.stdout).toBe('done');
  machine.start(function* (process) {
    for (;;) yield* process.compute();
  });
  machine.sim.runFor(600_000);
  const before = machine.sim.steps;
  machine.sim.runFor(10_000);
  expect(machine.sim.steps - before).toBeLessThan(10 * 500);
});

test('others go on while a process computes', () => {
  const machine = testMachine();
  machine.start(function* (process) {
    for (;;) yield* process.compute();
  });
  const ticks = machine.start(function* (process) {
    for (let i = 0; i < 5; i++) yield* process.sleep(1000);
    yield* process.write(1, bytes('five seconds'));
    return 0;
  });
  machine.sim.runFor(5010);
  expect(ticks.stdout).toBe('five seconds');
});

test('nothing that never waits can hold the clock', () => {
  const machine = testMachine();
  machine.start(function* (process) {
    for (;;) yield* process.sleep(0);
  });
  machine.start(function* (process) {
    const fd = process.open('/dev/zero', { read: true });
    for (;;) yield* process.read(fd, 1);
  });
  machine.start(function* (process) {
    const [read, write] = process.pipe();
    process.fork(function* (child) {
      for (;;) yield* child.write(write, bytes('y\n'));
    });
    for (;;) yield* process.read(read);
  });
  machine.start(function* (process) {
    process.setSignalAction('CHLD', 'ignore');
    function* next(parent: typeof process): Generator<never, number, unknown> {
      parent.setSignalAction('CHLD', 'ignore');
      parent.fork(next);
      return 0;
    }
    process.fork(next);
    for (;;) {
      process.spawn({ path: '/bin/false', argv: ['false'] });
      yield* process.waitpid(-1, { noHang: true });
    }
  });
  machine.sim.runFor(10_000, { maxSteps: 200_000 });
  expect(machine.sim.nowMs).toBe(10_000);
});

test('used time is accounted to the cgroup', () => {
  const machine = testMachine();
  const cgroup = machine.host.createCgroup('/kubepods/pod/container', {});
  machine.start(
    function* (process) {
      for (;;) yield* process.compute();
    },
    { cgroup },
  );
  machine.sim.runFor(10_000);
  expect(cgroup.cpuMs).toBeGreaterThan(9000);
  expect(cgroup.cpuMs).toBeLessThan(11_000);
  expect(machine.host.cgroup('/kubepods')?.cpuMs).toBe(cgroup.cpuMs);
});
