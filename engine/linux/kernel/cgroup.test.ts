import { expect, test } from 'vitest';
import type { Task } from '../../sim/index.ts';
import type { Process } from '../syscalls.ts';
import { codeOf, type TestMachine, testMachine, text } from './test-machine.ts';

const MEGABYTE = 2 ** 20;

function* idle(process: Process): Task<number> {
  for (;;) yield* process.sleep(3_600_000);
}

function* holding(process: Process): Task<number> {
  process.setMemory(Number(process.argv[1]) * MEGABYTE);
  return yield* idle(process);
}

function holder(machine: TestMachine, path: string, megabytes: number, oomScoreAdj = 0) {
  const cgroup = machine.host.createCgroup(path, machine.host.cgroup(path)?.limits ?? {});
  return machine.start(holding, { cgroup, oomScoreAdj, argv: ['holder', String(megabytes)] });
}

const read = (machine: TestMachine, path: string) => text(machine.host.root.readFile(`/sys/fs/cgroup${path}`)).trim();

test('control groups are files', () => {
  const machine = testMachine();
  const { root } = machine.host;
  root.mkdir('/sys/fs/cgroup/demo');
  root.writeFile('/sys/fs/cgroup/demo/memory.max', '64M\n');
  root.writeFile('/sys/fs/cgroup/demo/cpu.max', '20000 100000\n');
  root.writeFile('/sys/fs/cgroup/demo/pids.max', '3');
  expect(machine.host.cgroup('/demo')?.limits).toMatchObject({
    memoryBytes: 64 * MEGABYTE,
    cpuQuotaMillis: 200,
    pids: 3,
  });
  const { process } = machine.start(idle);
  root.writeFile('/sys/fs/cgroup/demo/cgroup.procs', String(process.hostPid));
  expect(read(machine, '/demo/cgroup.procs')).toBe(String(process.hostPid));
  expect(text(root.readFile(`/proc/${process.hostPid}/cgroup`))).toBe('0::/demo\n');
  expect(read(machine, '/demo/cgroup.events')).toBe('populated 1\nfrozen 0');
  process.spawn({ path: '/bin/sleep', argv: ['sleep', '1000'] });
  process.spawn({ path: '/bin/sleep', argv: ['sleep', '1000'] });
  expect(codeOf(() => process.spawn({ path: '/bin/sleep', argv: ['sleep', '1'] }))).toBe('EAGAIN');
  expect(read(machine, '/demo/pids.events')).toBe('max 1');
  expect(codeOf(() => root.rmdir('/sys/fs/cgroup/demo'))).toBe('EBUSY');
  root.writeFile('/sys/fs/cgroup/demo/cgroup.kill', '1');
  machine.sim.runFor(10);
  root.rmdir('/sys/fs/cgroup/demo');
  expect(codeOf(() => root.stat('/sys/fs/cgroup/demo'))).toBe('ENOENT');
});

test('bad values are refused', () => {
  const { root } = testMachine().host;
  root.mkdir('/sys/fs/cgroup/demo');
  const refusal = (file: string, value: string) => codeOf(() => root.writeFile(`/sys/fs/cgroup/demo/${file}`, value));
  expect(refusal('cpu.weight', '0')).toBe('ERANGE');
  expect(refusal('cpu.weight', 'much')).toBe('EINVAL');
  expect(refusal('cpu.max', '10')).toBe('EINVAL');
  expect(refusal('memory.max', '-1')).toBe('EINVAL');
  expect(refusal('cgroup.procs', '99999')).toBe('ESRCH');
  expect(refusal('cgroup.events', '1')).toBe('EACCES');
  expect(codeOf(() => root.writeFile('/sys/fs/cgroup/memory.max', '1'))).toBe('EPERM');
});

