import { deviceFileSystem } from '../vfs/devfs.ts';
import { DirectoryInode, MemoryDirectory } from '../vfs/directory.ts';
import { type Inode, RegularInode } from '../vfs/inode.ts';
import { type Location, MountNamespace, setPropagation } from '../vfs/mount.ts';
import { reach } from '../vfs/path.ts';
import type { Kernel } from './kernel.ts';
import { tmpfs, tmpfsRoot } from './mount-calls.ts';
import type { IpcNamespace } from './namespaces.ts';
import { machineSharedMemory } from './shared-memory.ts';

const ROOT = { uid: 0, gid: 0, groups: [] };
/** What runc gives a container's /dev. */
const CONTAINER_DEV_BYTES = 64 * 1024 * 1024;
/** Of mount points that are made. */
const OWNER = { mode: 0o755, uid: 0, gid: 0 };

/** The machine's own mounts over the root directory of its disk. */
export function hostMounts(kernel: Kernel, disk: Inode, ipc: IpcNamespace): MountNamespace {
  const namespace = new MountNamespace(kernel.allocateNamespaceInode(), {
    root: disk,
    source: '/dev/vda1',
    readOnly: false,
  });
  // As systemd has it.
  setPropagation(namespace.root.mount, 'shared');
  addSystemMounts(kernel, namespace);
  mountOn(namespace, '/dev/shm', machineSharedMemory(kernel, ipc), 'tmpfs', false);
  mountOn(namespace, '/tmp', tmpfsRoot(kernel), 'tmpfs', false);
  mountOn(namespace, '/run', tmpfsRoot(kernel), 'tmpfs', false);
  return namespace;
}

/** What every root directory has: /proc, /dev with terminals and message queues, and /sys. */
export function addSystemMounts(kernel: Kernel, namespace: MountNamespace, contained = false): void {
  mountOn(namespace, '/proc', kernel.proc, 'proc', false);
  const devices = tmpfs(kernel, contained ? { sizeLimit: CONTAINER_DEV_BYTES } : {});
  mountOn(namespace, '/dev', deviceFileSystem(devices, !contained), 'tmpfs', false);
  mountOn(namespace, '/dev/pts', kernel.devpts, 'devpts', false);
  mountOn(namespace, '/dev/mqueue', kernel.mqueue, 'mqueue', false);
  mountOn(namespace, '/sys', kernel.sysfs, 'sysfs', contained);
  mountOn(namespace, '/sys/fs/cgroup', kernel.cgroupfs, 'cgroup', contained);
  if (contained) mountOn(namespace, '/proc/sys', kernel.proc.lookup('sys')!, 'proc', true);
}

/** Mounts on a path of the namespace, making the mount point if need be as runc does. */
export function mountOn(namespace: MountNamespace, path: string, root: Inode, source: string, readOnly: boolean): void {
  const point = mountPoint(namespace, path, root);
  namespace.add({ root, point, path, readOnly, source });
}

/** What is at a path of the namespace; what is missing is made, as something that `root` can be mounted on. */
export function mountPoint(namespace: MountNamespace, path: string, root: Inode): Location {
  const context = { root: namespace.root, cwd: namespace.root, credentials: ROOT, mountNamespace: namespace };
  let left = path;
  for (;;) {
    const { parent, name, location, rest } = reach(context, left);
    if (location !== undefined) return location;
    const directory = parent.inode as DirectoryInode;
    const isFile = rest === '' && !(root instanceof DirectoryInode);
    const inode = isFile ? new RegularInode(directory.fs, OWNER) : new MemoryDirectory(directory.fs, OWNER);
    directory.insert(name, inode);
    const place = { mount: parent.mount, inode };
    if (rest === '') return place;
    context.cwd = place;
    left = rest;
  }
}
