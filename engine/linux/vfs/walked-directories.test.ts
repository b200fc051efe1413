import { expect, test } from 'vitest';
import { codeOf, testMachine, text } from '../kernel/test-machine.ts';
import type { Process } from '../syscalls.ts';
import { WalkedDirectories } from './walked-directories.ts';

const DEEP = '/srv/one/two/three/four';

/** A machine whose way to DEEP was just walked. */
function walked() {
  const machine = testMachine();
  const { root } = machine.host;
  root.makeDirectories(DEEP);
  root.writeFile(`${DEEP}/file`, 'here');
  expect(text(root.readFile(`${DEEP}/file`))).toBe('here');
  return { ...machine, root };
}

test('the latest sixteen directories are known, the deepest first, as long as nothing was moved', () => {
  const directories = new WalkedDirectories<number>();
  directories.remember({ path: '/a/b/', place: 2, changes: 0 });
  directories.remember({ path: '/a/', place: 1, changes: 0 });
  expect(directories.on('/a/b/c', 0)?.place).toBe(2);
  expect(directories.on('/a/bc', 0)?.place).toBe(1);
  expect(directories.on('/a/b/c', 1)).toBeUndefined();
  directories.remember({ path: '/a/b/', place: 20, changes: 1 });
  expect(directories.on('/a/b/c', 1)?.place).toBe(20);
  for (let place = 3; place < 18; place++) directories.remember({ path: `/${place}/`, place, changes: 1 });
  expect(directories.on('/a/b/c', 1)?.place).toBe(20);
  expect(directories.on('/a/c', 0)).toBeUndefined();
  directories.forget((place) => place === 17);
  expect(directories.on('/17/c', 1)).toBeUndefined();
  expect(directories.on('/16/c', 1)?.place).toBe(16);
});

test('a directory that was moved, removed or replaced is not found under its old path', () => {
  const { root } = walked();
  root.rename('/srv/one/two', '/srv/one/other');
  expect(codeOf(() => root.readFile(`${DEEP}/file`))).toBe('ENOENT');
  expect(text(root.readFile('/srv/one/other/three/four/file'))).toBe('here');
  root.makeDirectories(DEEP);
  expect(codeOf(() => root.readFile(`${DEEP}/file`))).toBe('ENOENT');
  root.writeFile(`${DEEP}/file`, 'new');
  root.removeTree('/srv/one/two');
  expect(codeOf(() => root.writeFile(`${DEEP}/file`, ''))).toBe('ENOENT');
  root.symlink('other', '/srv/one/two');
  expect(text(root.readFile(`${DEEP}/file`))).toBe('here');
  root.unlink('/srv/one/two');
  expect(codeOf(() => root.readFile(`${DEEP}/file`))).toBe('ENOENT');
});

test('what is mounted on the way is seen at once, and what was under it when it is gone', () => {
  const { root } = walked();
  root.mount({ type: 'tmpfs', target: '/srv/one/two' });
  expect(codeOf(() => root.readFile(`${DEEP}/file`))).toBe('ENOENT');
  root.makeDirectories(DEEP);
  root.writeFile(`${DEEP}/file`, 'in memory');
  expect(text(root.readFile(`${DEEP}/file`))).toBe('in memory');
  root.unmount('/srv/one/two');
  expect(text(root.readFile(`${DEEP}/file`))).toBe('here');
});

test('users are kept out by directories that root has walked through', () => {
  const { root, start } = walked();
  const { process: user } = start(
    function* (self: Process) {
      for (;;) yield* self.sleep(3_600_000);
    },
    { credentials: { uid: 1000, gid: 1000, groups: [] } },
  );
  expect(text(user.readFile(`${DEEP}/file`))).toBe('here');
  root.chmod('/srv/one/two', 0o700);
  expect(text(root.readFile(`${DEEP}/file`))).toBe('here');
  expect(codeOf(() => user.readFile(`${DEEP}/file`))).toBe('EACCES');
});

test('a thousand changes anywhere leave every path where walking name by name finds it', () => {
  const { root, sim } = walked();
  const random = sim.random('walks');
  const path = (): string =>
    `/srv/${Array.from({ length: 1 + random.below(6) }, () => 'ab'[random.below(2)]).join('/')}`;
  const inodeAt = (place: string) => (root.access(place, 'exists') ? root.stat(place).inode : 'missing');
  const byName = (whole: string): number | string => {
    const names = whole.slice(1).split('/');
    const last = names.pop()!;
    root.chdir('/');
    const found = names.every((name) => codeOf(() => root.chdir(name)) === 'no error') ? inodeAt(last) : 'missing';
    root.chdir('/'); // What is somebody's working directory cannot be unmounted.
    return found;
  };
  const changes: readonly (() => void)[] = [
    ...[1, 2, 3, 4, 5, 6].map(() => () => root.makeDirectories(path())),
    () => root.rename(path(), path()),
    () => root.removeTree(path()),
    () => root.symlink(path(), path()),
    () => root.mount({ type: 'tmpfs', target: path() }),
    () => root.unmount(path()),
  ];
  for (let turn = 0; turn < 1000; turn++) {
    codeOf(changes[random.below(changes.length)]!);
    for (let look = 0; look < 5; look++) {
      const whole = path();
      expect(inodeAt(whole)).toBe(byName(whole));
    }
  }
});
