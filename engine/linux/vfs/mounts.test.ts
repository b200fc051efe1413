import { expect, test } from 'vitest';
import type { Task } from '../../sim/index.ts';
import type { FileTree, Layer } from '../host.ts';
import { codeOf, testMachine, text } from '../kernel/test-machine.ts';
import type { Process } from '../syscalls.ts';

function* idle(process: Process): Task<number> {
  for (;;) yield* process.sleep(3_600_000);
}

const BASE: Layer = {
  tree: {
    '/etc/motd': { text: 'base\n' },
    '/etc/hosts': { text: 'base hosts\n' },
    '/usr/share/doc/readme': { text: 'read me\n' },
    '/data': { directory: true, mode: 0o755, uid: 1000, gid: 1000 },
  },
};

const APP: Layer = { tree: { '/etc/motd': { text: 'app\n' }, '/usr/share/.wh.doc': { text: '' } } };

test('a container sees its layers merged, and writes only to its own', () => {
  const { host, start } = testMachine();
  const [one, two] = [1, 2].map(
    () => start(idle, { namespaces: { mnt: host.createContainerRoot({ layers: [BASE, APP] }, []) } }).process,
  ) as [Process, Process];
  expect(text(one.readFile('/etc/motd'))).toBe('app\n');
  expect(text(one.readFile('/etc/hosts'))).toBe('base hosts\n');
  expect(one.readdir('/usr/share')).toEqual([]);
  expect(one.stat('/data')).toMatchObject({ uid: 1000, gid: 1000 });
  one.writeFile('/etc/motd', 'changed\n', { append: true });
  one.unlink('/etc/hosts');
  one.chmod('/data', 0o700);
  one.writeFile('/etc/new', '');
  expect(text(one.readFile('/etc/motd'))).toBe('app\nchanged\n');
  expect(one.readdir('/etc').map(({ name }) => name)).toEqual(['motd', 'new']);
  expect(two.readdir('/etc').map(({ name }) => name)).toEqual(['hosts', 'motd']);
  expect(text(two.readFile('/etc/motd'))).toBe('app\n');
  expect(two.stat('/data').mode).toBe(0o755);
  one.writeFile('/etc/hosts', 'again\n');
  expect(text(one.readFile('/etc/hosts'))).toBe('again\n');
});

test('a removed directory of a layer comes back empty', () => {
  const { host, start } = testMachine();
  const { process } = start(idle, { namespaces: { mnt: host.createContainerRoot({ layers: [BASE] }, []) } });
  process.unlink('/usr/share/doc/readme');
  process.rmdir('/usr/share/doc');
  process.mkdir('/usr/share/doc');
  expect(process.readdir('/usr/share/doc')).toEqual([]);
});

test('starting a container does not copy the image', () => {
  const tree: Record<string, FileTree[string]> = {};
  for (let i = 0; i < 20_000; i++) tree[`/usr/lib/${i % 100}/file-${i}`] = { text: 'x' };
  const layer: Layer = { tree };
  const { host } = testMachine();
  const root = host.createContainerRoot({ layers: [layer] }, []);
  expect(host.usageOfContainerRoot(root).inodes).toBeLessThan(100);
});

test('binds bring directories and files of the host, for reading only where asked', () => {
  const { host, start } = testMachine();
  const { root } = host;
  root.mkdir('/srv/volume');
  root.writeFile('/srv/volume/f', 'from the host');
  root.writeFile('/srv/hosts', '127.0.0.1 localhost\n');
  const mnt = host.createContainerRoot({ layers: [BASE] }, [
    { hostPath: '/srv/hosts', containerPath: '/etc/hosts', readOnly: false },
    { hostPath: '/srv/volume', containerPath: '/data/deep/volume', readOnly: true },
  ]);
  const { process } = start(idle, { namespaces: { mnt } });
  expect(text(process.readFile('/data/deep/volume/f'))).toBe('from the host');
  expect(codeOf(() => process.writeFile('/data/deep/volume/f', ''))).toBe('EROFS');
  expect(codeOf(() => process.unlink('/data/deep/volume/f'))).toBe('EROFS');
  expect(process.access('/data/deep/volume/f', 'write')).toBe(false);
  process.writeFile('/etc/hosts', '10.0.0.9 db\n', { append: true });
  expect(text(root.readFile('/srv/hosts'))).toBe('127.0.0.1 localhost\n10.0.0.9 db\n');
  expect(codeOf(() => process.unlink('/etc/hosts'))).toBe('EBUSY');
  process.chdir('/data/deep/volume');
  expect(process.cwd).toBe('/data/deep/volume');
  process.chdir('..');
  expect(process.cwd).toBe('/data/deep');
  expect(
    codeOf(() =>
      host.createContainerRoot({ layers: [] }, [{ hostPath: '/none', containerPath: '/x', readOnly: true }]),
    ),
  ).toBe('ENOENT');
});

