import { Errno } from '../errno.ts';
import type { Credentials } from '../syscalls.ts';
import { DirectoryInode } from './directory.ts';
import type { SymlinkInode } from './inode.ts';
import { MagicLink } from './magic-link.ts';
import type { Location, Mount, MountNamespace } from './mount.ts';
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
const SLASH = 47;

/**
 * Walks a path. https://man7.org/linux/man-pages/man7/path_resolution.7.html
 * Throws ENOENT when anything but the last component is missing.
 *
 * Whatever runs on a machine comes through here all the time, so that nothing is allocated on the way but the names.
 */
export function lookup(context: PathContext, path: string, followLast = true): Lookup {
  if (path === '') throw new Errno('ENOENT');
  if (path.length > MAX_PATH_BYTES) throw new Errno('ENAMETOOLONG');
  const { mountNamespace } = context;
  const mustBeDirectory = path.endsWith('/');
  let { mount, inode } = path.startsWith('/') ? context.root : context.cwd;
  let rest = path;
  let start = nameAfter(rest, 0);
  let links = 0;
  let named: Lookup | undefined;
  while (start < rest.length) {
    const slash = rest.indexOf('/', start);
    const end = slash === -1 ? rest.length : slash;
    const name = rest.slice(start, end);
    start = nameAfter(rest, end);
    if (!(inode instanceof DirectoryInode)) throw new Errno('ENOTDIR');
    requireAccess(inode, context.credentials, MAY_EXECUTE);
    requireReachable(mount);
    if (name === '.') continue;
    if (name === '..') {
      ({ mount, inode } = above(context, { mount, inode }));
      continue;
    }
    if (name.length > MAX_NAME_BYTES) throw new Errno('ENAMETOOLONG');
    const isLast = start === rest.length;
    const child = inode.lookup(name);
    if (child === undefined) {
      if (isLast) return { parent: { mount, inode }, name, location: undefined };
      throw new Errno('ENOENT');
    }
    if (child.type === 'symlink' && (!isLast || followLast || mustBeDirectory)) {
      if (++links > MAX_LINKS) throw new Errno('ELOOP');
      if (child instanceof MagicLink) {
        const target = child.follow();
        if (isLast) named = { parent: { mount, inode }, name, location: target };
        ({ mount, inode } = target);
        continue;
      }
      const { target } = child as SymlinkInode;
      if (target.startsWith('/')) ({ mount, inode } = context.root);
      rest = isLast ? target : `${target}/${rest.slice(start)}`;
      start = nameAfter(rest, 0);
      continue;
    }
    const under = mount;
    mount = mountNamespace.mountAt(mount, child);
    const next = mount === under ? child : mount.root;
    if (isLast) named = { parent: { mount: under, inode }, name, location: { mount, inode: next } };
    inode = next;
  }
  if (mustBeDirectory && inode.type !== 'directory') throw new Errno('ENOTDIR');
  if (named !== undefined) return named;
  const location = { mount, inode };
  return { parent: above(context, location), name: '', location };
}

/** Where the next name begins, at or after `index`. */
function nameAfter(path: string, index: number): number {
  let start = index;
  while (path.charCodeAt(start) === SLASH) start += 1;
  return start;
}

/** Throws EIO for what lies on a machine that does not answer, as a soft mount does. */
export function requireReachable(mount: Mount): void {
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
