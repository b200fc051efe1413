import { expect, test } from 'vitest';
import type { Task } from '../../sim/index.ts';
import type { Errno } from '../errno.ts';
import type { Process } from '../syscalls.ts';
import { bytes, codeOf, testMachine } from './test-machine.ts';

function* forever(process: Process): Task<number> {
  for (;;) yield* process.sleep(3_600_000);
}

test('the default action of TERM ends a process, finally blocks run but cannot block', () => {
  const machine = testMachine();
  const seen: string[] = [];
  const outcome = machine.start(function* (process) {
    try {
      yield* process.sleep(60_000);
    } finally {
      seen.push('cleaned up');
      yield* process.sleep(1000);
      seen.push('not reached');
    }
    return 0;
  });
  machine.sim.runFor(1000);
  machine.host.kill(outcome.process.hostPid, 'TERM');
  machine.sim.runFor(5000);
  expect(outcome.status).toEqual({ kind: 'signaled', signal: 'TERM' });
  expect(seen).toEqual(['cleaned up']);
});

test('a caught signal interrupts a blocking call; takeSignals tells which', () => {
  const machine = testMachine();
  const outcome = machine.start(function* (process) {
    process.setSignalAction('TERM', 'catch');
    process.setSignalAction('HUP', 'ignore');
    let code = '';
    try {
      yield* process.sleep(60_000);
    } catch (error) {
      code = (error as Errno).code;
    }
    yield* process.write(1, bytes(`${code} ${process.takeSignals().join()} ${process.takeSignals().length}`));
    return 0;
  });
  machine.sim.runFor(1000);
  machine.host.kill(outcome.process.hostPid, 'HUP');
  machine.sim.runFor(1000);
  expect(outcome.stdout).toBe('');
  machine.host.kill(outcome.process.hostPid, 'TERM');
  machine.sim.runFor(1000);
  expect(outcome.stdout).toBe('EINTR TERM 0');
});

test('a signal that comes while a process computes makes its next blocking call fail, once', () => {
  const machine = testMachine();
  const outcome = machine.run(function* (process) {
    process.setSignalAction('USR1', 'catch');
    process.kill(process.pid, 'USR1');
    const codes: string[] = [];
    for (let i = 0; i < 2; i++) {
      try {
        yield* process.sleep(10);
        codes.push('slept');
      } catch (error) {
        codes.push((error as Errno).code);
      }
    }
    yield* process.write(1, bytes(codes.join(' ')));
    return 0;
  });
  expect(outcome.stdout).toBe('EINTR slept');
});

test('a process that kills itself does nothing more', () => {
  const outcome = testMachine().run(function* (process) {
    try {
      process.kill(process.pid, 'KILL');
    } catch {
      // Swallowed, and yet it is over at the next yield.
    }
    yield* process.sleep(1);
    yield* process.write(1, bytes('alive'));
    return 0;
  });
  expect(outcome.stdout).toBe('');
  expect(outcome.status).toEqual({ kind: 'signaled', signal: 'KILL' });
});

test('STOP and CONT: the parent is told, time spent stopped counts for nothing', () => {
  const machine = testMachine();
  const outcome = machine.start(function* (process) {
    const child = process.fork(function* (grandchild) {
      yield* grandchild.sleep(1000);
      yield* grandchild.write(1, bytes('woke;'));
      return 0;
    });
    process.kill(child, 'STOP');
    const stopped = yield* process.waitpid(child, { stopped: true });
    yield* process.write(1, bytes(`${JSON.stringify(stopped?.status)};`));
    yield* process.sleep(5000);
    yield* process.write(1, bytes('continue;'));
    process.kill(child, 'CONT');
    const ended = yield* process.waitpid(child, { stopped: true });
    yield* process.write(1, bytes(JSON.stringify(ended?.status)));
    return 0;
  });
  machine.sim.runFor(20_000);
  expect(outcome.stdout).toBe('{"kind":"stopped","signal":"STOP"};continue;woke;{"kind":"exited","code":0}');
});

test('a stopped process dies of KILL at once and of TERM when it continues', () => {
  const machine = testMachine();
  const killed = machine.start(forever);
  const terminated = machine.start(forever);
  machine.sim.runFor(100);
  for (const { process } of [killed, terminated]) machine.host.kill(process.hostPid, 'STOP');
  machine.host.kill(killed.process.hostPid, 'KILL');
  machine.host.kill(terminated.process.hostPid, 'TERM');
  machine.sim.runFor(100);
  expect(killed.status).toEqual({ kind: 'signaled', signal: 'KILL' });
  expect(terminated.status).toBeUndefined();
  machine.host.kill(terminated.process.hostPid, 'CONT');
  machine.sim.runFor(100);
  expect(terminated.status).toEqual({ kind: 'signaled', signal: 'TERM' });
});

