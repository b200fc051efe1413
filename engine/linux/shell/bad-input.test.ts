import { expect, test } from 'vitest';
import { Simulation } from '../../sim/index.ts';
import { createFabric, createHost, type WaitStatus } from '../index.ts';
import { allPrograms } from '../programs/all-programs.ts';
import { busyboxTree } from '../programs/index.ts';
import { decode } from '../stdio.ts';

// Some look at hundreds of megabytes, which takes a second or two, and many more on a busy machine.
// What learners try on purpose or by mistake, each in a container beside another one that has to go on.

const LAYER = {
  tree: {
    ...busyboxTree(allPrograms),
    '/tmp': { directory: true, mode: 0o1777 },
    '/root': { directory: true },
  } as const,
};

function twoContainers() {
  const sim = new Simulation({ seed: 'bad' });
  const host = createHost({
    sim,
    name: 'node-1',
    fabric: createFabric(sim),
    addresses: [{ interface: 'eth0', address: '10.0.0.1', prefixLength: 24 }],
    cpuMillis: 2000,
    memoryBytes: 2 ** 30,
    diskBytes: 1.5 * 2 ** 30,
    root: LAYER.tree,
  });
  let containers = 0;
  const start = (script: string) => {
    const outcome = { output: '', status: undefined as WaitStatus | undefined };
    const cgroup = host.createCgroup(`/pods/${containers++}`, { memoryBytes: 256 * 2 ** 20, pids: 64, oomGroup: true });
    const sink = host.sink((data) => {
      if (outcome.output.length < 1_000_000) outcome.output += decode(data);
    });
    host.spawn({
      run: '/bin/sh',
      argv: ['sh', '-c', script],
      env: { PATH: '/bin:/usr/bin', HOME: '/root' },
      files: { 1: sink, 2: sink },
      cgroup,
      namespaces: {
        pid: host.createNamespace('pid'),
        mnt: host.createContainerRoot({ layers: [LAYER] }, []),
        ipc: host.createNamespace('ipc'),
      },
      onExit: (status) => {
        outcome.status = status;
      },
    });
    return { outcome, cgroup };
  };
  const ticker = start('while true; do echo tick; sleep 1; done').outcome;
  /** Runs the script for so many seconds; the neighbour must have ticked all the time. */
  const run = (script: string, seconds = 20) => {
    const before = ticker.output.length;
    const started = start(script);
    sim.runFor(seconds * 1000);
    expect((ticker.output.length - before) / 'tick\n'.length).toBeGreaterThan(seconds * 0.8);
    return started;
  };
  return { sim, host, run };
}

test('a fork bomb meets the limit of processes', () => {
  const { host, run } = twoContainers();
  const { cgroup, outcome } = run('b() { b | b & }; b; sleep 1000', 10);
  expect(cgroup.processCount).toBeLessThanOrEqual(64);
  expect(outcome.output).toContain("can't fork: Resource temporarily unavailable");
  expect(decode(host.root.readFile('/sys/fs/cgroup/pods/1/pids.events'))).toMatch(/^max [1-9]/);
});

test('endless output, an endless loop and a chain of processes leave the clock running', () => {
  const { sim, run } = twoContainers();
  expect(run('yes').outcome.status).toBeUndefined();
  run('while :; do :; done');
  run('f() { sh -c true; f; }; while :; do sh -c true; done');
  expect(sim.nowMs).toBe(60_000);
});

test('a gigabyte fits on the disk, and what does not is refused', () => {
  const { run } = twoContainers();
  const { outcome } = run(
    'cd /tmp; dd if=/dev/zero of=big bs=1M count=1024 2>/dev/null; ls -l big; dd if=/dev/zero of=big2 bs=1M count=4096; rm big; echo $?',
    3600,
  );
  expect(outcome.output).toContain(' 1073741824 ');
  expect(outcome.output).toContain('No space left on device');
  expect(outcome.output).toMatch(/0\n$/);
});

