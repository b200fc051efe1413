import { expect, test } from 'vitest';
import { bytes, codeOf, testMachine, text } from '../kernel/test-machine.ts';
import type { Process } from '../syscalls.ts';

/** System calls as an ordinary user. */
function asUser(uid: number): { user: Process; root: Process } {
  const machine = testMachine();
  const { process } = machine.start(
    function* (self) {
      for (;;) yield* self.sleep(3_600_000);
    },
    { credentials: { uid, gid: uid, groups: [] } },
  );
  return { user: process, root: machine.host.root };
}

const root = () => testMachine().host.root;

test('files: create, append, truncate, link, rename, remove', () => {
  const process = root();
  process.writeFile('/srv/a', 'one\n');
  process.writeFile('/srv/a', 'two\n', { append: true });
  expect(text(process.readFile('/srv/a'))).toBe('one\ntwo\n');
  process.link('/srv/a', '/srv/b');
  expect(process.stat('/srv/b')).toMatchObject({ links: 2, inode: process.stat('/srv/a').inode, size: 8, mode: 0o644 });
  process.unlink('/srv/a');
  expect(process.stat('/srv/b').links).toBe(1);
  process.rename('/srv/b', '/srv/c');
  process.writeFile('/srv/c', 'x');
  expect(text(process.readFile('/srv/c'))).toBe('x');
  expect(process.readdir('/srv').map(({ name }) => name)).toEqual(['c']);
});

test('directories and their errors', () => {
  const process = root();
  process.mkdir('/srv/d');
  process.mkdir('/srv/d/e/');
  process.writeFile('/srv/d/f', '');
  expect(codeOf(() => process.mkdir('/srv/d'))).toBe('EEXIST');
  expect(codeOf(() => process.mkdir('/srv/x/y'))).toBe('ENOENT');
  expect(codeOf(() => process.rmdir('/srv/d'))).toBe('ENOTEMPTY');
  expect(codeOf(() => process.rmdir('/srv/d/f'))).toBe('ENOTDIR');
  expect(codeOf(() => process.unlink('/srv/d/e'))).toBe('EISDIR');
  expect(codeOf(() => process.readFile('/srv/d'))).toBe('EISDIR');
  expect(codeOf(() => process.readdir('/srv/d/f'))).toBe('ENOTDIR');
  expect(codeOf(() => process.stat('/srv/d/f/'))).toBe('ENOTDIR');
  expect(codeOf(() => process.rename('/srv/d', '/srv/d/e/g'))).toBe('EINVAL');
  expect(codeOf(() => process.rename('/srv/d/f', '/srv/d/e'))).toBe('EISDIR');
  expect(codeOf(() => process.rename('/srv/d', '/proc/d'))).toBe('EXDEV');
  expect(codeOf(() => process.rmdir('/proc'))).toBe('EBUSY');
  expect(codeOf(() => process.rmdir('/srv/.'))).toBe('EINVAL');
  expect(codeOf(() => process.stat(`/${'n'.repeat(256)}`))).toBe('ENAMETOOLONG');
  expect(codeOf(() => process.stat(''))).toBe('ENOENT');
  expect(process.stat('/srv').links).toBe(3);
});

test('the working directory follows the directory, also when it is moved or removed', () => {
  const process = root();
  process.mkdir('/srv/here');
  process.chdir('/srv/here');
  process.rename('/srv/here', '/srv/there');
  expect(process.cwd).toBe('/srv/there');
  process.writeFile('f', 'x');
  expect(process.realpath('../there/./f')).toBe('/srv/there/f');
  process.unlink('f');
  process.rmdir('/srv/there');
  expect(codeOf(() => process.writeFile('f', 'x'))).toBe('ENOENT');
});