test('whoever looks at a container late finds what was there when it was made', () => {
  const { host, sim, start } = testMachine();
  const { root } = host;
  const madeMs = sim.wallMs;
  root.mkdir('/srv/memory');
  root.mount({ type: 'tmpfs', target: '/srv/memory' });
  root.writeFile('/srv/memory/f', 'in memory');
  root.writeFile('/srv/hosts', 'old\n');
  const mnt = host.createContainerRoot({ layers: [BASE] }, [
    { hostPath: '/srv/hosts', containerPath: '/etc/hosts', readOnly: false },
    { hostPath: '/srv/memory', containerPath: '/var/memory', readOnly: false },
  ]);
  const { process } = start(idle, { namespaces: { mnt } });
  sim.runFor(3_600_000);
  root.unlink('/srv/hosts');
  root.writeFile('/srv/hosts', 'new\n');
  root.unmount('/srv/memory');
  expect(process.readdir('/').map(({ name }) => name)).toEqual(['data', 'dev', 'etc', 'proc', 'sys', 'usr', 'var']);
  expect(['/', '/var'].map((path) => process.stat(path).modifiedMs)).toEqual([madeMs, madeMs]);
  expect(text(process.readFile('/etc/hosts'))).toBe('old\n');
  expect(text(process.readFile('/var/memory/f'))).toBe('in memory');
  expect(process.readdir('/dev/pts')).toEqual([]);
});

test('the mounts of a container are told before it has looked at one', () => {
  const { host, start } = testMachine();
  const bind = { hostPath: '/etc/motd', containerPath: '/etc/motd', readOnly: false };
  const { process } = start(idle, { namespaces: { mnt: host.createContainerRoot({ layers: [BASE] }, [bind]) } });
  const lines = text(host.root.readFile(`/proc/${process.pid}/mounts`))
    .trimEnd()
    .split('\n');
  const devices = ['/dev', '/dev/pts', '/dev/mqueue'];
  const system = ['/', '/proc', ...devices, '/sys', '/sys/fs/cgroup', '/proc/sys', '/dev/shm'];
  expect(lines.map((line) => line.split(' ')[1])).toEqual([...system, '/etc/motd']);
});

test('links of an image lead to what is bound behind them', () => {
  const { host, start } = testMachine();
  host.root.writeFile('/srv/token', 'secret');
  const image: Layer = { tree: { '/var/run': { symlink: '/run' }, '/lib': { symlink: 'usr/lib' } } };
  const mnt = host.createContainerRoot({ layers: [image] }, [
    { hostPath: '/srv/token', containerPath: '/var/run/secrets/token', readOnly: true },
  ]);
  const { process } = start(idle, { namespaces: { mnt } });
  expect(text(process.readFile('/run/secrets/token'))).toBe('secret');
});

test('a read-only root, with a writable volume on it', () => {
  const { host, start } = testMachine();
  host.root.mkdir('/srv/volume');
  const mnt = host.createContainerRoot({ layers: [BASE], readOnly: true }, [
    { hostPath: '/srv/volume', containerPath: '/data', readOnly: false },
  ]);
  const { process } = start(idle, { namespaces: { mnt } });
  expect(codeOf(() => process.writeFile('/etc/motd', ''))).toBe('EROFS');
  expect(codeOf(() => process.mkdir('/x'))).toBe('EROFS');
  expect(codeOf(() => process.chmod('/etc/motd', 0))).toBe('EROFS');
  process.writeFile('/data/f', 'x');
  expect(text(host.root.readFile('/srv/volume/f'))).toBe('x');
});

test('mount and unmount', () => {
  const { root } = testMachine().host;
  root.mkdir('/srv/a');
  root.writeFile('/srv/a/hidden', '');
  root.mount({ type: 'tmpfs', target: '/srv/a', sizeLimit: 900, inodeLimit: 2 });
  expect(root.readdir('/srv/a')).toEqual([]);
  root.writeFile('/srv/a/f', new Uint8Array(500));
  expect(codeOf(() => root.writeFile('/srv/a/g', new Uint8Array(500)))).toBe('ENOSPC');
  // A directory there takes no blocks, so that what fits the limit does not exceed it.
  expect(root.stat('/srv/a').blocks).toBe(0);
  expect(root.statfs('/srv/a')).toMatchObject({ type: 'tmpfs', totalBytes: 900, usedBytes: 500, usedInodes: 2 });
  expect(codeOf(() => root.mkdir('/srv/a/third'))).toBe('ENOSPC');
  root.mkdir('/srv/b');
  root.mount({ type: 'bind', source: '/srv/a', target: '/srv/b', readOnly: true });
  expect(root.stat('/srv/b/f').size).toBe(500);
  expect(codeOf(() => root.unlink('/srv/b/f'))).toBe('EROFS');
  root.chdir('/srv/b');
  expect(codeOf(() => root.unmount('/srv/b'))).toBe('EBUSY');
  root.chdir('/');
  root.unmount('/srv/b');
  root.unmount('/srv/a');
  expect(root.readdir('/srv/a').map(({ name }) => name)).toEqual(['hidden']);
  expect(codeOf(() => root.unmount('/srv/a'))).toBe('EINVAL');
  expect(codeOf(() => root.mount({ type: 'bind', source: '/etc/motd', target: '/srv' }))).toBe('ENOTDIR');
});

