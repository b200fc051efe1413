import { expect, test } from 'vitest';
import type { PseudoTerminal } from '../host.ts';
import { bytes, codeOf, type TestMachine, testMachine, text } from '../kernel/test-machine.ts';
import type { Program } from '../syscalls.ts';

interface Screen {
  readonly terminal: PseudoTerminal;
  shown: string;
}

function open({ host }: TestMachine): Screen {
  const terminal = host.openTerminal(80, 24);
  const screen = { terminal, shown: '' };
  terminal.onOutput((data) => {
    screen.shown += text(data);
  });
  return screen;
}

function startOn(machine: TestMachine, { terminal }: Screen, program: Program) {
  return machine.start(program, {
    files: { 0: terminal.slave, 1: terminal.slave, 2: terminal.slave },
    terminal: terminal.slave,
  });
}

/** Writes down each line that it reads, and the end. */
function recorder(lines: string[]): Program {
  return function* (process) {
    for (;;) {
      const data = yield* process.read(0);
      lines.push(data.length === 0 ? '<end>' : text(data));
      if (data.length === 0) return 0;
    }
  };
}

test('cooked mode: echo, editing, lines, end of file', () => {
  const machine = testMachine();
  const screen = open(machine);
  const lines: string[] = [];
  startOn(machine, screen, recorder(lines));
  screen.terminal.input(bytes('helo\x7flo\r'));
  screen.terminal.input(bytes('two words\x17line\r'));
  screen.terminal.input(bytes('all wrong\x15ok\r'));
  screen.terminal.input(bytes('é\x7fe\r'));
  screen.terminal.input(bytes('part\x04'));
  machine.sim.runFor(10);
  expect(lines).toEqual(['hello\n', 'two line\n', 'ok\n', 'e\n', 'part']);
  screen.terminal.input(bytes('\x04'));
  machine.sim.runFor(10);
  expect(lines.at(-1)).toBe('<end>');
  expect(screen.shown.startsWith('helo\b \blo\r\ntwo words')).toBe(true);
});

test('output: NL becomes CR NL', () => {
  const machine = testMachine();
  const screen = open(machine);
  startOn(machine, screen, function* (process) {
    yield* process.write(1, bytes('a\nb\r\nc\r'));
    yield* process.write(1, bytes('\n'));
    return 0;
  });
  machine.sim.runFor(10);
  expect(screen.shown).toBe('a\r\nb\r\nc\r\n');
});

test('raw mode passes everything on as it is typed', () => {
  const machine = testMachine();
  const screen = open(machine);
  const seen: string[] = [];
  startOn(machine, screen, function* (process) {
    process.setTerminalMode(0, 'raw');
    for (;;) seen.push(text(yield* process.read(0)));
  });
  machine.sim.runFor(10);
  screen.terminal.input(bytes('a\x03\r'));
  machine.sim.runFor(10);
  expect(seen).toEqual(['a\x03\r']);
  expect(screen.shown).toBe('');
});

test('Ctrl-C goes to the foreground group only', () => {
  const machine = testMachine();
  const screen = open(machine);
  const shell = startOn(machine, screen, function* (process) {
    process.setSignalAction('INT', 'catch');
    const background = process.spawn({ path: '/bin/sleep', argv: ['sleep', '100'], processGroup: 0 });
    const job = process.spawn({ path: '/bin/sleep', argv: ['sleep', '100'], processGroup: 0 });
    process.setForegroundGroup(0, job);
    const ended = yield* process.waitpid(job);
    process.setForegroundGroup(0, process.processGroup);
    const running = yield* process.waitpid(background, { noHang: true });
    process.setSignalAction('INT', 'default');
    yield* process.write(1, bytes(`${JSON.stringify(ended?.status)} ${running} ${process.takeSignals().length}`));
    return 0;
  });
  machine.sim.runFor(1000);
  screen.terminal.input(bytes('\x03'));
  machine.sim.runFor(1000);
  expect(screen.shown).toBe('^C{"kind":"signaled","signal":"INT"} undefined 0');
  expect(shell.status).toEqual({ kind: 'exited', code: 0 });
});

