import { expect, test } from 'vitest';
import type { Task } from '../../sim/index.ts';
import type { Layer } from '../host.ts';
import type { Process } from '../syscalls.ts';
import { bytes, codeOf, DISK, testMachine, text } from './test-machine.ts';

const IMAGE: Layer = { tree: { ...DISK, '/etc/os-release': { text: 'NAME="Test"\n' } } };

function* forever(process: Process): Task<number> {
  for (;;) yield* process.sleep(3_600_000);
}

test('a process has a pid in its own namespace and one in each above', () => {
  const machine = testMachine();
  const pid = machine.host.createNamespace('pid');
  const init = machine.start(
    function* (process) {
      const child = process.fork(function* (inner) {
        yield* inner.write(1, bytes(`${inner.pid}<-${inner.parentPid} `));
        yield* inner.sleep(1000);
        return 0;
      });
      yield* process.waitpid(child);
      yield* process.write(1, bytes(`${process.pid}<-${process.parentPid}`));
      return 0;
    },
    { namespaces: { pid } },
  );
  expect(init.process.pid).toBe(1);
  expect(init.process.hostPid).toBe(2);
  machine.sim.runFor(100);
  expect(machine.host.processes().map((process) => [process.hostPid, process.pid])).toEqual([
    [1, 1],
    [2, 1],
    [3, 2],
  ]);
  expect(text(machine.host.root.readFile('/proc/3/status'))).toContain('NSpid:\t3\t2\n');
  machine.sim.runFor(5000);
  expect(init.stdout).toBe('2<-1 1<-0');
});

test('several containers may share a pid namespace and still differ in the rest', () => {
  const machine = testMachine();
  const pid = machine.host.createNamespace('pid');
  machine.start(forever, { namespaces: { pid }, argv: ['pause'] });
  const other = machine.run(
    function* (process) {
      process.kill(1, 0);
      yield* process.write(1, bytes(`${process.pid} ${process.hostname}`));
      return 0;
    },
    { namespaces: { pid, uts: machine.host.createNamespace('uts', { hostname: 'web-0' }) } },
  );
  expect(other.stdout).toBe('2 web-0');
});

test('setns joins the namespaces of another process', () => {
  const machine = testMachine();
  const container = machine.start(forever, {
    namespaces: {
      pid: machine.host.createNamespace('pid'),
      uts: machine.host.createNamespace('uts', { hostname: 'inside' }),
      mnt: machine.host.createContainerRoot({ layers: [IMAGE] }, []),
    },
  });
  const outcome = machine.run(function* (process) {
    process.setNamespaces(container.process.hostPid, ['uts', 'mnt', 'pid']);
    const child = process.fork(function* (inner) {
      yield* inner.write(1, bytes(`${inner.pid} `));
      return 0;
    });
    yield* process.waitpid(child);
    yield* process.write(1, bytes(`${process.hostname} ${text(process.readFile('/etc/os-release'))}`));
    return 0;
  });
  expect(outcome.stdout).toBe('2 inside NAME="Test"\n');
});

test('a container has a /dev of 64 MiB', () => {
  const machine = testMachine();
  const { process } = machine.start(forever, {
    namespaces: { mnt: machine.host.createContainerRoot({ layers: [IMAGE] }, []) },
  });
  expect(process.statfs('/dev')).toMatchObject({ totalBytes: 64 * 1024 ** 2, usedBytes: 0 });
});

test('/proc shows the namespaces by number, equal when they are shared', () => {
  const machine = testMachine();
  const net = machine.host.createNamespace('net');
  const [one, two] = [machine.start(forever, { namespaces: { net } }), machine.start(forever)];
  const link = (pid: number) => machine.host.root.readlink(`/proc/${pid}/ns/net`);
  expect(link(one.process.hostPid)).toBe(`net:[${net.inode}]`);
  expect(link(two.process.hostPid)).toBe(link(1));
  expect(link(1)).toMatch(/^net:\[\d+\]$/);
});

test('memory over the limit of the cgroup kills its largest process', () => {
  const machine = testMachine();
  const cgroup = machine.host.createCgroup('/kubepods/pod/app', { memoryBytes: 100 * 2 ** 20 });
  const large = machine.start(
    function* (process) {
      process.setMemory(80 * 2 ** 20);
      yield* forever(process);
      return 0;
    },
    { cgroup },
  );
  const small = machine.start(
    function* (process) {
      yield* process.sleep(1000);
      process.setMemory(30 * 2 ** 20);
      yield* forever(process);
      return 0;
    },
    { cgroup },
  );
  machine.sim.runFor(500);
  expect(cgroup.memoryBytes).toBeGreaterThan(80 * 2 ** 20);
  machine.sim.runFor(1000);
  expect(large.status).toEqual({ kind: 'signaled', signal: 'KILL' });
  expect(small.status).toBeUndefined();
  expect(cgroup.oomKills).toBe(1);
  expect(cgroup.memoryBytes).toBe(30 * 2 ** 20);
});

test('a process over the limit by itself is killed where it stands, by its own cgroup or by one above', () => {
  const machine = testMachine();
  machine.host.createCgroup('/kubepods/pod', { memoryBytes: 10 * 2 ** 20 });
  const cgroup = machine.host.createCgroup('/kubepods/pod/app', {});
  const outcome = machine.run(
    function* (process) {
      process.setMemory(11 * 2 ** 20);
      yield* process.write(1, bytes('still here'));
      return 0;
    },
    { cgroup },
  );
  expect(outcome.status).toEqual({ kind: 'signaled', signal: 'KILL' });
  expect(outcome.stdout).toBe('');
  expect(cgroup.oomKills).toBe(1);
  expect(cgroup.memoryBytes).toBe(0);
});

test('the machine itself runs out of memory', () => {
  const machine = testMachine({ memoryBytes: 64 * 2 ** 20 });
  const outcome = machine.run(function* (process) {
    process.setMemory(65 * 2 ** 20);
    return 0;
  });
  expect(outcome.status).toEqual({ kind: 'signaled', signal: 'KILL' });
});

test('a container sees its own cgroup and network under /sys', () => {
  const machine = testMachine();
  const net = machine.host.createNamespace('net');
  net.addInterface({
    name: 'eth0',
    mac: '02:42:0a:01:00:05',
    mtu: 1450,
    addresses: [{ address: '10.1.0.5', prefixLength: 24 }],
  });
  const outcome = machine.run(
    function* (process) {
      const read = (path: string) => text(process.readFile(path)).trim();
      yield* process.write(
        1,
        bytes(
          [
            read('/sys/fs/cgroup/memory.max'),
            read('/sys/fs/cgroup/cpu.max'),
            read('/sys/class/net/eth0/address'),
            process.networkInterfaces().map(({ name }) => name),
            codeOf(() => process.writeFile('/sys/fs/cgroup/x', '')),
          ].join(' '),
        ),
      );
      return 0;
    },
    {
      cgroup: machine.host.createCgroup('/kubepods/pod/app', { memoryBytes: 1000 * 4096, cpuQuotaMillis: 500 }),
      namespaces: {
        net,
        cgroup: machine.host.createNamespace('cgroup'),
        mnt: machine.host.createContainerRoot({ layers: [IMAGE] }, []),
      },
    },
  );
  expect(outcome.stdout).toBe('4096000 50000 100000 02:42:0a:01:00:05 lo,eth0 EROFS');
});
