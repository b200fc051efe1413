import type { ContainerRoot, HostBind } from '../host.ts';
import { deviceFileSystem } from '../vfs/devfs.ts';
import { DirectoryInode, MemoryDirectory } from '../vfs/directory.ts';
import { Quota } from '../vfs/filesystem.ts';
import { type Inode, RegularInode } from '../vfs/inode.ts';
import type { LayerStore } from '../vfs/lower-tree.ts';
import { type Location, type Mount, MountNamespace } from '../vfs/mount.ts';
import { locate, lookup, type PathContext } from '../vfs/path.ts';
import type { Kernel } from './kernel.ts';
import { tmpfsRoot } from './mount-calls.ts';

const ROOT = { uid: 0, gid: 0, groups: [] };

/** The machine's own mounts over the root directory of its disk. */
export function hostMounts(kernel: Kernel, disk: Inode): MountNamespace {
  const namespace = new MountNamespace(kernel.allocateNamespaceInode(), rootMount(disk, '/dev/vda1', false));
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
  const namespace = new MountNamespace(
    kernel.allocateNamespaceInode(),
    rootMount(root, 'overlay', container.readOnly ?? false),
  );
  addSystemMounts(kernel, namespace);
  // Parents first, whatever the order in which they are listed.
  for (const bind of [...binds].sort((a, b) => depth(a.containerPath) - depth(b.containerPath))) {
    const { inode, mount } = locate(kernel.init, bind.hostPath);
    mountOn(namespace, bind.containerPath, inode, mount.source, bind.readOnly || mount.readOnly);
  }
  return namespace;
}

function rootMount(root: Inode, source: string, readOnly: boolean): Mount {
  return { root, point: undefined, path: '/', readOnly, source };
}

function addSystemMounts(kernel: Kernel, namespace: MountNamespace): void {
  mountOn(namespace, '/proc', kernel.proc, 'proc', false);
  mountOn(namespace, '/dev', deviceFileSystem(kernel.createFileSystem('tmpfs'), kernel.terminals), 'tmpfs', false);
  mountOn(namespace, '/sys', kernel.sysfs, 'sysfs', true);
}

function depth(path: string): number {
  return path.split('/').filter((name) => name !== '').length;
}

/** Mounts on a path of the namespace, making the mount point if need be as runc does. */
function mountOn(namespace: MountNamespace, path: string, root: Inode, source: string, readOnly: boolean): void {
  const context: PathContext = {
    root: namespace.root,
    cwd: namespace.root,
    credentials: ROOT,
    mountNamespace: namespace,
  };
  const point = mountPoint(context, path, root);
  namespace.add({ root, point, path, readOnly, source });
}

function mountPoint(context: PathContext, path: string, root: Inode): Location {
  const names = path.split('/').filter((name) => name !== '');
  let walked = '';
  for (const [index, name] of names.entries()) {
    walked += `/${name}`;
    const { parent, name: last, location } = lookup(context, walked);
    if (location !== undefined) continue;
    const directory = parent.inode as DirectoryInode;
    const isFile = index === names.length - 1 && !(root instanceof DirectoryInode);
    const owner = { mode: 0o755, uid: 0, gid: 0 };
    directory.insert(last, isFile ? new RegularInode(directory.fs, owner) : new MemoryDirectory(directory.fs, owner));
  }
  return locate(context, path);
}
