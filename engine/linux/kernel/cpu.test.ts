import { expect, test } from 'vitest';
import type { Task } from '../../sim/index.ts';
import type { CgroupLimits } from '../host.ts';
import type { Process } from '../syscalls.ts';
import { bytes, testMachine, text } from './test-machine.ts';

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

/** Computes for as long as it is let. */
function* busy(process: Process): Task<number> {
  for (;;) yield* process.compute();
}

function cpuMsOf(limits: readonly CgroupLimits[], seconds = 60): number[] {
  const machine = testMachine();
  const groups = limits.map((limit, index) => machine.host.createCgroup(`/kubepods/${index}`, limit));
  for (const cgroup of groups) for (let i = 0; i < 2; i++) machine.start(busy, { cgroup });
  machine.sim.runFor(seconds * 1000);
  return groups.map(({ cpuMs }) => cpuMs);
}

test('who wants more than there is gets it by weight; who is alone gets all', () => {
  const [light, heavy] = cpuMsOf([{ cpuWeight: 100 }, { cpuWeight: 300 }]) as [number, number];
  expect(heavy / light).toBeGreaterThan(2.8);
  expect(heavy / light).toBeLessThan(3.2);
  expect(light + heavy).toBeGreaterThan(115_000);
  expect(cpuMsOf([{ cpuShares: 2 }])[0]).toBeGreaterThan(115_000);
});

test('a nicer process of the same group gets less', () => {
  const machine = testMachine();
  const cgroup = machine.host.createCgroup('/kubepods/0', { cpuQuotaMillis: 1000 });
  const [greedy, nice] = [machine.start(busy, { cgroup }), machine.start(busy, { cgroup })];
  for (let i = 0; i < 2; i++) machine.start(busy, { cgroup });
  nice!.process.setNiceness(0, 10);
  machine.sim.runFor(60_000);
  const used = (process: Process) =>
    Number(text(machine.host.root.readFile(`/proc/${process.hostPid}/stat`)).split(' ')[13]);
  expect(used(greedy!.process) / used(nice!.process)).toBeGreaterThan(5);
});

test('a quota throttles, and says so', () => {
  const machine = testMachine();
  const cgroup = machine.host.createCgroup('/kubepods/0', { cpuQuotaMillis: 250 });
  machine.start(busy, { cgroup });
  machine.sim.runFor(60_000);
  expect(cgroup.cpuMs).toBeGreaterThan(14_000);
  expect(cgroup.cpuMs).toBeLessThan(16_000);
  const stat = text(machine.host.root.readFile('/sys/fs/cgroup/kubepods/0/cpu.stat'));
  const field = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1]);
  expect(field('nr_periods')).toBeGreaterThan(500);
  expect(field('nr_throttled')).toBeGreaterThan(500);
  expect(field('throttled_usec')).toBeGreaterThan(40_000_000);
  const before = machine.sim.steps;
  machine.sim.runFor(10_000);
  expect(machine.sim.steps - before).toBeLessThan(10 * 150);
});

test('the load average follows those who compute or wait for it', () => {
  const machine = testMachine();
  for (let i = 0; i < 4; i++) machine.start(busy);
  machine.sim.runFor(300_000);
  const [one, , fifteen] = text(machine.host.root.readFile('/proc/loadavg')).split(' ').map(Number);
  expect(one).toBeCloseTo(4, 0);
  expect(fifteen).toBeLessThan(2);
});