test('a symlink of a container cannot lead out of its root', () => {
  const { host, start } = testMachine();
  host.root.writeFile('/etc/only-on-host', '');
  const { process } = start(idle, { namespaces: { mnt: host.createContainerRoot({ layers: [BASE] }, []) } });
  process.symlink('../../../../etc', '/data/up');
  expect(codeOf(() => process.stat('/data/up/only-on-host'))).toBe('ENOENT');
  expect(text(process.readFile('/data/up/motd'))).toBe('base\n');
});

test('the disk is shared by all containers', () => {
  const { host, start } = testMachine({ diskBytes: 10_000 });
  const mnt = host.createContainerRoot({ layers: [BASE] }, []);
  const { process } = start(idle, { namespaces: { mnt } });
  process.writeFile('/data/f', new Uint8Array(6000));
  expect(codeOf(() => host.root.writeFile('/srv/f', new Uint8Array(6000)))).toBe('ENOSPC');
  process.unlink('/data/f');
  host.root.writeFile('/srv/f', new Uint8Array(6000));
  host.root.unlink('/srv/f');
  process.writeFile('/data/f', new Uint8Array(6000));
  host.removeContainerRoot(mnt);
  host.root.writeFile('/srv/f', new Uint8Array(6000));
});

test('mounts travel between shared mounts, to slaves, and not to private ones', () => {
  const { host, start } = testMachine();
  const { root } = host;
  for (const path of ['/srv/shared', '/srv/shared/sub']) root.mkdir(path);
  const bind = { hostPath: '/srv/shared', containerPath: '/data', readOnly: false };
  const inside = (propagation: 'private' | 'slave' | 'shared') =>
    start(idle, {
      namespaces: { mnt: host.createContainerRoot({ layers: [BASE] }, [{ ...bind, propagation }]) },
    }).process;
  const [alone, slave, shared] = [inside('private'), inside('slave'), inside('shared')];
  root.mount({ type: 'tmpfs', target: '/srv/shared/sub' });
  root.writeFile('/srv/shared/sub/f', '');
  const sees = (process: typeof alone) => process.access('/data/sub/f', 'exists');
  expect([sees(alone), sees(slave), sees(shared)]).toEqual([false, true, true]);
  root.unmount('/srv/shared/sub');
  expect([sees(alone), sees(slave), sees(shared)]).toEqual([false, false, false]);
  slave.mount({ type: 'tmpfs', target: '/data/sub' });
  slave.writeFile('/data/sub/f', '');
  expect([root.access('/srv/shared/sub/f', 'exists'), sees(shared)]).toEqual([false, false]);
  shared.mount({ type: 'tmpfs', target: '/data/sub' });
  shared.writeFile('/data/sub/f', '');
  expect([root.access('/srv/shared/sub/f', 'exists'), sees(alone)]).toEqual([true, false]);
});

test('a container sees what was mounted below a bind before it began', () => {
  const { host, start } = testMachine();
  host.root.mkdir('/srv/volume');
  host.root.mkdir('/srv/volume/sub');
  host.root.mount({ type: 'tmpfs', target: '/srv/volume/sub' });
  host.root.writeFile('/srv/volume/sub/f', 'x');
  const mnt = host.createContainerRoot({ layers: [BASE] }, [
    { hostPath: '/srv/volume', containerPath: '/data', readOnly: false },
  ]);
  expect(text(start(idle, { namespaces: { mnt } }).process.readFile('/data/sub/f'))).toBe('x');
});

test('a mount namespace of its own keeps its mounts to itself', () => {
  const { host, start } = testMachine();
  const { process } = start(idle);
  process.unshare(['mnt']);
  process.mount({ type: 'tmpfs', target: '/srv' });
  process.writeFile('/srv/f', '');
  expect(host.root.access('/srv/f', 'exists')).toBe(false);
  process.mount({ type: 'remount', target: '/srv', readOnly: true });
  expect(codeOf(() => process.writeFile('/srv/g', ''))).toBe('EROFS');
});
