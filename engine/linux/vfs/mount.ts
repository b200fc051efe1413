import type { Namespace } from '../host.ts';
import type { Propagation } from '../syscalls.ts';
import { DirectoryInode } from './directory.ts';
import type { Inode } from './inode.ts';
import type { WalkedDirectories } from './walked-directories.ts';

/** An inode as it is reached: the same file may be seen through several mounts. */
export interface Location {
  readonly mount: Mount;
  readonly inode: Inode;
}

/** A file system that is reached over the network. */
interface RemoteFileSystem {
  isReachable(): boolean;
}

export interface Mount {
  /** The top of what is mounted; a file for a bind mount of a file. */
  readonly root: Inode;
  /** Where it is mounted; undefined for the root of a namespace and for anonymous mounts (pipes). */
  readonly point: Location | undefined;
  readOnly: boolean;
  /** Where it was mounted, as seen from the namespace's root. */
  readonly path: string;
  /** The directory that a file which is mounted on is in: files do not know. */
  readonly pointDirectory?: Inode | undefined;
  /** First field of /proc/mounts. */
  readonly source: string;
  /** Of what another machine keeps: whether that answers. */
  readonly remote?: RemoteFileSystem | undefined;
  /** Whose tree it is part of; undefined for anonymous mounts. */
  readonly namespace?: MountNamespace;
  /** What is mounted on one of them is mounted on all ("shared"). */
  peers?: PeerGroup | undefined;
  /** What is mounted on one of these is mounted here as well, but not the other way round ("slave"). */
  master?: PeerGroup | undefined;
  /** How many mounts lie on it, or on what is in it. */
  mountsOn: number;
}

type NewMount = Pick<Mount, 'root' | 'path' | 'readOnly' | 'source' | 'remote'> & { readonly point: Location };

/** Mounts that a namespace has had from its beginning, for all that anybody can see, but that are made when somebody looks. */
export interface DeferredMounts {
  /** What is to be mounted: it must not go away meanwhile. */
  readonly roots: readonly Inode[];
  make(): void;
}

/** Mounts among which mount events travel. https://docs.kernel.org/filesystems/sharedsubtree.html */
class PeerGroup {
  readonly members: Set<Mount>;
  /** Most have none. */
  slaves: Set<Mount> | undefined;

  constructor(first: Mount) {
    this.members = new Set([first]);
  }
}

/** Among so many, looking at each is faster than an index and takes no memory. */
const FEW_MOUNTS = 16;

function indexOf(mounts: readonly Mount[]): Map<Inode, Mount[]> {
  const byPoint = new Map<Inode, Mount[]>();
  for (const mount of mounts) index(byPoint, mount);
  return byPoint;
}

function index(byPoint: Map<Inode, Mount[]>, mount: Mount): void {
  if (mount.point === undefined) return;
  const here = byPoint.get(mount.point.inode);
  if (here === undefined) byPoint.set(mount.point.inode, [mount]);
  else here.push(mount);
}

/** Whether one comes by a point on the way from a place up to the root. */
function leadsThrough(place: Location, point: Location): boolean {
  let { mount, inode } = place;
  for (;;) {
    if (inode === point.inode && mount === point.mount) return true;
    if (inode === mount.root) {
      if (mount.point === undefined) return false;
      ({ mount, inode } = mount.point);
    } else if (inode instanceof DirectoryInode && inode.parent !== undefined) inode = inode.parent;
    else return false;
  }
}

/** What a process sees as its file tree. */
export class MountNamespace implements Namespace {
  readonly kind = 'mnt';
  readonly inode: number;
  readonly root: Location;
  /** In the order of mounting. */
  readonly #mounts: Mount[];
  /** Of a namespace with many mounts: by what they are mounted on. */
  #byPoint: Map<Inode, Mount[]> | undefined;
  #deferred: DeferredMounts | undefined;
  /** What path.ts remembers of its ways from the root. */
  walked: WalkedDirectories<Location> | undefined;

  constructor(inode: number, root: Pick<Mount, 'root' | 'readOnly' | 'source'>) {
    this.inode = inode;
    const { root: top, readOnly, source } = root;
    const mount: Mount = { root: top, readOnly, source, point: undefined, path: '/', namespace: this, mountsOn: 0 };
    this.root = { mount, inode: mount.root };
    this.#mounts = [mount];
    root.root.fs.mountCount += 1;
  }

  get mounts(): readonly Mount[] {
    this.complete();
    return this.#mounts;
  }

  defer(deferred: DeferredMounts): void {
    this.#deferred = deferred;
    deferred.roots.forEach(hold);
  }

  /** Makes the mounts that were deferred. */
  complete(): void {
    const deferred = this.#deferred;
    if (deferred === undefined) return;
    this.#deferred = undefined;
    deferred.make();
    deferred.roots.forEach(letGo);
  }