test.each(['grep x', 'awk 1', 'rev', 'cut -f 1'])('%s finds no memory for a line that never ends', (command) => {
  const { run } = twoContainers();
  expect(run(`${command} /dev/zero > /dev/null; echo after $?`).outcome.output).toMatch(
    /(Cannot allocate memory|out of memory|memory exhausted).*\nafter [12]\n/,
  );
});

test.each(['wc -l', 'tr a b', 'cksum', "awk -v 'RS=[xz]+' 1"])(
  '%s of what never ends does not keep the clock',
  (command) => {
    const { sim, run } = twoContainers();
    const before = sim.steps;
    run(`${command} < /dev/zero > /dev/null`, 2);
    expect(sim.steps - before).toBeLessThan(10_000);
  },
);

test('a program that holds more of its input than its container may is killed', () => {
  expect(twoContainers().run('tail /dev/zero').outcome.status).toMatchObject({ signal: 'KILL' });
});

test('head leaves out the last bytes of what never ends', () => {
  const { run } = twoContainers();
  expect(run('head -c -5 /dev/zero | head -c 100000 | wc -c').outcome.output).toBe('100000\n');
  expect(run('printf abcdefgh | head -c -5; printf ab | head -c -5; printf abc | head -c -0').outcome.output).toBe(
    'abcabc',
  );
});

test('deep recursion ends with a message, and the shell goes on', () => {
  const { run } = twoContainers();
  expect(run('(f() { f; }; f); echo after $?').outcome.output).toMatch(/after [1-9]/);
  const deep = 'a=$(a=$(a=$(echo deep; echo $a)))';
  expect(run(`${deep}; echo $((${'('.repeat(40)}1${')'.repeat(40)})); echo after`).outcome.output).toContain('after');
});

test('kill -9 -1 reaches only the own container, and spares its PID 1', () => {
  const { run } = twoContainers();
  const { outcome } = run('sleep 1000 & sleep 1; kill -9 -1; wait; echo alive; kill -9 1; echo still');
  expect(outcome.output).toContain('alive\nstill\n');
});

test('rm -rf / takes the container and nothing else', () => {
  const { host, run } = twoContainers();
  const { outcome } = run('rm -rf / 2>/dev/null; rm -rf /* 2>/dev/null; echo gone; ls');
  expect(outcome.output).toContain('gone\n');
  expect(host.root.access('/bin/sh', 'execute')).toBe(true);
});

test('/proc and /sys cannot be written to', () => {
  const { run } = twoContainers();
  const { output } = run(
    'echo 1 > /proc/sys/vm/swappiness; echo x > /proc/1/stat; echo 1 > /sys/fs/cgroup/pids.max; mkdir /proc/x; rm -f /proc/version',
  ).outcome;
  expect(output.match(/Read-only file system/g)).toHaveLength(2);
  expect(output).toContain('Permission denied');
  expect(output).toContain('Operation not permitted');
});

test('loops of links end', () => {
  const { run } = twoContainers();
  const { output } = run(
    'cd /tmp; ln -s a b; ln -s b a; cat a; ln -s . here; ls here/here/here/here; find . | wc -l; ln -s ../tmp up; ls -R . > /dev/null; cp -r . /root/copy; du -s . > /dev/null; echo end',
  ).outcome;
  expect(output).toContain("can't open 'a': Too many levels of symbolic links");
  expect(output).toMatch(/end\n$/);
});

test('a memory hog is killed with its container, and the shell of another one is not', () => {
  const { run } = twoContainers();
  const { outcome, cgroup } = run('a=0123456789abcdef; while :; do a=$a$a; done');
  expect(outcome.status).toBeDefined();
  expect(cgroup.oomKills + (outcome.status?.kind === 'exited' ? 1 : 0)).toBeGreaterThan(0);
  const tmpfs = run('dd if=/dev/zero of=/dev/shm/x bs=1M count=300');
  expect(tmpfs.outcome.status).toBeDefined();
});
