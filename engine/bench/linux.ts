import { createFabric, createHost, type Host, type Layer, type Process } from '../linux/index.ts';
import { allPrograms } from '../linux/programs/all-programs.ts';
import { busyboxTree } from '../linux/programs/index.ts';
import { Simulation, type Task } from '../sim/index.ts';

// node --expose-gc engine/bench/linux.ts
// What machines cost: memory of idle containers and shells, resumes, pipes, shell loops, and an hour of small loops.

const LINE = new TextEncoder().encode('a line of a log file\n');

function* sleeper(process: Process): Task<number> {
  for (;;) yield* process.sleep(3_600_000);
}

function* appender(process: Process): Task<number> {
  const fd = process.open('/tmp/log', { write: true, create: true, append: true });
  for (;;) {
    yield* process.write(fd, LINE);
    yield* process.sleep(1000);
  }
}

const BASE: Layer = {
  tree: {
    '/bin/sleep': { program: sleeper },
    '/bin/append': { program: appender },
    '/etc/passwd': { text: 'root:x:0:0:root:/root:/bin/sh\n' },
    '/tmp': { directory: true, mode: 0o1777 },
  },
};

/** With a shell and its programs. */
const BUSYBOX: Layer = { tree: { ...busyboxTree(allPrograms), '/tmp': { directory: true, mode: 0o1777 } } };

function newHost(): { sim: Simulation; host: Host } {
  const sim = new Simulation({ seed: 'bench' });
  const fabric = createFabric(sim);
  const host = createHost({
    sim,
    name: 'node-1',
    fabric,
    addresses: [{ interface: 'eth0', address: '10.0.0.1', prefixLength: 24 }],
    cpuMillis: 4000,
    memoryBytes: 16 * 2 ** 30,
    root: BASE.tree,
  });
  return { sim, host };
}

/** As a runtime would start it: namespaces, root and cgroup of its own. */
function startContainer(host: Host, index: number, path: string, script?: string): void {
  const cgroup = host.createCgroup(`/kubepods/pod-${index}`, {});
  const namespaces = {
    pid: host.createNamespace('pid'),
    net: host.createNamespace('net'),
    uts: host.createNamespace('uts', { hostname: `pod-${index}` }),
    ipc: host.createNamespace('ipc'),
    mnt: host.createContainerRoot({ layers: [script === undefined ? BASE : BUSYBOX] }, []),
  };
  const argv = script === undefined ? [path] : ['sh', '-c', script];
  host.spawn({ run: path, argv, namespaces, cgroup, env: { PATH: '/bin' } });
}

function timed(body: () => void): number {
  const start = performance.now();
  body();
  return performance.now() - start;
}

function heapBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

function idleMemory(count: number): void {
  const { sim, host } = newHost();
  startContainer(host, 0, '/bin/sleep');
  sim.runFor(10);
  const before = heapBytes();
  for (let i = 1; i <= count; i++) startContainer(host, i, '/bin/sleep');
  sim.runFor(10);
  const perContainer = (heapBytes() - before) / count;
  const shared = heapBytes();
  for (let i = 1; i <= count; i++) host.spawn({ run: '/bin/sleep', argv: ['sleep'] });
  sim.runFor(10);
  const perProcess = (heapBytes() - shared) / count;
  console.log(
    `heap per idle container: ${(perContainer / 1024).toFixed(1)} KiB, per idle process: ${(perProcess / 1024).toFixed(1)} KiB`,
  );
}

function resumeCost(): void {
  const { sim, host } = newHost();
  const processes = 100;
  const rounds = 2000;
  for (let i = 0; i < processes; i++) {
    host.spawn({
      argv: ['nap'],
      run: function* (process) {
        for (let round = 0; round < rounds; round++) yield* process.sleep(10);
        return 0;
      },
    });
  }
  const ms = timed(() => sim.runFor(rounds * 11));
  console.log(`resume: ${((ms * 1000) / (processes * rounds)).toFixed(2)} µs`);
}