  /** Mounts here, and wherever mounts on that place travel to. */
  add(options: NewMount): Mount {
    this.complete();
    const mount = this.#attach(options);
    const { inode, mount: under } = options.point;
    if (under.peers === undefined) return mount;
    beginGroup(mount);
    for (const { target, slave } of receivers(under)) {
      const path = pathBelow(target, options);
      if (path === undefined) continue;
      const copy = target.namespace!.#attach({ ...options, point: { mount: target, inode }, path });
      if (slave) follow(copy, mount.peers!);
      else join(copy, mount.peers!);
    }
    return mount;
  }

  #attach(options: NewMount): Mount {
    const { point, path } = options;
    const pointDirectory = point.inode instanceof DirectoryInode ? undefined : directoryOf(point.mount, path);
    const { root, readOnly, source, remote } = options;
    // All fields at once: a container has a dozen mounts, and every path goes through them.
    const mount: Mount = {
      root,
      point,
      readOnly,
      path,
      pointDirectory,
      source,
      remote,
      namespace: this,
      peers: undefined,
      master: undefined,
      mountsOn: 0,
    };
    hold(root);
    this.#mounts.push(mount);
    this.walked?.forget((place) => leadsThrough(place, point));
    point.inode.mountsOn += 1;
    point.mount.mountsOn += 1;
    if (this.#byPoint !== undefined) index(this.#byPoint, mount);
    else if (this.#mounts.length > FEW_MOUNTS) this.#byPoint = indexOf(this.#mounts);
    return mount;
  }

  /** Unmounts here, and wherever that travels to. */
  remove(mount: Mount): void {
    const { inode, mount: under } = mount.point!;
    this.#detach(mount);
    for (const { target } of receivers(under)) {
      const copy = target.namespace!.#on(target, inode);
      if (copy !== undefined && copy.root === mount.root) target.namespace!.#detach(copy);
    }
  }

  #detach(mount: Mount): void {
    setPropagation(mount, 'private');
    this.walked?.forget((place) => leadsThrough(place, { mount, inode: mount.root }));
    letGo(mount.root);
    this.#mounts.splice(this.#mounts.indexOf(mount), 1);
    const { inode, mount: under } = mount.point!;
    inode.mountsOn -= 1;
    under.mountsOn -= 1;
    const rest = this.#byPoint?.get(inode)?.filter((other) => other !== mount);
    if (rest?.length === 0) this.#byPoint!.delete(inode);
    else if (rest !== undefined) this.#byPoint!.set(inode, rest);
  }

  /** Whether something is mounted below or on this mount. */
  isBusy(mount: Mount): boolean {
    return mount.mountsOn > 0 && this.#mounts.some((other) => other.point?.mount === mount);
  }

  /** Whether the inode serves as a mount point here, so it must not be removed. */
  isMountPoint(inode: Inode): boolean {
    return inode.mountsOn > 0 && this.#mountsOn(inode).some(({ point }) => point?.inode === inode);
  }

  /** What a place is seen through: the last mount on it, on the last mount on that, and so on; its own mount if there is none. */
  mountAt(mount: Mount, inode: Inode): Mount {
    let top = mount;
    let place = inode;
    for (;;) {
      const next = this.#on(top, place);
      if (next === undefined) return top;
      top = next;
      place = next.root;
    }
  }

  #on(mount: Mount, inode: Inode): Mount | undefined {
    if (inode.mountsOn === 0 || mount.mountsOn === 0) return undefined;
    // Every path goes through here: a loop takes no memory.
    const mounts = this.#mountsOn(inode);
    for (let at = mounts.length - 1; at >= 0; at--) {
      const { point } = mounts[at]!;
      if (point !== undefined && point.inode === inode && point.mount === mount) return mounts[at];
    }
    return undefined;
  }

  /** Those on the inode, and perhaps others. */
  #mountsOn(inode: Inode): readonly Mount[] {
    return this.#byPoint === undefined ? this.#mounts : (this.#byPoint.get(inode) ?? []);
  }

  /** The mount itself and everything mounted on it, directly or not. */
  tree(mount: Mount): Mount[] {
    return [mount, ...this.mounts.filter((other) => other.point?.mount === mount).flatMap((other) => this.tree(other))];
  }

  /** Mounts what is at `from`, and what is mounted below it there, also at `point`: a recursive bind. */
  bind(from: Location, options: NewMount): Mount {
    const below = mountsBelow(from);
    const mount = this.add(options);
    for (const child of below) {
      const { root, source, point, remote } = child;
      const path = pathBelow(mount, child);
      if (path === undefined) continue;
      const there = { mount, inode: point!.inode };
      this.bind({ mount: child, inode: root }, { root, source, remote, readOnly: child.readOnly, path, point: there });
    }
    return mount;
  }

  /** The machine is going down: whoever still runs for a moment changes nothing. */
  freeze(): void {
    for (const mount of this.mounts) mount.readOnly = true;
  }

  /** Nobody is in it any more: gives up what is mounted only here. */
  dissolve(): void {
    this.walked = undefined;
    this.#deferred?.roots.forEach(letGo);
    this.#deferred = undefined;
    for (const mount of this.#mounts.splice(0)) {
      setPropagation(mount, 'private');
      if (mount.point === undefined) mount.root.fs.unmounted();
      else {
        mount.point.inode.mountsOn -= 1;
        mount.point.mount.mountsOn -= 1;
        letGo(mount.root);
      }
    }
    this.#byPoint = undefined;
  }

  /** A namespace with the same mounts, to which nothing travels. `copies` tells each mount's copy. */
  copy(inode: number): { namespace: MountNamespace; copies: ReadonlyMap<Mount, Mount> } {
    const namespace = new MountNamespace(inode, this.root.mount);
    const copies = new Map<Mount, Mount>([[this.root.mount, namespace.root.mount]]);
    for (const mount of this.mounts) {
      if (mount.point === undefined) continue;
      const under = copies.get(mount.point.mount);
      if (under === undefined) continue;
      const { root, path, readOnly, source, remote } = mount;
      const point = { mount: under, inode: mount.point.inode };
      copies.set(mount, namespace.#attach({ root, path, readOnly, source, remote, point }));
    }
    return { namespace, copies };
  }
}