test('a container sees its own group as the root and cannot change it', () => {
  const machine = testMachine();
  const cgroup = machine.host.createCgroup('/kubepods/pod/main', { memoryBytes: 32 * MEGABYTE });
  const namespaces = {
    cgroup: machine.host.createNamespace('cgroup'),
    mnt: machine.host.createContainerRoot({ layers: [{ tree: {} }] }, []),
  };
  const inside = machine.run(
    function* (process) {
      yield* process.write(1, process.readFile('/sys/fs/cgroup/memory.max'));
      yield* process.write(1, process.readFile('/proc/self/cgroup'));
      return 0;
    },
    { cgroup, namespaces },
  );
  expect(inside.stdout).toBe('33554432\n0::/\n');
  const { process } = machine.start(idle, { cgroup, namespaces });
  expect(codeOf(() => process.writeFile('/sys/fs/cgroup/memory.max', 'max'))).toBe('EROFS');
  expect(text(machine.host.root.readFile(`/proc/${process.hostPid}/cgroup`))).toBe('0::/kubepods/pod/main\n');
});

test('beyond its limit the largest is killed, and the log tells', () => {
  const machine = testMachine();
  const cgroup = machine.host.createCgroup('/pod', { memoryBytes: 100 * MEGABYTE });
  const small = holder(machine, '/pod', 30);
  const large = holder(machine, '/pod', 60);
  machine.sim.runFor(10);
  expect([small.status, large.status]).toEqual([undefined, undefined]);
  holder(machine, '/pod', 20);
  machine.sim.runFor(10);
  expect(large.status).toEqual({ kind: 'signaled', signal: 'KILL' });
  expect(small.status).toBeUndefined();
  expect(cgroup.oomKills).toBe(1);
  expect(read(machine, '/pod/memory.events')).toContain('oom_kill 1');
  expect(Number(read(machine, '/pod/memory.peak'))).toBeGreaterThan(100 * MEGABYTE);
  const log = machine.run(function* (process) {
    yield* process.write(1, yield* process.read(process.open('/dev/kmsg', { read: true })));
    return 0;
  });
  expect(log.stdout).toMatch(/Memory cgroup out of memory: Killed process \d+ /);
});

test('oom_score_adj decides, and -1000 spares', () => {
  const machine = testMachine({ memoryBytes: 200 * MEGABYTE });
  const spared = holder(machine, '/a', 120, -1000);
  const burstable = holder(machine, '/b', 20, 900);
  const guaranteed = holder(machine, '/c', 40, -997);
  machine.sim.runFor(10);
  holder(machine, '/d', 30, -997);
  machine.sim.runFor(10);
  expect(burstable.status?.kind).toBe('signaled');
  expect([spared.status, guaranteed.status]).toEqual([undefined, undefined]);
});

test('with memory.oom.group a container dies as a whole', () => {
  const machine = testMachine();
  machine.host.createCgroup('/pod/main', { memoryBytes: 50 * MEGABYTE, oomGroup: true });
  const first = holder(machine, '/pod/main', 10);
  const second = holder(machine, '/pod/main', 45);
  machine.sim.runFor(10);
  expect([first.status?.kind, second.status?.kind]).toEqual(['signaled', 'signaled']);
});

test('a lowered limit takes effect at once', () => {
  const machine = testMachine();
  machine.host.createCgroup('/pod', { memoryBytes: 100 * MEGABYTE });
  const held = holder(machine, '/pod', 60);
  machine.sim.runFor(10);
  machine.host.createCgroup('/pod', { memoryBytes: 50 * MEGABYTE });
  machine.sim.runFor(10);
  expect(held.status?.kind).toBe('signaled');
});

test('what is written to a tmpfs counts as memory', () => {
  const machine = testMachine();
  const { root } = machine.host;
  root.mkdir('/srv/cache');
  root.mount({ type: 'tmpfs', target: '/srv/cache' });
  const cgroup = machine.host.createCgroup('/pod', { memoryBytes: 10 * MEGABYTE });
  const writer = machine.run(
    function* (process) {
      const fd = process.open('/srv/cache/file', { write: true, create: true });
      for (let i = 0; i < 5; i++) yield* process.write(fd, new Uint8Array(MEGABYTE));
      const { memoryBytes } = cgroup;
      yield* process.write(1, new TextEncoder().encode(String(memoryBytes > 5 * MEGABYTE)));
      for (let i = 0; i < 6; i++) yield* process.write(fd, new Uint8Array(MEGABYTE));
      return 0;
    },
    { cgroup },
  );
  expect(writer.stdout).toBe('true');
  expect(writer.status).toEqual({ kind: 'signaled', signal: 'KILL' });
  root.unmount('/srv/cache');
  expect(cgroup.memoryBytes).toBe(0);
});
