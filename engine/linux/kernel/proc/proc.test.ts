import { expect, test } from 'vitest';
import { bytes, codeOf, testMachine, text } from '../test-machine.ts';

test('a process finds itself under /proc', () => {
  const outcome = testMachine().run(
    function* (process) {
      process.chdir('/etc');
      const lines = [
        process.readlink('/proc/self'),
        process.readlink('/proc/self/cwd'),
        process.readlink('/proc/self/exe'),
        text(process.readFile('/proc/self/cmdline')).replaceAll('\0', '|'),
        text(process.readFile('/proc/self/environ')).replaceAll('\0', '|'),
        text(process.readFile('/proc/self/comm')).trim(),
        text(process.readFile('/proc/self/cgroup')).trim(),
        text(process.readFile('/proc/self/root/etc/motd')).trim(),
        process.readdir('/proc/self/fd').map(({ name }) => name),
      ];
      yield* process.write(1, bytes(lines.join('\n')));
      return 0;
    },
    { argv: ['/usr/bin/tester', '-v'], env: { A: '1' } },
  );
  expect(outcome.stdout.split('\n')).toEqual([
    '2',
    '/etc',
    '/usr/bin/tester',
    '/usr/bin/tester|-v|',
    'A=1|',
    'tester',
    '0::/',
    'welcome',
    '0,1,2',
  ]);
});

test('only members of the namespace are listed, with pids of the namespace', () => {
  const machine = testMachine();
  machine.start('/bin/sleep', { argv: ['sleep', '1000'] });
  const inside = machine.run(
    function* (process) {
      const pids = process.readdir('/proc').flatMap(({ name }) => (/^\d+$/.test(name) ? [name] : []));
      yield* process.write(
        1,
        bytes(`${pids} ${process.readlink('/proc/self')} ${codeOf(() => process.stat('/proc/3'))}`),
      );
      return 0;
    },
    { namespaces: { pid: machine.host.createNamespace('pid') } },
  );
  expect(inside.stdout).toBe('1 1 ENOENT');
});

test('descriptors can be opened again through /proc/self/fd and /dev/stdout', () => {
  const outcome = testMachine().run(function* (process) {
    const again = process.open('/dev/stdout', { write: true });
    yield* process.write(again, bytes('to the sink;'));
    const [read, write] = process.pipe();
    const other = process.open(`/proc/self/fd/${write}`, { write: true });
    yield* process.write(other, bytes('through the pipe'));
    yield* process.write(1, yield* process.read(read));
    yield* process.write(1, bytes(` ${process.readlink(`/proc/self/fd/${read}`).replace(/\d+/, 'N')}`));
    return 0;
  });
  expect(outcome.stdout).toBe('to the sink;through the pipe pipe:[N]');
});

test('facts about the machine', () => {
  const machine = testMachine();
  machine.sim.runFor(5000);
  const read = (path: string) => text(machine.host.root.readFile(path));
  expect(read('/proc/uptime')).toMatch(/^5\.00 /);
  expect(read('/proc/meminfo')).toContain('MemTotal:        1048576 kB\n');
  expect(read('/proc/cpuinfo').match(/^processor/gm)).toHaveLength(2);
  expect(read('/proc/mounts')).toContain('tmpfs /tmp tmpfs rw,relatime,size=524288k 0 0\n');
  expect(read('/proc/sys/kernel/hostname')).toBe('node-1\n');
  machine.host.root.writeFile('/proc/sys/kernel/hostname', 'renamed\n');
  expect(machine.host.root.hostname).toBe('renamed');
  expect(read('/proc/version')).toMatch(/^Linux version /);
});

test('a read-only file of /proc cannot be written, and /proc/<pid> is gone with its process', () => {
  const machine = testMachine();
  const { root } = machine.host;
  expect(codeOf(() => root.writeFile('/proc/uptime', '0'))).toBe('EACCES');
  expect(codeOf(() => root.mkdir('/proc/x'))).toBe('EPERM');
  const { process } = machine.run('/bin/false', { argv: ['false'] });
  expect(codeOf(() => root.stat(`/proc/${process.hostPid}`))).toBe('ENOENT');
});