test('symbolic links are followed, except where they must not be', () => {
  const process = root();
  process.symlink('/etc', '/srv/link');
  expect(text(process.readFile('/srv/link/motd'))).toBe('welcome\n');
  expect(process.lstat('/srv/link').type).toBe('symlink');
  expect(process.readlink('/srv/link')).toBe('/etc');
  process.symlink('loop', '/srv/loop');
  expect(codeOf(() => process.stat('/srv/loop'))).toBe('ELOOP');
  process.symlink('target', '/srv/dangling');
  expect(codeOf(() => process.readFile('/srv/dangling'))).toBe('ENOENT');
  process.writeFile('/srv/dangling', 'made');
  expect(text(process.readFile('/srv/target'))).toBe('made');
  expect(codeOf(() => process.open('/srv/dangling', { write: true, create: true, exclusive: true }))).toBe('EEXIST');
});

test('a directory of links is swapped in one step, as volumes of configuration are', () => {
  const process = root();
  for (const [version, value] of [
    ['..v1', 'old'],
    ['..v2', 'new'],
  ] as const) {
    process.mkdir(`/srv/${version}`);
    process.writeFile(`/srv/${version}/key`, value);
  }
  process.symlink('..v1', '/srv/..data');
  process.symlink('..data/key', '/srv/key');
  expect(text(process.readFile('/srv/key'))).toBe('old');
  process.symlink('..v2', '/srv/..data_tmp');
  process.rename('/srv/..data_tmp', '/srv/..data');
  expect(text(process.readFile('/srv/key'))).toBe('new');
});

test('permissions bind everybody but root', () => {
  const { user, root: admin } = asUser(1000);
  admin.writeFile('/srv/secret', 's', { mode: 0o600 });
  admin.writeFile('/srv/tool', '#!/bin/echo\n', { mode: 0o755 });
  expect(codeOf(() => user.readFile('/srv/secret'))).toBe('EACCES');
  expect(codeOf(() => user.writeFile('/srv/new', ''))).toBe('EACCES');
  expect(codeOf(() => user.unlink('/srv/tool'))).toBe('EACCES');
  expect(codeOf(() => user.readdir('/root'))).toBe('EACCES');
  expect(codeOf(() => user.chmod('/srv/tool', 0o777))).toBe('EPERM');
  expect(codeOf(() => user.chown('/srv/tool', 1000, 1000))).toBe('EPERM');
  expect(codeOf(() => user.mount({ type: 'tmpfs', target: '/srv' }))).toBe('EPERM');
  expect(['read', 'write', 'execute'].map((mode) => user.access('/srv/tool', mode as 'read'))).toEqual([
    true,
    false,
    true,
  ]);
  admin.chown('/srv/secret', 1000, -1);
  expect(text(user.readFile('/srv/secret'))).toBe('s');
  user.writeFile('/tmp/mine', '');
  expect(user.stat('/tmp/mine')).toMatchObject({ uid: 1000, gid: 1000, mode: 0o644 });
  user.umask(0o077);
  user.mkdir('/tmp/private');
  expect(user.stat('/tmp/private').mode).toBe(0o700);
});

test('in a sticky directory only owners remove', () => {
  const { user, root: admin } = asUser(1000);
  admin.writeFile('/tmp/of-root', '', { mode: 0o666 });
  expect(codeOf(() => user.unlink('/tmp/of-root'))).toBe('EPERM');
  user.writeFile('/tmp/own', '');
  user.unlink('/tmp/own');
});

test('an unlinked file lives as long as it is open, and its space comes back afterwards', () => {
  const machine = testMachine({ diskBytes: 100_000 });
  const { root: process } = machine.host;
  const fd = process.open('/srv/file', { read: true, write: true, create: true });
  const step = process.write(fd, new Uint8Array(80_000)).next();
  expect(step.done).toBe(true);
  process.unlink('/srv/file');
  expect(process.fstat(fd)).toMatchObject({ size: 80_000, links: 0 });
  expect(codeOf(() => process.writeFile('/srv/other', new Uint8Array(80_000)))).toBe('ENOSPC');
  process.close(fd);
  process.writeFile('/srv/other', new Uint8Array(80_000));
});

