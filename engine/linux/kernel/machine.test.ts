import { expect, test } from 'vitest';
import { bytes, codeOf, testMachine, text } from './test-machine.ts';

test('power off: processes are gone at once, disks stay, memory does not', () => {
  const machine = testMachine();
  const { host, sim } = machine;
  let cleanedUp = false;
  const outcome = machine.start(function* (process) {
    process.writeFile('/srv/on-disk', 'kept');
    process.writeFile('/tmp/in-memory', 'lost');
    try {
      yield* process.sleep(1000);
    } finally {
      cleanedUp = true;
      process.writeFile('/srv/last-words', 'too late');
    }
    return 0;
  });
  host.createCgroup('/kubepods', {});
  sim.runFor(100);
  host.powerOff();
  expect(host.running).toBe(false);
  expect(host.processes()).toEqual([]);
  expect(codeOf(() => machine.start('/bin/false', { argv: ['false'] }))).toBe('EIO');
  sim.runFor(10_000);
  expect(outcome.status).toBeUndefined();
  expect(cleanedUp).toBe(true);
  host.powerOn();
  expect(host.processes()).toHaveLength(1);
  expect(text(host.root.readFile('/srv/on-disk'))).toBe('kept');
  expect(codeOf(() => host.root.stat('/srv/last-words'))).toBe('ENOENT');
  expect(codeOf(() => host.root.stat('/tmp/in-memory'))).toBe('ENOENT');
  expect(host.cgroup('/kubepods')).toBeUndefined();
  expect(text(host.root.readFile('/proc/uptime'))).toMatch(/^0\.00/);
  expect(machine.run('/bin/echo', { argv: ['echo', 'back'] }).stdout).toBe('back\n');
});

test('whoever talks to a machine that loses its power hears nothing until it is back', () => {
  const one = testMachine();
  const two = testMachine({ fabric: one.fabric, name: 'node-2', address: '10.0.0.2' });
  one.start(function* (process) {
    const { fd } = yield* process.accept(process.listen(80));
    for (;;) yield* process.read(fd);
  });
  const client = two.start(function* (process) {
    const fd = yield* process.connect('10.0.0.1', 80);
    yield* process.sleep(2000);
    yield* process.write(fd, bytes('are you there?'));
    try {
      yield* process.read(fd);
    } catch (error) {
      yield* process.write(1, bytes((error as { code: string }).code));
    }
    return 0;
  });
  one.sim.runFor(1000);
  one.host.powerOff();
  one.sim.runFor(60_000);
  expect(client.stdout).toBe('');
  one.host.powerOn();
  one.sim.runFor(120_000);
  expect(client.stdout).toBe('ECONNRESET');
});

test('a program may switch its own machine off', () => {
  const machine = testMachine();
  const outcome = machine.start(function* (process) {
    machine.host.powerOff();
    yield* process.write(1, bytes('not heard'));
    return 0;
  });
  machine.sim.runFor(1000);
  expect(machine.host.running).toBe(false);
  expect(outcome.status).toBeUndefined();
});

test('sources feed a process, with an end', () => {
  const machine = testMachine();
  const source = machine.host.source();
  const outcome = machine.start('/bin/cat', { argv: ['cat'], files: { 0: source.file } });
  source.send(bytes('one '));
  machine.sim.runFor(10);
  source.send(bytes('two'));
  source.close();
  machine.sim.runFor(10);
  expect(outcome.stdout).toBe('one two');
  expect(outcome.status).toEqual({ kind: 'exited', code: 0 });
});

test('the same seed and programs give the same history', () => {
  const history = () => {
    const machine = testMachine();
    const outcome = machine.run(function* (process) {
      const fd = process.open('/dev/urandom', { read: true });
      const data = yield* process.read(fd, 4);
      process.spawn({ path: '/bin/false', argv: ['false'] });
      yield* process.waitpid(-1);
      yield* process.write(1, bytes(`${[...data]}`));
      return 0;
    });
    return `${outcome.stdout} ${machine.sim.steps}`;
  };
  expect(history()).toBe(history());
});