function pipeThroughput(): void {
  const { sim, host } = newHost();
  const chunk = new Uint8Array(16_384);
  const total = 64 * 1024 * 1024;
  let received = 0;
  host.spawn({
    argv: ['pump'],
    run: function* (process) {
      const [read, write] = process.pipe();
      process.fork(
        function* (child) {
          for (let sent = 0; sent < total; sent += chunk.length) yield* child.write(1, chunk);
          return 0;
        },
        { fds: { 1: write } },
      );
      process.close(write);
      for (;;) {
        const data = yield* process.read(read);
        if (data.length === 0) return 0;
        received += data.length;
      }
    },
  });
  const ms = timed(() => sim.runFor(600_000));
  console.log(`pipe: ${(received / 1e6 / (ms / 1000)).toFixed(0)} MB/s (${sim.steps} events)`);
}

function hourOfAppending(count: number): void {
  const { sim, host } = newHost();
  for (let i = 0; i < count; i++) startContainer(host, i, '/bin/append');
  const ms = timed(() => sim.runFor(3_600_000));
  console.log(
    `${count} processes appending a line a second for an hour: ${(ms / 1000).toFixed(2)} s (${sim.steps} events)`,
  );
}

function spin(): void {
  const { sim, host } = newHost();
  let turns = 0;
  host.spawn({
    argv: ['spin'],
    run: function* (process) {
      for (;;) {
        turns += 1;
        yield* process.compute();
      }
    },
  });
  const ms = timed(() => sim.runFor(3_600_000));
  console.log(`an endless loop for an hour: ${(ms / 1000).toFixed(2)} s (${sim.steps} events, ${turns} turns)`);
}

function shellMemory(count: number): void {
  const { sim, host } = newHost();
  // The shell waits for its child: what is measured is both, less what a sleeping process takes.
  const script = 'x=1; sleep 1000000; echo $x';
  startContainer(host, 0, '/bin/sh', script);
  sim.runFor(10);
  const before = heapBytes();
  for (let i = 1; i <= count; i++) startContainer(host, i, '/bin/sh', script);
  sim.runFor(10);
  console.log(`heap per container of a shell and its sleep: ${((heapBytes() - before) / count / 1024).toFixed(1)} KiB`);
}

function shellLoop(): void {
  const { sim, host } = newHost();
  const turns = 100_000;
  startContainer(host, 0, '/bin/sh', `i=0; while [ $i -lt ${turns} ]; do i=$((i+1)); done`);
  const ms = timed(() => {
    while (host.processes().length > 1) sim.runFor(60_000);
  });
  console.log(`shell loop iteration: ${((ms * 1000) / turns).toFixed(1)} µs`);
}

function hourOfDates(count: number): void {
  const { sim, host } = newHost();
  for (let i = 0; i < count; i++) {
    startContainer(host, i, '/bin/sh', 'while true; do date >> /tmp/f; sleep 1; done');
  }
  const cpu = process.cpuUsage();
  const ms = timed(() => sim.runFor(3_600_000));
  const { user, system } = process.cpuUsage(cpu);
  const figures = `${(ms / 1000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s by CPU time (${sim.steps} events)`;
  console.log(`${count} containers of \`while true; do date >> f; sleep 1; done\` for an hour: ${figures}`);
}

/** What dead shells leave behind: two seconds apart the heap must be about the same. */
function forkBomb(): void {
  const { sim, host } = newHost();
  startContainer(host, 0, '/bin/sh', 'b() { b | b & }; b; sleep 100000');
  sim.runFor(5000);
  const before = heapBytes();
  const ms = timed(() => sim.runFor(10_000));
  const growth = (heapBytes() - before) / 1e6;
  console.log(`a fork bomb: ${(ms / 10).toFixed(0)} ms a virtual second, heap ${growth.toFixed(1)} MB more after ten`);
}

idleMemory(2000);
shellMemory(500);
shellLoop();
hourOfDates(200);
forkBomb();
resumeCost();
pipeThroughput();
hourOfAppending(200);
spin();
