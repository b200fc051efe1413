import { expect, test } from 'vitest';
import { bytes, testMachine, text } from '../kernel/test-machine.ts';

test('a writer waits while the pipe is full', () => {
  const outcome = testMachine().run(function* (process) {
    const [read, write] = process.pipe();
    process.fork(
      function* (child) {
        yield* child.write(write, new Uint8Array(200_000));
        yield* child.write(2, bytes(`written at ${Math.round((child.now() % 60_000) / 1000)}`));
        return 0;
      },
      { fds: { [write]: write, 2: 2 } },
    );
    process.close(write);
    let total = 0;
    for (;;) {
      yield* process.sleep(1000);
      const data = yield* process.read(read);
      if (data.length === 0) break;
      total += data.length;
    }
    yield* process.write(1, bytes(String(total)));
    return 0;
  });
  expect(outcome.stdout).toBe('200000');
  expect(outcome.stderr).toBe('written at 3');
});

test('poll tells which pipe has something, or that time is up', () => {
  const outcome = testMachine().run(function* (process) {
    const [first, firstWrite] = process.pipe();
    const [second, secondWrite] = process.pipe();
    const none = yield* process.poll([first, second], 50);
    process.fork(function* (child) {
      yield* child.sleep(100);
      yield* child.write(secondWrite, bytes('x'));
      return 0;
    });
    const some = yield* process.poll([first, second]);
    process.close(firstWrite);
    const ended = yield* process.poll([first], 0);
    yield* process.write(1, bytes(JSON.stringify([none, some.length, some[0] === second, ended.length])));
    return 0;
  });
  expect(outcome.stdout).toBe('[[],1,true,1]');
});

test('a named pipe joins those who open it, whoever comes first', () => {
  const machine = testMachine();
  machine.host.root.mkfifo('/srv/fifo');
  const reader = machine.start(function* (process) {
    const fd = process.open('/srv/fifo', { read: true });
    for (;;) {
      const data = yield* process.read(fd);
      if (data.length === 0) return 0;
      yield* process.write(1, data);
    }
  });
  machine.sim.runFor(1000);
  expect(reader.status).toBeUndefined();
  machine.run(function* (process) {
    const fd = process.open('/srv/fifo', { write: true });
    yield* process.write(fd, bytes('first'));
    return 0;
  });
  expect(reader.stdout).toBe('first');
  expect(reader.status).toEqual({ kind: 'exited', code: 0 });
  const writer = machine.start(function* (process) {
    const fd = process.open('/srv/fifo', { write: true });
    yield* process.write(fd, bytes('second'));
    return 0;
  });
  machine.sim.runFor(1000);
  expect(writer.status).toBeUndefined();
  const late = machine.run(function* (process) {
    yield* process.write(1, yield* process.read(process.open('/srv/fifo', { read: true })));
    return 0;
  });
  expect(late.stdout).toBe('second');
  expect(writer.status).toEqual({ kind: 'exited', code: 0 });
});

test('writes of up to 4 KiB do not mix', () => {
  const outcome = testMachine().run(function* (process) {
    const [read, write] = process.pipe();
    for (const letter of ['a', 'b']) {
      process.fork(
        function* (child) {
          for (let i = 0; i < 40; i++) yield* child.write(write, bytes(letter.repeat(3000)));
          return 0;
        },
        { fds: { [write]: write } },
      );
    }
    process.close(write);
    let all = '';
    for (;;) {
      yield* process.sleep(1);
      const data = yield* process.read(read, 1000);
      if (data.length === 0) break;
      all += text(data);
    }
    const runs = all.match(/a+|b+/g) ?? [];
    yield* process.write(1, bytes(`${all.length} ${runs.every((run) => run.length % 3000 === 0)}`));
    return 0;
  });
  expect(outcome.stdout).toBe('240000 true');
});
