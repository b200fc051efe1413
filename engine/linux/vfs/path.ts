import { Errno } from '../errno.ts';
import type { Credentials } from '../syscalls.ts';
import { DirectoryInode } from './directory.ts';
import type { SymlinkInode } from './inode.ts';
import { MagicLink } from './magic-link.ts';
import type { Location, MountNamespace } from './mount.ts';
import { MAY_EXECUTE, requireAccess } from './permission.ts';

/** From where, and as whom, paths are looked up. */
export interface PathContext {
  readonly root: Location;
  readonly cwd: Location;
  readonly credentials: Credentials;
  readonly mountNamespace: MountNamespace;
}

export interface Lookup {
  /** The directory in which the last component was looked for. */
  readonly parent: Location;
  /** The last component; empty for `/`, `.` and `..`. */
  readonly name: string;
  /** What is there, if anything. */
  readonly location: Location | undefined;
}

const MAX_LINKS = 40;
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4096;

/**
 * Walks a path. https://man7.org/linux/man-pages/man7/path_resolution.7.html
 * Throws ENOENT when anything but the last component is missing.
 */
export function lookup(context: PathContext, path: string, followLast = true): Lookup {
  if (path === '') throw new Errno('ENOENT');
  if (path.length > MAX_PATH_BYTES) throw new Errno('ENAMETOOLONG');
  const { mountNamespace } = context;
  const mustBeDirectory = path.endsWith('/');
  const rest: string[] = [];
  push(rest, path);
  let current = path.startsWith('/') ? context.root : context.cwd;
  let links = 0;
  let named: Lookup | undefined;
  while (rest.length > 0) {
    const name = rest.pop()!;
    const directory = current.inode;
    if (!(directory instanceof DirectoryInode)) throw new Errno('ENOTDIR');
    requireAccess(directory, context.credentials, MAY_EXECUTE);
    requireReachable(current);
    named = undefined;
    if (name === '.') continue;
    if (name === '..') {
      current = above(context, current);
      continue;
    }
    if (name.length > MAX_NAME_BYTES) throw new Errno('ENAMETOOLONG');
    const isLast = rest.length === 0;
    const child = directory.lookup(name);
    if (child === undefined) {
      if (isLast) return { parent: current, name, location: undefined };
      throw new Errno('ENOENT');
    }
    if (child.type === 'symlink' && (!isLast || followLast || mustBeDirectory)) {
      if (++links > MAX_LINKS) throw new Errno('ELOOP');
      if (child instanceof MagicLink) {
        const target = child.follow();
        if (isLast) named = { parent: current, name, location: target };
        current = target;
        continue;
      }
      const { target } = child as SymlinkInode;
      push(rest, target);
      if (target.startsWith('/')) current = context.root;
      continue;
    }
    const next = mountNamespace.descend({ mount: current.mount, inode: child });
    if (isLast) named = { parent: current, name, location: next };
    current = next;
  }
  if (mustBeDirectory && current.inode.type !== 'directory') throw new Errno('ENOTDIR');
  return named ?? { parent: above(context, current), name: '', location: current };
}

/** Throws EIO for what lies on a machine that does not answer, as a soft mount does. */
export function requireReachable({ mount }: Location): void {
  if (mount.remote?.isReachable() === false) throw new Errno('EIO');
}

/** The location of a path that must exist. */
export function locate(context: PathContext, path: string, followLast = true): Location {
  const { location } = lookup(context, path, followLast);
  if (location === undefined) throw new Errno('ENOENT');
  return location;
}

/** The absolute path of a directory, as getcwd(3) finds it: by climbing. */
export function pathOf(root: Location, location: Location): string {
  const names: string[] = [];
  let { mount, inode } = location;
  while (!(inode === root.inode && mount === root.mount)) {
    if (inode === mount.root) {
      if (mount.point === undefined) break;
      ({ mount, inode } = mount.point);
      // A file may be a mount point as well; its name is found by the caller, who knows the path.
      continue;
    }
    if (!(inode instanceof DirectoryInode) || inode.parent === undefined) break;
    names.push(inode.name);
    inode = inode.parent;
  }
  return `/${names.reverse().join('/')}`;
}

/** The names of a path, the first on top. */
function push(rest: string[], path: string): void {
  for (let end = path.length; end > 0; ) {
    const slash = path.lastIndexOf('/', end - 1);
    if (slash + 1 < end) rest.push(path.slice(slash + 1, end));
    end = slash;
  }
}

function above(context: PathContext, location: Location): Location {
  let { mount, inode } = location;
  for (;;) {
    if (inode === context.root.inode && mount === context.root.mount) return context.root;
    if (inode !== mount.root) break;
    if (mount.point === undefined) return { mount, inode };
    ({ mount, inode } = mount.point);
  }
  const parent = inode instanceof DirectoryInode ? inode.parent : undefined;
  return { mount, inode: parent ?? inode };
}
