import { hasCapability } from '../credentials.ts';
import { Errno } from '../errno.ts';
import type { Credentials } from '../syscalls.ts';
import { DirectoryInode } from './directory.ts';
import type { Inode, SymlinkInode } from './inode.ts';
import { MagicLink } from './magic-link.ts';
import type { Location, Mount, MountNamespace } from './mount.ts';
import { MAY_EXECUTE, requireAccess } from './permission.ts';
import { WalkedDirectories } from './walked-directories.ts';

/** From where, and as whom, paths are looked up. */
export interface PathContext {
  readonly root: Location;
  readonly cwd: Location;
  readonly credentials: Credentials;
  readonly mountNamespace: MountNamespace;
}

export interface Lookup {
  /** The directory in which the last component was looked for. */
  readonly directory: Inode;
  /** The same as a location. */
  readonly parent: Location;
  /** The last component; empty for `/`, `.` and `..`. */
  readonly name: string;
  /** What is there, if anything. */
  readonly location: Location | undefined;
}

/** How far a path leads. */
export interface Reach extends Lookup {
  /** What comes after `name` where that is missing; empty when it was the last component. */
  readonly rest: string;
  /** Whether the missing name is one that a symbolic link told. */
  readonly dangling: boolean;
}

/** What was found is itself its location, so that most walks allocate nothing else. */
class Found implements Reach {
  readonly #under: Mount;
  readonly directory: Inode;
  readonly name: string;
  readonly mount: Mount;
  /** Undefined where the name is missing. */
  readonly inode: Inode | undefined;
  readonly rest: string;
  readonly dangling: boolean;

  constructor(
    under: Mount,
    directory: Inode,
    name: string,
    mount: Mount,
    inode: Inode | undefined,
    rest = '',
    dangling = false,
  ) {
    this.#under = under;
    this.directory = directory;
    this.name = name;
    this.mount = mount;
    this.inode = inode;
    this.rest = rest;
    this.dangling = dangling;
  }

  get parent(): Location {
    return { mount: this.#under, inode: this.directory };
  }

  get location(): Location | undefined {
    return this.inode === undefined ? undefined : (this as Location);
  }
}

const MAX_LINKS = 40;
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4096;
const SLASH = 47;
/** What is not worth remembering. */
const FEW_STEPS = 2;

/**
 * Walks a path. https://man7.org/linux/man-pages/man7/path_resolution.7.html
 * Throws ENOENT when anything but the last component is missing.
 */
export function lookup(context: PathContext, path: string, followLast = true): Lookup {
  const found = reach(context, path, followLast);
  if (found.rest !== '') throw new Errno('ENOENT');
  return found;
}

/**
 * Walks a path as far as there is something, for those who make what is missing. Throws Errno for anything else.
 *
 * Whatever runs on a machine comes through here all the time, so that nothing is allocated on the way but the names.
 */
export function reach(context: PathContext, path: string, followLast = true): Reach {
  if (path === '') throw new Errno('ENOENT');
  if (path.length > MAX_PATH_BYTES) throw new Errno('ENAMETOOLONG');
  const { mountNamespace } = context;
  const mustBeDirectory = path.endsWith('/');
  const absolute = path.startsWith('/');
  const walked = absolute ? walkedOn(context, path) : undefined;
  /** Whether it has gone straight down: no links, no dots. */
  let straight = absolute;
  let { mount, inode } = walked?.place ?? (absolute ? context.root : context.cwd);
  let text = path;
  let start = nameAfter(text, walked?.path.length ?? 0);
  let steps = 0;
  let links = 0;
  /** How much of the text's end was there from the beginning: what comes before is a link's. */
  let own = text.length;
  let named: Reach | undefined;
  while (start < text.length) {
    const from = start;
    const slash = text.indexOf('/', start);
    const end = slash === -1 ? text.length : slash;
    const name = text.slice(start, end);
    start = nameAfter(text, end);
    if (!(inode instanceof DirectoryInode)) throw new Errno('ENOTDIR');
    requireAccess(inode, context.credentials, MAY_EXECUTE);
    requireReachable(mount);
    steps += 1;
    if (name === '.') continue;
    if (name === '..') {
      straight = false;
      ({ mount, inode } = above(context, { mount, inode }));
      continue;
    }
    if (name.length > MAX_NAME_BYTES) throw new Errno('ENAMETOOLONG');
    const isLast = start === text.length;
    const child = inode.lookup(name);
    if (straight && steps > FEW_STEPS && (isLast || child === undefined)) {
      rememberWalk(context, path.slice(0, from), { mount, inode });
    }
    if (child === undefined) {
      const rest = isLast ? '' : text.slice(start);
      return new Found(mount, inode, name, mount, undefined, rest, text.length - from > own);
    }
    if (child.type === 'symlink' && (!isLast || followLast || mustBeDirectory)) {
      if (++links > MAX_LINKS) throw new Errno('ELOOP');
      straight = false;
      if (child instanceof MagicLink) {
        const target = child.follow();
        if (isLast) named = new Found(mount, inode, name, target.mount, target.inode);
        ({ mount, inode } = target);
        continue;
      }
      const { target } = child as SymlinkInode;
      if (target.startsWith('/')) ({ mount, inode } = context.root);
      own = Math.min(own, text.length - start);
      text = isLast ? target : `${target}/${text.slice(start)}`;
      start = nameAfter(text, 0);
      continue;
    }
    const under = mount;
    mount = mountNamespace.mountAt(mount, child);
    const next = mount === under ? child : mount.root;
    if (isLast) named = new Found(under, inode, name, mount, next);
    inode = next;
  }
  if (mustBeDirectory && inode.type !== 'directory') throw new Errno('ENOTDIR');
  if (named !== undefined) return named;
  const parent = above(context, { mount, inode });
  return new Found(parent.mount, parent.inode, '', mount, inode);
}

// Directories that were walked to are remembered for those whom no directory keeps out, from the root of the namespace.

function walkedOn(context: PathContext, path: string) {
  const { walked, root } = context.mountNamespace;
  if (walked === undefined || !mayRemember(context)) return undefined;
  const found = walked.on(path, root.inode.fs.names.changes);
  return found === undefined || found.place.inode.links === 0 ? undefined : found;
}

/** The path leads straight there. What other machines keep changes unnoticed. */
function rememberWalk(context: PathContext, path: string, place: Location): void {
  const { mountNamespace } = context;
  if (!mayRemember(context) || (place.inode as DirectoryInode).generated) return;
  for (let on: Mount | undefined = place.mount; on; on = on.point?.mount) if (on.remote !== undefined) return;
  mountNamespace.walked ??= new WalkedDirectories();
  mountNamespace.walked.remember({ path, place, changes: mountNamespace.root.inode.fs.names.changes });
}

function mayRemember({ root, mountNamespace, credentials }: PathContext): boolean {
  return root === mountNamespace.root && hasCapability(credentials, 'CAP_DAC_OVERRIDE');
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
  if (path === '/') return context.root;
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
