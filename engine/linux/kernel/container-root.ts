import type { ContainerDevice, ContainerRoot, HostBind } from '../host.ts';
import type { Propagation } from '../syscalls.ts';
import { type DirectoryInode, MemoryDirectory } from '../vfs/directory.ts';
import { type FileSystem, Quota } from '../vfs/filesystem.ts';
import { DeviceInode, type Inode } from '../vfs/inode.ts';
import type { LayerStore, LowerDirectory, LowerNode } from '../vfs/lower-tree.ts';
import { type DeferredMounts, inheritPropagation, type Location, MountNamespace, mountsBelow } from '../vfs/mount.ts';
import { locate } from '../vfs/path.ts';
import { machineNodes } from './device-nodes.ts';
import type { Kernel } from './kernel.ts';
import type { IpcNamespace } from './namespaces.ts';
import { containerSharedMemory } from './shared-memory.ts';
import { addSystemMounts, mountOn, mountPoint } from './system-mounts.ts';

/** What runc makes of an image: overlay, /proc, /dev, /sys and the binds. Throws Errno where there is nothing to bind. */
export function containerMounts(
  kernel: Kernel,
  layers: LayerStore,
  container: ContainerRoot,
  binds: readonly HostBind[],
): MountNamespace {
  const bound = binds.map((bind) => source(kernel, bind));
  const fs = kernel.createFileSystem('overlay', new Quota(Number.POSITIVE_INFINITY, kernel.disk));
  const lower = layers.stack(container.layers);
  const root = new ContainerDirectory(fs, lower);
  const namespace = new MountNamespace(kernel.allocateNamespaceInode(), {
    root,
    source: 'overlay',
    readOnly: container.readOnly ?? false,
  });
  const mounts = new ContainerMounts(kernel, namespace, container, bound);
  if (mounts.mayWait(lower)) {
    root.mounts = mounts;
    namespace.defer(mounts);
  } else mounts.make();
  return namespace;
}

/** The root directory of a container: whoever looks for something that is to be mounted finds it mounted. */
class ContainerDirectory extends MemoryDirectory {
  mounts: ContainerMounts | undefined;

  constructor(fs: FileSystem, lower: LowerDirectory) {
    super(fs, lower, lower);
  }

  override lookup(name: string): Inode | undefined {
    if (this.mounts?.areBelow(name)) this.#complete();
    return super.lookup(name);
  }

  override names(): readonly string[] {
    this.#complete();
    return super.names();
  }

  #complete(): void {
    this.mounts?.namespace.complete();
    this.mounts = undefined;
  }
}

interface Bound {
  readonly path: string;
  readonly from: Location;
  readonly readOnly: boolean;
  readonly propagation: Propagation;
  /** Whether it is of one thing, and hears of no other mounts. */
  readonly plain: boolean;
}

const SYSTEM_PATHS = ['/proc', '/dev', '/sys'];

/**
 * The mounts of a container. A process that only sleeps never looks at one of them, as that of every sandbox: they are made
 * when somebody does, and look as if they had been there from the beginning.
 */
class ContainerMounts implements DeferredMounts {
  readonly namespace: MountNamespace;
  readonly roots: readonly Inode[];
  readonly #kernel: Kernel;
  readonly #container: ContainerRoot;
  readonly #bound: readonly Bound[];
  readonly #createdMs: number;

  constructor(kernel: Kernel, namespace: MountNamespace, container: ContainerRoot, bound: readonly Bound[]) {
    this.namespace = namespace;
    this.#kernel = kernel;
    this.#container = container;
    this.#createdMs = kernel.now();
    this.#bound = bound;
    this.roots = bound.map(({ from }) => from.inode);
  }

  /** Whether nothing that happens meanwhile changes what they are, and whoever looks for one comes by its name. */
  mayWait(lower: LowerDirectory): boolean {
    if (this.#container.privileged === true || !this.#bound.every(({ plain }) => plain)) return false;
    return !this.#haveOneAt((path) => !isStraight(lower, path));
  }

  /** Whether this name of the root directory is on the way to one of them. */
  areBelow(name: string): boolean {
    return this.#haveOneAt((path) => isBelow(path, name));
  }

  #haveOneAt(test: (path: string) => boolean): boolean {
    const at = ({ path }: { readonly path: string }): boolean => test(path);
    return SYSTEM_PATHS.some(test) || this.#bound.some(at) || (this.#container.devices?.some(at) ?? false);
  }

  make(): void {
    this.#kernel.asOf(this.#createdMs, () => this.#make());
  }

  #make(): void {
    const { privileged = false, devices = [] } = this.#container;
    addSystemMounts(this.#kernel, this.namespace, !privileged);
    const sharedMemory = containerSharedMemory(this.#kernel, this.#container.ipc as IpcNamespace | undefined);
    mountOn(this.namespace, '/dev/shm', sharedMemory, 'shm', false);
    const nodes = privileged ? machineNodes(this.#kernel) : [];
    for (const device of [...nodes, ...devices]) makeDeviceNode(this.namespace, device);
    // Parents first, whatever the order in which they are listed.
    const inOrder = this.#bound.toSorted((a, b) => depth(a.path) - depth(b.path));
    for (const each of inOrder) mountBound(this.namespace, each);
  }
}

function source(kernel: Kernel, { hostPath, containerPath, readOnly, propagation = 'private' }: HostBind): Bound {
  const from = locate(kernel.init, hostPath);
  return {
    path: normal(containerPath),
    from,
    readOnly: readOnly || from.mount.readOnly,
    propagation,
    plain: propagation === 'private' && mountsBelow(from).length === 0,
  };
}

function mountBound(namespace: MountNamespace, { path, from, readOnly, propagation, plain }: Bound): void {
  const { mount, inode } = from;
  const point = mountPoint(namespace, path, inode);
  const options = { root: inode, point, path, source: mount.source, remote: mount.remote, readOnly };
  if (plain) namespace.add(options);
  else inheritPropagation(namespace.bind(from, options), mount, propagation);
}

function makeDeviceNode(namespace: MountNamespace, { path, type, deviceNumber, mode }: ContainerDevice): void {
  const slash = path.lastIndexOf('/');
  const directory = mountPoint(namespace, path.slice(0, slash) || '/', namespace.root.inode);
  const { fs } = directory.inode as DirectoryInode;
  const node = new DeviceInode(fs, { mode, uid: 0, gid: 0 }, type, deviceNumber);
  (directory.inode as DirectoryInode).insert(path.slice(slash + 1), node);
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

/** Whether no link of the image leads elsewhere on the way. Dots are not looked at. */
function isStraight(lower: LowerDirectory, path: string): boolean {
  let node: LowerNode | undefined = lower;
  for (let at = 1; node?.kind === 'directory' && at < path.length; ) {
    const slash = path.indexOf('/', at);
    const end = slash < 0 ? path.length : slash;
    const name = path.slice(at, end);
    if (name.startsWith('.')) return false;
    node = node.children.get(name);
    at = end + 1;
  }
  return node?.kind !== 'symlink';
}

/** Whether a normal path begins with this name. */
function isBelow(path: string, name: string): boolean {
  return path.startsWith(name, 1) && (path.length === name.length + 1 || path[name.length + 1] === '/');
}
