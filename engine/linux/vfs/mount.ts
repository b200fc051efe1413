import type { Namespace } from '../host.ts';
import type { Inode } from './inode.ts';

/** An inode as it is reached: the same file may be seen through several mounts. */
export interface Location {
  readonly mount: Mount;
  readonly inode: Inode;
}

export interface Mount {
  /** The top of what is mounted; a file for a bind mount of a file. */
  readonly root: Inode;
  /** Where it is mounted; undefined for the root of a namespace and for anonymous mounts (pipes). */
  readonly point: Location | undefined;
  readonly readOnly: boolean;
  /** Where it was mounted, as seen from the namespace's root. */
  readonly path: string;
  /** First field of /proc/mounts. */
  readonly source: string;
}

/** What a process sees as its file tree. */
export class MountNamespace implements Namespace {
  readonly kind = 'mnt';
  readonly inode: number;
  readonly root: Location;
  /** In the order of mounting. */
  readonly #mounts: Mount[];
  readonly #byPoint = new Map<Inode, Mount[]>();

  constructor(inode: number, root: Mount) {
    this.inode = inode;
    this.root = { mount: root, inode: root.root };
    this.#mounts = [root];
  }

  get mounts(): readonly Mount[] {
    return this.#mounts;
  }

  add(mount: Mount): void {
    mount.root.hold();
    this.#mounts.push(mount);
    const inode = mount.point!.inode;
    const here = this.#byPoint.get(inode);
    if (here === undefined) this.#byPoint.set(inode, [mount]);
    else here.push(mount);
  }

  remove(mount: Mount): void {
    mount.root.release();
    this.#mounts.splice(this.#mounts.indexOf(mount), 1);
    const inode = mount.point!.inode;
    const rest = this.#byPoint.get(inode)!.filter((other) => other !== mount);
    if (rest.length === 0) this.#byPoint.delete(inode);
    else this.#byPoint.set(inode, rest);
  }

  /** Nobody looks at the tree any more: what was mounted only here is free. */
  dispose(): void {
    for (const { root } of this.#mounts.slice(1)) root.release();
  }

  /** Whether something is mounted below or on this mount. */
  isBusy(mount: Mount): boolean {
    return this.#mounts.some((other) => other.point?.mount === mount);
  }

  /** Whether the inode serves as a mount point here, so it must not be removed. */
  isMountPoint(inode: Inode): boolean {
    return this.#byPoint.has(inode);
  }

  /** From a mount point to the root of what is mounted on it, if anything is. */
  descend(location: Location): Location {
    let current = location;
    for (;;) {
      const mount = this.#byPoint.get(current.inode)?.findLast((candidate) => candidate.point!.mount === current.mount);
      if (mount === undefined) return current;
      current = { mount, inode: mount.root };
    }
  }
}