/** A mount needs what it shows. */
function hold(root: Inode): void {
  root.hold();
  root.fs.mountCount += 1;
}

function letGo(root: Inode): void {
  root.release();
  root.fs.unmounted();
}

/** mount --make-private, --make-shared, --make-slave. */
export function setPropagation(mount: Mount, propagation: Propagation): void {
  mount.namespace?.complete();
  if (propagation === 'shared') {
    if (mount.peers === undefined) beginGroup(mount);
    return;
  }
  const former = mount.peers ?? mount.master;
  if (former === undefined) return;
  leave(mount);
  if (propagation === 'slave' && former.members.size > 0) follow(mount, former);
}

/** A bind mount of part of `original` hears of the same mounts as that, as far as `propagation` lets it. */
export function inheritPropagation(mount: Mount, original: Mount, propagation: Propagation): void {
  if (propagation === 'private' || original.peers === undefined) return;
  leave(mount);
  if (propagation === 'shared') join(mount, original.peers);
  else follow(mount, original.peers);
}

function beginGroup(mount: Mount): void {
  mount.peers = new PeerGroup(mount);
}

function join(mount: Mount, group: PeerGroup): void {
  mount.peers = group;
  group.members.add(mount);
}

function follow(mount: Mount, group: PeerGroup): void {
  mount.master = group;
  group.slaves ??= new Set();
  group.slaves.add(mount);
}

function leave(mount: Mount): void {
  mount.peers?.members.delete(mount);
  mount.master?.slaves?.delete(mount);
  mount.peers = undefined;
  mount.master = undefined;
}

/** Where mounts on `mount` travel to. */
function receivers(mount: Mount): { target: Mount; slave: boolean }[] {
  const { peers } = mount;
  const found: { target: Mount; slave: boolean }[] = [];
  if (peers === undefined) return found;
  for (const target of peers.members) if (target !== mount) found.push({ target, slave: false });
  for (const target of peers.slaves ?? []) found.push({ target, slave: true });
  return found;
}

/** What is mounted somewhere below a place. Below a file there is nothing. */
export function mountsBelow({ mount, inode }: Location): readonly Mount[] {
  mount.namespace?.complete();
  if (mount.namespace === undefined || mount.mountsOn === 0 || !(inode instanceof DirectoryInode)) return [];
  return mount.namespace.mounts.filter((other) => other.point?.mount === mount && pathFrom(inode, other) !== undefined);
}

/** What is known of a mount's place: a file that is mounted on does not tell what directory it is in, the path does. */
type Mounted = Pick<Mount, 'path' | 'point' | 'pointDirectory'>;

/** The path of a mount point as it is seen through another mount; undefined when it is not part of what is mounted there. */
function pathBelow(mount: Mount, mounted: Mounted): string | undefined {
  const path = pathFrom(mount.root, mounted);
  if (path === undefined) return undefined;
  return mount.path === '/' ? path : `${mount.path}${path === '/' ? '' : path}`;
}

function pathFrom(top: Inode, { point, path: mountPath, pointDirectory }: Mounted): string | undefined {
  const { inode, mount: under } = point!;
  const isDirectory = inode instanceof DirectoryInode;
  if (inode === top) return '/';
  let path = isDirectory ? '' : mountPath.slice(mountPath.lastIndexOf('/'));
  let current = isDirectory ? inode : (pointDirectory ?? directoryOf(under, mountPath));
  while (current !== top) {
    if (!(current instanceof DirectoryInode) || current.parent === undefined) return undefined;
    path = `/${current.name}${path}`;
    current = current.parent;
  }
  return path === '' ? '/' : path;
}

/** The directory in which something is that is mounted on. */
function directoryOf(under: Mount, path: string): Inode | undefined {
  const below = under.path === '/' ? path : path.slice(under.path.length);
  let current: Inode | undefined = under.root;
  for (const name of below.split('/').slice(1, -1)) {
    current = current instanceof DirectoryInode ? current.lookup(name) : undefined;
  }
  return current;
}
