import { hasCapability } from '../credentials.ts';
import { Errno } from '../errno.ts';
import type { FileSystemStat, MountOptions } from '../syscalls.ts';
import { deviceFileSystem } from '../vfs/devfs.ts';
import { MemoryDirectory } from '../vfs/directory.ts';
import { type FileSystem, Quota } from '../vfs/filesystem.ts';
import type { Inode } from '../vfs/inode.ts';
import { type LowerNode, lowerDirectory } from '../vfs/lower-tree.ts';
import { inheritPropagation, type Location, type Mount, setPropagation } from '../vfs/mount.ts';
import { locate, lookup } from '../vfs/path.ts';
import type { ControlGroup } from './cgroup.ts';
import type { Kernel, TaskStruct } from './kernel.ts';
import { killForMemory } from './oom.ts';
import { pathOfFound } from './path-calls.ts';
import { procRoot } from './proc/proc.ts';
import { mountRemote } from './remote-mounts.ts';

// Mounts.

const PAGE_BYTES = 4096;

export function mount(task: TaskStruct, options: MountOptions): void {
  requireMounting(task, 'mount');
  const found = lookup(task, options.target);
  const point = found.location;
  if (point === undefined) throw new Errno('ENOENT');
  if (options.type === 'remount') {
    remount(task, point, options);
    return;
  }
  const path = pathOfFound(task, found);
  if (options.type === 'bind') {
    bind(task, point, path, options);
    return;
  }
  if (options.type === 'nfs4') {
    mountRemote(task, point, path, options);
    return;
  }
  const root = fileSystemOf(task, options);
  if (point.inode.type !== 'directory') throw new Errno('ENOTDIR');
  const source = options.source ?? options.type;
  const mounted = task.mountNamespace.add({ root, point, path, readOnly: options.readOnly ?? false, source });
  if (options.propagation !== undefined) setPropagation(mounted, options.propagation);
}

function requireMounting(task: TaskStruct, operation: 'mount' | 'umount'): void {
  if (!hasCapability(task.credentials, 'CAP_SYS_ADMIN')) throw new Errno('EPERM');
  if (task.credentials.confinement !== undefined) task.kernel.security?.requireMount(task, operation);
}

function bind(task: TaskStruct, point: Location, path: string, options: MountOptions): void {
  if (options.source === undefined) throw new Errno('EINVAL');
  const from = locate(task, options.source);
  const { mount: original, inode } = from;
  if ((inode.type === 'directory') !== (point.inode.type === 'directory')) throw new Errno('ENOTDIR');
  const { mountNamespace } = task;
  const wanted = {
    root: inode,
    point,
    path,
    readOnly: options.readOnly ?? original.readOnly,
    source: original.source,
    remote: original.remote,
  };
  const bound = options.recursive ? mountNamespace.bind(from, wanted) : mountNamespace.add(wanted);
  inheritPropagation(bound, original, options.propagation ?? 'shared');
}

function fileSystemOf(task: TaskStruct, options: MountOptions): Inode {
  const { kernel } = task;
  switch (options.type) {
    case 'tmpfs':
      return tmpfsRoot(kernel, options);
    case 'proc':
      return procRoot(kernel, task.pidNamespace);
    case 'sysfs':
      return kernel.sysfs;
    case 'cgroup2':
      return kernel.cgroupfs;
    case 'devtmpfs':
      return deviceFileSystem(kernel.createFileSystem('devtmpfs'));
    default:
      throw new Errno('ENODEV');
  }
}

function remount(task: TaskStruct, point: Location, options: MountOptions): void {
  const { mount: target } = point;
  if (point.inode !== target.root) throw new Errno('EINVAL');
  const targets = options.recursive ? task.mountNamespace.tree(target) : [target];
  for (const each of targets) {
    if (options.readOnly !== undefined) each.readOnly = options.readOnly;
    if (options.propagation !== undefined) setPropagation(each, options.propagation);
  }
  const { quota } = target.root.fs;
  if (options.sizeLimit === undefined || target.root.fs.type !== 'tmpfs') return;
  if (quota.usedBytes > options.sizeLimit) throw new Errno('EINVAL');
  quota.limitBytes = options.sizeLimit;
}

interface TmpfsOptions {
  readonly sizeLimit?: number;
  readonly inodeLimit?: number;
  readonly mode?: number;
}

const NOTHING: ReadonlyMap<string, LowerNode> = new Map();

export function tmpfsRoot(kernel: Kernel, options: TmpfsOptions = {}): MemoryDirectory {
  return MemoryDirectory.root(tmpfs(kernel, options), lowerDirectory(NOTHING, options.mode ?? 0o1777));
}

/** Without a size a tmpfs may take half of the machine's memory. What is in it counts as memory of whoever used it first. */
export function tmpfs(kernel: Kernel, options: TmpfsOptions = {}): FileSystem {
  const size = options.sizeLimit ?? kernel.memoryBytes / 2;
  const inodes = options.inodeLimit ?? Math.ceil(kernel.memoryBytes / 2 / PAGE_BYTES);
  const quota = new Quota(size, undefined, inodes);
  let owner: ControlGroup | undefined;
  quota.onChange = (bytes) => {
    const { current } = kernel;
    if (owner === undefined || owner.removed) {
      owner?.addMemory(-(quota.usedBytes - bytes));
      owner = current?.cgroup ?? kernel.cgroups.root;
      owner.addMemory(quota.usedBytes);
    } else owner.addMemory(bytes);
    if (bytes > 0 && current !== undefined) killForMemory(current);
  };
  return kernel.createFileSystem('tmpfs', quota);
}

export function unmount(task: TaskStruct, target: string): void {
  requireMounting(task, 'umount');
  const location = locate(task, target);
  const { mount: found } = location;
  if (location.inode !== found.root || found.point === undefined) throw new Errno('EINVAL');
  if (task.mountNamespace.isBusy(found) || isInUse(task, found)) throw new Errno('EBUSY');
  task.mountNamespace.remove(found);
}

function isInUse(task: TaskStruct, candidate: Mount): boolean {
  for (const other of task.kernel.tasks) if (other.alive && other.cwd.mount === candidate) return true;
  return false;
}

const UNLIMITED_TYPES: ReadonlySet<string> = new Set(['proc', 'sysfs', 'cgroup2', 'devpts', 'mqueue', 'pipefs']);

/** statfs(2). What fills a part of a disk is limited by the disk. */
export function statfs(task: TaskStruct, path: string): FileSystemStat {
  const { fs } = locate(task, path).inode;
  const { type } = fs;
  if (UNLIMITED_TYPES.has(type)) return { type, totalBytes: 0, usedBytes: 0, totalInodes: 0, usedInodes: 0 };
  let { quota } = fs;
  while (quota.whole !== undefined) quota = quota.whole;
  const { limitBytes, usedBytes, limitInodes, usedInodes } = quota;
  return { type, totalBytes: limitBytes, usedBytes, totalInodes: limitInodes, usedInodes };
}
