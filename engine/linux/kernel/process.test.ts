import { expect, test } from 'vitest';
import type { Errno } from '../errno.ts';
import { bytes, codeOf, testMachine, text } from './test-machine.ts';

test('a process spawns a program, reads what it writes and learns how it ended', () => {
  const outcome = testMachine().run(function* (process) {
    const [read, write] = process.pipe();
    const pid = process.spawn({ path: '/bin/echo', argv: ['echo', 'hello', 'world'], fds: { 1: write } });
    process.close(write);
    const heard = text(yield* process.read(read));
    const waited = yield* process.waitpid(pid);
    yield* process.write(1, bytes(`${heard}${JSON.stringify(waited?.status)}`));
    return 3;
  });
  expect(outcome.stdout).toBe('hello world\n{"kind":"exited","code":0}');
  expect(outcome.status).toEqual({ kind: 'exited', code: 3 });
});

test('waitpid reports any child, nothing yet, and no children', () => {
  const outcome = testMachine().run(function* (process) {
    const first = process.spawn({ path: '/bin/sleep', argv: ['sleep', '2'] });
    const second = process.spawn({ path: '/bin/false', argv: ['false'] });
    const before = yield* process.waitpid(first, { noHang: true });
    const any = yield* process.waitpid(-1);
    const last = yield* process.waitpid(first);
    let code = '';
    try {
      yield* process.waitpid(-1);
    } catch (error) {
      code = (error as Errno).code;
    }
    const result = [before, any?.pid === second, any?.status, last?.pid === first, code];
    yield* process.write(1, bytes(JSON.stringify(result)));
    return 0;
  });
  expect(JSON.parse(outcome.stdout)).toEqual([null, true, { kind: 'exited', code: 1 }, true, 'ECHILD']);
});

test('spawn and exec fail before anything has happened', () => {
  const outcome = testMachine().run(function* (process) {
    process.writeFile('/tmp/data', 'no program', { mode: 0o755 });
    const codes = ['/bin/none', '/etc/motd', '/etc', '/tmp/data', '/etc/motd/x'].map((path) =>
      codeOf(() => process.spawn({ path, argv: [path] })),
    );
    codes.push(codeOf(() => process.spawn({ path: '/bin/echo', argv: ['echo'], fds: { 1: 77 } })));
    try {
      yield* process.exec('/bin/none', ['none']);
    } catch (error) {
      codes.push((error as Errno).code);
    }
    yield* process.write(1, bytes(codes.join(' ')));
    return 0;
  });
  expect(outcome.stdout).toBe('ENOENT EACCES EACCES ENOEXEC ENOTDIR EBADF ENOENT');
});

test('a child of a group that there is not is not made', () => {
  const outcome = testMachine().run(function* (process) {
    const [read, write] = process.pipe();
    const options = { fds: { 1: write }, processGroup: 4321 };
    const codes = [
      codeOf(() => process.spawn({ path: '/bin/sleep', argv: ['sleep', '1'], ...options })),
      codeOf(() => {
        process.fork(function* () {
          return 0;
        }, options);
      }),
    ];
    process.close(write);
    // Nobody else holds the writing end, and there is nobody to wait for.
    codes.push(text(yield* process.read(read)));
    try {
      yield* process.waitpid(-1);
    } catch (error) {
      codes.push((error as Errno).code);
    }
    yield* process.write(1, bytes(codes.join(' ')));
    return 0;
  });
  expect(outcome.stdout).toBe('EPERM EPERM  ECHILD');
});

test('exec replaces the program and keeps pid and descriptors', () => {
  const outcome = testMachine().run(function* (process) {
    yield* process.write(1, bytes('before '));
    yield* process.exec('/bin/echo', ['echo', 'after']);
    yield* process.write(1, bytes('never'));
    return 9;
  });
  expect(outcome.stdout).toBe('before after\n');
  expect(outcome.status).toEqual({ kind: 'exited', code: 0 });
});

