import { Errno } from '../errno.ts';
import type { MountOptions } from '../syscalls.ts';
import { deviceFileSystem } from '../vfs/devfs.ts';
import { MemoryDirectory } from '../vfs/directory.ts';
import { Quota } from '../vfs/filesystem.ts';
import type { Inode } from '../vfs/inode.ts';
import { lowerDirectory } from '../vfs/lower-tree.ts';
import type { Mount } from '../vfs/mount.ts';
import { locate } from '../vfs/path.ts';
import type { Kernel, TaskStruct } from './kernel.ts';
import { realpath } from './path-calls.ts';
import { procRoot } from './proc/proc.ts';

// Mounts.

/** Without a size a tmpfs may take half of the machine's memory; the simulation's own memory sets a lower bound. */
const DEFAULT_TMPFS_BYTES = 64 * 1024 * 1024;

export function mount(task: TaskStruct, options: MountOptions): void {
  if (task.credentials.uid !== 0) throw new Errno('EPERM');
  const point = locate(task, options.target);
  const { root, source } = mounted(task, options);
  if ((root.type === 'directory') !== (point.inode.type === 'directory')) throw new Errno('ENOTDIR');
  task.mountNamespace.add({
    root,
    point,
    path: realpath(task, options.target),
    readOnly: options.readOnly ?? false,
    source,
  });
}

function mounted(task: TaskStruct, options: MountOptions): { root: Inode; source: string } {
  const { kernel } = task;
  switch (options.type) {
    case 'bind': {
      if (options.source === undefined) throw new Errno('EINVAL');
      const { mount: from, inode } = locate(task, options.source);
      return { root: inode, source: from.source };
    }
    case 'tmpfs':
      return { root: tmpfsRoot(kernel, options.sizeLimit), source: 'tmpfs' };
    case 'proc':
      return { root: procRoot(kernel, task.pidNamespace), source: 'proc' };
    case 'sysfs':
      return { root: kernel.sysfs, source: 'sysfs' };
    case 'devtmpfs':
      return { root: deviceFileSystem(kernel.createFileSystem('devtmpfs'), kernel.terminals), source: 'devtmpfs' };
  }
}

export function tmpfsRoot(kernel: Kernel, sizeLimit = DEFAULT_TMPFS_BYTES): MemoryDirectory {
  const fs = kernel.createFileSystem('tmpfs', new Quota(sizeLimit));
  return MemoryDirectory.root(fs, lowerDirectory(new Map(), 0o1777));
}

export function unmount(task: TaskStruct, target: string): void {
  if (task.credentials.uid !== 0) throw new Errno('EPERM');
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