test('what is typed before Ctrl-C is dropped, what comes after it is read', () => {
  const machine = testMachine();
  const screen = open(machine);
  const lines: string[] = [];
  startOn(machine, screen, function* (process) {
    process.setSignalAction('INT', 'ignore');
    return yield* recorder(lines)(process);
  });
  machine.sim.runFor(10);
  screen.terminal.input(bytes('half a line'));
  screen.terminal.input(bytes('gone\rhalf\x03next\r'));
  machine.sim.runFor(10);
  expect(lines).toEqual(['next\n']);
});

test('Ctrl-Z stops the job, which its shell can continue', () => {
  const machine = testMachine();
  const screen = open(machine);
  startOn(machine, screen, function* (process) {
    const job = process.spawn({ path: '/bin/sleep', argv: ['sleep', '5'], processGroup: 0 });
    process.setForegroundGroup(0, job);
    const stopped = yield* process.waitpid(job, { stopped: true });
    process.kill(-job, 'CONT');
    const ended = yield* process.waitpid(job, { stopped: true });
    process.setForegroundGroup(0, process.processGroup);
    yield* process.write(1, bytes(`${stopped?.status.kind} ${ended?.status.kind}`));
    return 0;
  });
  machine.sim.runFor(1000);
  screen.terminal.input(bytes('\x1a'));
  machine.sim.runFor(10_000);
  expect(screen.shown).toBe('^Zstopped exited');
});

test('a background process that reads from the terminal is stopped', () => {
  const machine = testMachine();
  const screen = open(machine);
  startOn(machine, screen, function* (process) {
    const job = process.spawn({ path: '/bin/cat', argv: ['cat'], processGroup: 0 });
    const stopped = yield* process.waitpid(job, { stopped: true });
    yield* process.write(1, bytes(JSON.stringify(stopped?.status)));
    return 0;
  });
  machine.sim.runFor(1000);
  expect(screen.shown).toBe('{"kind":"stopped","signal":"TTIN"}');
});

test('the window size, and WINCH when it changes', () => {
  const machine = testMachine();
  const screen = open(machine);
  startOn(machine, screen, function* (process) {
    process.setSignalAction('WINCH', 'catch');
    yield* process.pause();
    const { columns, rows } = process.windowSize(1);
    yield* process.write(
      1,
      bytes(
        `${process.takeSignals()} ${columns}x${rows} ${process.isTerminal(0)} ${codeOf(() => process.windowSize(9))}`,
      ),
    );
    return 0;
  });
  machine.sim.runFor(10);
  screen.terminal.resize(100, 30);
  machine.sim.runFor(10);
  expect(screen.shown).toBe('WINCH 100x30 true EBADF');
});

test('hanging up ends the session', () => {
  const machine = testMachine();
  const screen = open(machine);
  const job = startOn(machine, screen, function* (process) {
    yield* process.sleep(100_000);
    return 0;
  });
  machine.sim.runFor(10);
  screen.terminal.hangUp();
  machine.sim.runFor(10);
  expect(job.status).toEqual({ kind: 'signaled', signal: 'HUP' });
  expect(codeOf(() => machine.host.root.stat('/dev/pts/0'))).toBe('ENOENT');
});

test('/dev/tty is the terminal of the session, /dev/pts/0 its name', () => {
  const machine = testMachine();
  const screen = open(machine);
  startOn(machine, screen, function* (process) {
    const fd = process.open('/dev/tty', { write: true });
    yield* process.write(fd, bytes(`${process.readlink('/proc/self/fd/0')} ${process.stat('/dev/pts/0').type}`));
    return 0;
  });
  machine.sim.runFor(10);
  expect(screen.shown).toBe('/dev/pts/0 character');
});

test('a paste of ten megabytes is bounded', () => {
  const machine = testMachine();
  const screen = open(machine);
  let received = 0;
  const job = startOn(machine, screen, function* (process) {
    yield* process.sleep(1000);
    for (;;) received += (yield* process.read(0)).length;
  });
  machine.sim.runFor(10);
  screen.terminal.input(new Uint8Array(10 * 2 ** 20).fill(0x61));
  screen.terminal.input(bytes(`\r${'line\r'.repeat(2 * 2 ** 20)}`));
  machine.sim.runFor(60_000);
  expect(received).toBeLessThanOrEqual(2 ** 20 + 4096);
  expect(received).toBeGreaterThan(2 ** 19);
  screen.terminal.input(bytes('\x03'));
  machine.sim.runFor(10);
  expect(job.status).toEqual({ kind: 'signaled', signal: 'INT' });
});