test('PID 1 of a namespace obeys KILL from above only, and takes everybody with it', () => {
  const machine = testMachine();
  const pid = machine.host.createNamespace('pid');
  const init = machine.start(
    function* (process) {
      const codes = [codeOf(() => process.kill(1, 'KILL'))];
      process.fork(forever);
      yield* process.write(1, bytes(codes.join()));
      yield* forever(process);
      return 0;
    },
    { namespaces: { pid } },
  );
  const member = machine.start(forever, { namespaces: { pid } });
  machine.sim.runFor(100);
  expect(init.stdout).toBe('no error');
  machine.host.kill(init.process.hostPid, 'TERM');
  machine.sim.runFor(100);
  expect(init.status).toBeUndefined();
  machine.host.kill(init.process.hostPid, 'KILL');
  machine.sim.runFor(100);
  expect(init.status).toEqual({ kind: 'signaled', signal: 'KILL' });
  expect(member.status).toEqual({ kind: 'signaled', signal: 'KILL' });
  expect(machine.host.processes()).toHaveLength(1);
  expect(codeOf(() => machine.start(forever, { namespaces: { pid } }))).toBe('ENOMEM');
});

test('PID 1 can be stopped from above and continued', () => {
  const machine = testMachine();
  const init = machine.start('/bin/sleep', {
    argv: ['sleep', '1'],
    namespaces: { pid: machine.host.createNamespace('pid') },
  });
  machine.host.kill(init.process.hostPid, 'STOP');
  machine.sim.runFor(5000);
  expect(init.status).toBeUndefined();
  machine.host.kill(init.process.hostPid, 'CONT');
  machine.sim.runFor(5000);
  expect(init.status).toEqual({ kind: 'exited', code: 0 });
});

test('PID 1 may handle TERM', () => {
  const machine = testMachine();
  const init = machine.start(
    function* (process) {
      process.setSignalAction('TERM', 'catch');
      yield* process.pause();
      yield* process.write(1, bytes(`got ${process.takeSignals()}`));
      return 5;
    },
    { namespaces: { pid: machine.host.createNamespace('pid') } },
  );
  machine.sim.runFor(100);
  machine.host.kill(init.process.hostPid, 'TERM');
  machine.sim.runFor(100);
  expect(init.stdout).toBe('got TERM');
  expect(init.status).toEqual({ kind: 'exited', code: 5 });
});

test('kill reaches groups, everybody, nobody, and only whom one may', () => {
  const machine = testMachine();
  const outcome = machine.run(function* (process) {
    const first = process.spawn({ path: '/bin/sleep', argv: ['sleep', '100'], processGroup: 0 });
    const second = process.spawn({ path: '/bin/sleep', argv: ['sleep', '100'], processGroup: first });
    process.kill(-first, 'TERM');
    const statuses = [yield* process.waitpid(first), yield* process.waitpid(second)];
    const codes = [codeOf(() => process.kill(999, 0)), codeOf(() => process.kill(-999, 'TERM'))];
    process.setCredentials({ uid: 1000 });
    codes.push(codeOf(() => process.kill(1, 'TERM')));
    yield* process.write(1, bytes(`${statuses.map((each) => each?.status.kind)} ${codes}`));
    return 0;
  });
  expect(outcome.stdout).toBe('signaled,signaled ESRCH,ESRCH,EPERM');
});

test('writing into a pipe that nobody reads: PIPE kills, or EPIPE when it is ignored', () => {
  const machine = testMachine();
  const killed = machine.run(function* (process) {
    const [read, write] = process.pipe();
    process.close(read);
    yield* process.write(write, bytes('x'));
    return 0;
  });
  expect(killed.status).toEqual({ kind: 'signaled', signal: 'PIPE' });
  const told = machine.run(function* (process) {
    process.setSignalAction('PIPE', 'ignore');
    const [read, write] = process.pipe();
    process.close(read);
    yield* process.write(write, bytes('x'));
    return 0;
  });
  expect(told.stderr).toBe('test: Broken pipe\n');
});

test('SIGCHLD can be caught; ignoring it leaves no zombies', () => {
  const machine = testMachine();
  const outcome = machine.run(function* (process) {
    process.setSignalAction('CHLD', 'catch');
    process.spawn({ path: '/bin/false', argv: ['false'] });
    yield* process.pause();
    const caught = process.takeSignals().join();
    yield* process.waitpid(-1);
    process.setSignalAction('CHLD', 'ignore');
    process.spawn({ path: '/bin/false', argv: ['false'] });
    yield* process.sleep(100);
    const left = process.readdir('/proc').filter((entry) => /^\d+$/.test(entry.name)).length;
    yield* process.write(1, bytes(`${caught} ${left}`));
    return 0;
  });
  expect(outcome.stdout).toBe('CHLD 2');
});