test('a script runs under the interpreter of its first line, and a copied program still runs', () => {
  const outcome = testMachine().run(function* (process) {
    process.writeFile('/tmp/script', '#!/bin/echo -n one\nrest\n', { mode: 0o755 });
    process.writeFile('/tmp/echo', process.readFile('/bin/echo'), { mode: 0o755 });
    for (const path of ['/tmp/script', '/tmp/echo']) {
      yield* process.waitpid(process.spawn({ path, argv: [path, 'argument'] }));
    }
    return 0;
  });
  expect(outcome.stdout).toBe('-n one /tmp/script argument\nargument\n');
});

test('orphans go to PID 1, which on the machine itself reaps them', () => {
  const machine = testMachine();
  const outcome = machine.start(function* (process) {
    process.fork(function* (child) {
      child.fork(function* (grandchild) {
        yield* grandchild.sleep(1000);
        yield* grandchild.write(1, bytes(`parent ${grandchild.parentPid}`));
        return 0;
      });
      return 0;
    });
    yield* process.sleep(500);
    yield* process.waitpid(-1);
    yield* process.sleep(5000);
    return 0;
  });
  machine.sim.runFor(10_000);
  expect(outcome.stdout).toBe('parent 1');
  expect(machine.host.processes().map((process) => process.pid)).toEqual([1]);
});

test('a child that nobody waited for stays as a zombie until its parent ends', () => {
  const machine = testMachine();
  machine.start(function* (process) {
    process.spawn({ path: '/bin/false', argv: ['false'] });
    yield* process.sleep(5000);
    return 0;
  });
  machine.sim.runFor(1000);
  const states = () =>
    machine.host.processes().map(({ hostPid }) =>
      text(machine.host.root.readFile(`/proc/${hostPid}/stat`))
        .split(' ')
        .slice(1, 3)
        .join(' '),
    );
  expect(states()).toEqual(['(init) S', '(test) S', '(false) Z']);
  machine.sim.runFor(5000);
  expect(states()).toEqual(['(init) S']);
});

test('an uncaught system call error and a fault of the program end only that process', () => {
  const machine = testMachine();
  const refused = machine.run(function* (process) {
    process.readFile('/nowhere');
    return 0;
  });
  expect(refused.stderr).toBe('test: No such file or directory\n');
  expect(refused.status).toEqual({ kind: 'exited', code: 1 });
  const faulty = machine.run(function* () {
    throw new TypeError('oops');
  });
  expect(faulty.stderr).toBe('test: internal error: TypeError: oops\n');
  expect(faulty.status).toEqual({ kind: 'exited', code: 70 });
  expect(machine.sim.trace.entries.some((entry) => entry.kind === 'process.fault')).toBe(true);
  const nonsense = machine.run(function* () {
    yield 42 as never;
    return 0;
  });
  expect(nonsense.status).toEqual({ kind: 'exited', code: 70 });
});

test('a fork bomb meets EAGAIN, and a process may open 1024 files', () => {
  const machine = testMachine();
  const cgroup = machine.host.createCgroup('/kubepods/bomb', { pids: 20 });
  const bomb = machine.run(
    function* (process) {
      let children = 0;
      const code = codeOf(() => {
        for (;;) {
          process.spawn({ path: '/bin/sleep', argv: ['sleep', '1'] });
          children += 1;
        }
      });
      yield* process.write(1, bytes(`${children} ${code}`));
      return 0;
    },
    { cgroup },
  );
  expect(bomb.stdout).toBe('19 EAGAIN');
  const opener = machine.run(function* (process) {
    let count = 3;
    const code = codeOf(() => {
      for (;;) {
        process.open('/etc/motd', { read: true });
        count += 1;
      }
    });
    yield* process.write(1, bytes(`${count} ${code}`));
    return 0;
  });
  expect(opener.stdout).toBe('1024 EMFILE');
});

test('credentials: only root changes them', () => {
  const outcome = testMachine().run(function* (process) {
    process.setCredentials({ uid: 1000, gid: 1000 });
    const code = codeOf(() => process.setCredentials({ uid: 0 }));
    yield* process.write(1, bytes(`${process.credentials.uid} ${code}`));
    return 0;
  });
  expect(outcome.stdout).toBe('1000 EPERM');
});