test('appending line by line is linear, and whoever wants a huge file at once is refused', () => {
  const process = root();
  const fd = process.open('/srv/log', { write: true, create: true, append: true });
  const line = new Uint8Array(100);
  for (let i = 0; i < 100_000; i++) process.write(fd, line).next();
  expect(process.fstat(fd).size).toBe(10_000_000);
  process.truncate(fd, 65 * 2 ** 20);
  expect(process.stat('/srv/log').blocks).toBeLessThan(20_000);
  expect(codeOf(() => process.readFile('/srv/log'))).toBe('EFBIG');
  expect(codeOf(() => process.truncate(fd, 2 ** 50))).toBe('EFBIG');
});

test('seek, sparse writes and truncation', () => {
  const process = root();
  const fd = process.open('/srv/f', { read: true, write: true, create: true });
  process.write(fd, bytes('abc')).next();
  process.seek(fd, 5, 'set');
  process.write(fd, bytes('x')).next();
  expect(text(process.readFile('/srv/f'))).toBe('abc\0\0x');
  process.truncate(fd, 2);
  process.truncate(fd, 4);
  expect(text(process.readFile('/srv/f'))).toBe('ab\0\0');
  expect(process.seek(fd, -1, 'end')).toBe(3);
  expect(codeOf(() => process.seek(fd, -9, 'current'))).toBe('EINVAL');
});

test('devices', () => {
  const process = root();
  const read = (path: string) => process.read(process.open(path, { read: true }), 8).next().value as Uint8Array;
  expect(read('/dev/null')).toHaveLength(0);
  expect([...read('/dev/zero')]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect(read('/dev/urandom')).not.toEqual(read('/dev/urandom'));
  expect(codeOf(() => process.write(process.open('/dev/full', { write: true }), bytes('x')).next())).toBe('ENOSPC');
  expect(codeOf(() => process.open('/dev/tty', { read: true }))).toBe('ENXIO');
  process.mknod('/srv/null', 'character', [1, 3]);
  expect(process.stat('/srv/null')).toMatchObject({ type: 'character', deviceNumber: [1, 3] });
  expect(process.stat('/dev/null').mode).toBe(0o666);
});

test('a directory can be watched', () => {
  const machine = testMachine();
  const { root: process } = machine.host;
  const seen: string[] = [];
  const stop = process.watchDirectory('/srv', (name) => seen.push(name));
  process.writeFile('/srv/a', '1');
  process.rename('/srv/a', '/srv/b');
  machine.sim.runFor(1);
  stop();
  process.unlink('/srv/b');
  machine.sim.runFor(1);
  expect([...new Set(seen)]).toEqual(['a', 'b']);
});

test('whole trees are made and removed, but for what cannot be', () => {
  const { user, root } = asUser(1000);
  root.makeDirectories('/srv/a/b//c/', 0o700);
  root.makeDirectories('/srv/a/b');
  expect(root.stat('/srv/a/b/c')).toMatchObject({ type: 'directory', mode: 0o700 });
  root.symlink('nowhere', '/srv/a/link');
  root.writeFile('/srv/a/b/file', 'x');
  expect(codeOf(() => root.makeDirectories('/srv/a/b/file/d'))).toBe('ENOTDIR');
  expect(codeOf(() => root.makeDirectories('/srv/a/link'))).toBe('EEXIST');
  expect(codeOf(() => user.makeDirectories('/srv/mine'))).toBe('EACCES');
  user.removeTree('/srv/a');
  expect(root.readdir('/srv/a/b').map(({ name }) => name)).toEqual(['c', 'file']);
  root.mount({ type: 'tmpfs', target: '/srv/a/b/c' });
  root.removeTree('/srv/a');
  expect(root.readdir('/srv/a/b').map(({ name }) => name)).toEqual(['c']);
  root.unmount('/srv/a/b/c');
  root.removeTree('/srv/a');
  root.removeTree('/srv/a');
  expect(root.readdir('/srv')).toEqual([]);
});
