import type { ContainerDevice, ContainerRoot, HostBind } from '../host.ts';
import { deviceFileSystem } from '../vfs/devfs.ts';
import { DirectoryInode, MemoryDirectory } from '../vfs/directory.ts';
import { Quota } from '../vfs/filesystem.ts';
import { DeviceInode, type Inode, RegularInode } from '../vfs/inode.ts';
import type { LayerStore } from '../vfs/lower-tree.ts';
import { inheritPropagation, type Location, MountNamespace, setPropagation } from '../vfs/mount.ts';
import { locate, reach } from '../vfs/path.ts';
import { machineNodes } from './device-nodes.ts';
import type { Kernel } from './kernel.ts';
import { tmpfs, tmpfsRoot } from './mount-calls.ts';

const ROOT = { uid: 0, gid: 0, groups: [] };
/** What runc gives a container's /dev. */
const CONTAINER_DEV_BYTES = 64 * 1024 * 1024;
/** Of mount points that are made. */
const OWNER = { mode: 0o755, uid: 0, gid: 0 };

/** The machine's own mounts over the root directory of its disk. */
export function hostMounts(kernel: Kernel, disk: Inode): MountNamespace {
  const namespace = new MountNamespace(kernel.allocateNamespaceInode(), {
    root: disk,
    source: '/dev/vda1',
    readOnly: false,
  });
  // As systemd has it.
  setPropagation(namespace.root.mount, 'shared');
  addSystemMounts(kernel, namespace);
  mountOn(namespace, '/tmp', tmpfsRoot(kernel), 'tmpfs', false);
  mountOn(namespace, '/run', tmpfsRoot(kernel), 'tmpfs', false);
  return namespace;
}

/** What runc makes of an image: overlay, /proc, /dev, /sys and the binds. */
export function containerMounts(
  kernel: Kernel,
  layers: LayerStore,
  container: ContainerRoot,
  binds: readonly HostBind[],
): MountNamespace {
  const fs = kernel.createFileSystem('overlay', new Quota(Number.POSITIVE_INFINITY, kernel.disk));
  const root = MemoryDirectory.root(fs, layers.stack(container.layers));
  const namespace = new MountNamespace(kernel.allocateNamespaceInode(), {
    root,
    source: 'overlay',
    readOnly: container.readOnly ?? false,
  });
  addSystemMounts(kernel, namespace, container.privileged !== true);
  const nodes = container.privileged === true ? machineNodes(kernel) : [];
  for (const device of [...nodes, ...(container.devices ?? [])]) makeDeviceNode(namespace, device);
  // Parents first, whatever the order in which they are listed.
  const placed = binds.map((bind) => ({ bind, path: normal(bind.containerPath) }));
  for (const { bind, path } of placed.sort((a, b) => depth(a.path) - depth(b.path))) {
    const from = locate(kernel.init, bind.hostPath);
    const { mount, inode } = from;
    const point = mountPoint(namespace, path, inode);
    const options = { root: inode, point, path, source: mount.source, remote: mount.remote };
    const bound = namespace.bind(from, { ...options, readOnly: bind.readOnly || mount.readOnly });
    inheritPropagation(bound, mount, bind.propagation ?? 'private');
  }
  return namespace;
}

function makeDeviceNode(namespace: MountNamespace, { path, type, deviceNumber, mode }: ContainerDevice): void {
  const slash = path.lastIndexOf('/');
  const directory = mountPoint(namespace, path.slice(0, slash) || '/', namespace.root.inode);
  const { fs } = directory.inode as DirectoryInode;
  const node = new DeviceInode(fs, { mode, uid: 0, gid: 0 }, type, deviceNumber);
  (directory.inode as DirectoryInode).insert(path.slice(slash + 1), node);
}

function addSystemMounts(kernel: Kernel, namespace: MountNamespace, contained = false): void {
  mountOn(namespace, '/proc', kernel.proc, 'proc', false);
  const devices = tmpfs(kernel, contained ? { sizeLimit: CONTAINER_DEV_BYTES } : {});
  mountOn(namespace, '/dev', deviceFileSystem(devices, kernel.terminals, !contained), 'tmpfs', false);
  mountOn(namespace, '/sys', kernel.sysfs, 'sysfs', contained);
  mountOn(namespace, '/sys/fs/cgroup', kernel.cgroupfs, 'cgroup', contained);
  if (contained) mountOn(namespace, '/proc/sys', kernel.proc.lookup('sys')!, 'proc', true);
}

/** Without empty names. */
function normal(path: string): string {
  if (path.startsWith('/') && !path.endsWith('/') && !path.includes('//')) return path;
  return `/${path
    .split('/')
    .filter((name) => name !== '')
    .join('/')}`;
}

/** How many names a normal path has. */
function depth(path: string): number {
  let names = 0;
  for (let slash = 0; slash >= 0; slash = path.indexOf('/', slash + 1)) names += 1;
  return names;
}

/** Mounts on a path of the namespace, making the mount point if need be as runc does. */
function mountOn(namespace: MountNamespace, path: string, root: Inode, source: string, readOnly: boolean): void {
  const point = mountPoint(namespace, path, root);
  namespace.add({ root, point, path, readOnly, source });
}

/** What is at a path of the namespace; what is missing is made, as something that `root` can be mounted on. */
function mountPoint(namespace: MountNamespace, path: string, root: Inode): Location {
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
