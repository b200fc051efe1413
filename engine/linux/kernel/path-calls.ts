import { hasCapability } from '../credentials.ts';
import { Errno } from '../errno.ts';
import { decode, encode } from '../stdio.ts';
import type { DirectoryEntry, Stat } from '../syscalls.ts';
import { DirectoryInode, MemoryDirectory } from '../vfs/directory.ts';
import { GeneratedInode } from '../vfs/generated.ts';
import { DeviceInode, type Inode, RegularInode, SpecialInode, SymlinkInode } from '../vfs/inode.ts';
import { MagicLink } from '../vfs/magic-link.ts';
import type { Location } from '../vfs/mount.ts';
import { type Lookup, locate, lookup, pathOf, requireReachable } from '../vfs/path.ts';
import {
  MAY_EXECUTE,
  MAY_READ,
  MAY_WRITE,
  mayAccess,
  requireAccess,
  requireOwner,
  requireRemoval,
} from '../vfs/permission.ts';
import { Pipe, PipeEnd } from '../vfs/pipe.ts';
import type { TaskStruct } from './kernel.ts';
import { describe, findToOpen, newOwner, writableDirectory } from './open.ts';

// Files by path.

/** Whoever reads more must read it piece by piece. */
const MAX_WHOLE_FILE_BYTES = 64 * 1024 * 1024;

export function readFile(task: TaskStruct, path: string): Uint8Array {
  return wholeOf(readable(task, path));
}

export function readText(task: TaskStruct, path: string): string {
  const inode = readable(task, path);
  const text = inode instanceof RegularInode ? inode.content.text : undefined;
  return text ?? decode(wholeOf(inode));
}

function readable(task: TaskStruct, path: string): Inode {
  const { inode } = locate(task, path);
  if (inode instanceof DirectoryInode) throw new Errno('EISDIR');
  requireAccess(inode, task.credentials, MAY_READ);
  return inode;
}

function wholeOf(inode: Inode): Uint8Array {
  if (inode instanceof RegularInode) {
    if (inode.content.size > MAX_WHOLE_FILE_BYTES) throw new Errno('EFBIG');
    return inode.content.read(0, inode.content.size);
  }
  if (inode instanceof GeneratedInode) return encode(inode.generate());
  throw new Errno('EINVAL');
}

export function writeFile(
  task: TaskStruct,
  path: string,
  data: Uint8Array | string,
  options: { append?: boolean; mode?: number } = {},
): void {
  const append = options.append === true;
  const wanted = { write: true, create: true, truncate: !append, append, mode: options.mode };
  const opened = findToOpen(task, path, wanted);
  const { found, location } = opened;
  if (location.inode instanceof RegularInode) {
    location.inode.put(data, append);
    (found.directory as DirectoryInode).notify(found.name);
    return;
  }
  const description = describe(task, path, wanted, opened);
  try {
    if (description.kind !== 'file') throw new Errno('EINVAL');
    description.write(typeof data === 'string' ? encode(data) : data, 0);
  } finally {
    description.release();
  }
}

export function stat(task: TaskStruct, path: string): Stat {
  return locate(task, path).inode.stat();
}

export function lstat(task: TaskStruct, path: string): Stat {
  return locate(task, path, false).inode.stat();
}

export function readdir(task: TaskStruct, path: string): readonly DirectoryEntry[] {
  const location = locate(task, path);
  const { inode } = location;
  if (!(inode instanceof DirectoryInode)) throw new Errno('ENOTDIR');
  requireAccess(inode, task.credentials, MAY_READ);
  requireReachable(location.mount);
  const entries: DirectoryEntry[] = [];
  for (const name of inode.names()) {
    const child = inode.lookup(name);
    if (child !== undefined) entries.push({ name, type: child.type, inode: child.number });
  }
  return entries;
}

export function access(task: TaskStruct, path: string, mode: 'exists' | 'read' | 'write' | 'execute'): boolean {
  let location: Location | undefined;
  try {
    ({ location } = lookup(task, path));
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
  if (location === undefined) return false;
  if (mode === 'exists') return true;
  if (mode === 'write' && location.mount.readOnly) return false;
  const mask = mode === 'read' ? MAY_READ : mode === 'write' ? MAY_WRITE : MAY_EXECUTE;
  return mayAccess(location.inode, task.credentials, mask);
}

export function mkdir(task: TaskStruct, path: string, mode = 0o777): void {
  mkdirAt(task, lookup(task, withoutSlash(path), false), mode);
}

/** mkdirat(2): `found` is what the name's lookup has found. Returns what was made. */
export function mkdirAt(task: TaskStruct, found: Lookup, mode: number): Location {
  const { parent } = found;
  if (found.location === undefined && (parent.inode as DirectoryInode).generated) {
    const directory = writableDirectory(task, parent);
    directory.makeDirectory(found.name);
    return { mount: parent.mount, inode: directory.lookup(found.name)! };
  }
  const inode = createAt(task, found, (directory, { uid, gid }) => {
    const setgid = directory.mode & 0o2000;
    return new MemoryDirectory(directory.fs, { uid, gid, mode: (mode & ~task.umask) | setgid });
  });
  return { mount: parent.mount, inode };
}

export function symlink(task: TaskStruct, target: string, path: string): void {
  if (target === '') throw new Errno('ENOENT');
  create(task, path, (directory, owner) => new SymlinkInode(directory.fs, { ...owner, mode: 0o777 }, target));
}

export function mkfifo(task: TaskStruct, path: string, mode = 0o666): void {
  create(task, path, (directory, owner) => {
    const pipe = new Pipe();
    const open = (access: { read: boolean; write: boolean }) => new PipeEnd(pipe, path, access);
    pipe.inode = new SpecialInode(directory.fs, { ...owner, mode: mode & ~task.umask }, 'fifo', open);
    return pipe.inode;
  });
}

export function mknod(
  task: TaskStruct,
  path: string,
  type: 'character' | 'block',
  device: readonly [number, number],
  mode = 0o666,
): void {
  if (!hasCapability(task.credentials, 'CAP_MKNOD')) throw new Errno('EPERM');
  create(task, path, (directory, owner) => {
    return new DeviceInode(directory.fs, { ...owner, mode: mode & ~task.umask }, type, device);
  });
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.replace(/\/+$/, '') || path : path;
}

type MakeInode = (directory: DirectoryInode, owner: { uid: number; gid: number }) => Inode;

/** Gives a new node its name. Throws EEXIST when the name is taken. */
export function create(task: TaskStruct, path: string, make: MakeInode): void {
  createAt(task, lookup(task, withoutSlash(path), false), make);
}

function createAt(task: TaskStruct, { parent, name, location }: Lookup, make: MakeInode): Inode {
  if (location !== undefined) throw new Errno('EEXIST');
  const directory = writableDirectory(task, parent);
  if (!(directory instanceof MemoryDirectory)) throw new Errno('EPERM');
  const inode = make(directory, newOwner(task, directory)).count();
  directory.insert(name, inode);
  if (inode instanceof DirectoryInode) directory.links += 1;
  return inode;
}

export function link(task: TaskStruct, existing: string, path: string): void {
  const source = locate(task, existing, false);
  if (source.inode instanceof DirectoryInode) throw new Errno('EPERM');
  const { parent, name, location } = lookup(task, path, false);
  if (location !== undefined) throw new Errno('EEXIST');
  const directory = writableDirectory(task, parent);
  if (source.mount !== parent.mount || source.inode.fs !== directory.fs) throw new Errno('EXDEV');
  source.inode.links += 1;
  source.inode.changedMs = source.inode.fs.now();
  directory.insert(name, source.inode);
}

export function unlink(task: TaskStruct, path: string): void {
  unlinkAt(removal(task, path));
}

export function unlinkAt({ directory, name, victim }: Removal): void {
  if (victim.inode instanceof DirectoryInode) throw new Errno('EISDIR');
  directory.remove(name);
  drop(victim.inode);
}

export function rmdir(task: TaskStruct, path: string): void {
  rmdirAt(removal(task, path));
}

export function rmdirAt({ directory, name, victim }: Removal): void {
  if (!(victim.inode instanceof DirectoryInode)) throw new Errno('ENOTDIR');
  if (directory.generated) {
    directory.removeDirectory(name);
    return;
  }
  if (victim.inode.names().length > 0) throw new Errno('ENOTEMPTY');
  directory.remove(name);
  directory.links -= 1;
  // Somebody else may have mounted something on it: what is there is no longer found by its path.
  if (victim.inode.mountsOn > 0) directory.fs.names.changes += 1;
  victim.inode.links = 0;
  victim.inode.free();
}

/** A name that may be taken away. */
interface Removal {
  readonly directory: DirectoryInode;
  readonly name: string;
  readonly victim: Location;
}

function removal(task: TaskStruct, path: string): Removal {
  const found = lookup(task, path, false);
  if (found.name === '') throw new Errno(path.endsWith('.') ? 'EINVAL' : 'EBUSY');
  return removalAt(task, found);
}

export function removalAt(task: TaskStruct, { parent, name, location }: Lookup): Removal {
  if (location === undefined) throw new Errno('ENOENT');
  const directory = parent.inode as DirectoryInode;
  if (location.inode === location.mount.root || task.mountNamespace.isMountPoint(location.inode)) {
    throw new Errno('EBUSY');
  }
  if (parent.mount.readOnly) throw new Errno('EROFS');
  requireRemoval(directory, location.inode, task.credentials);
  return { directory, name, victim: location };
}

/** A name of the inode is gone. */
function drop(inode: Inode): void {
  inode.links -= 1;
  inode.changedMs = inode.fs.now();
  if (inode.links === 0) inode.free();
}

/** rename(2): replaces what is there in one step, so that a reader sees either the old or the new. */
export function rename(task: TaskStruct, from: string, to: string): void {
  const source = removal(task, from);
  const target = lookup(task, withoutSlash(to), false);
  if (target.name === '') throw new Errno('EBUSY');
  const directory = writableDirectory(task, target.parent);
  const moved = source.victim.inode;
  if (source.victim.mount !== target.parent.mount || moved.fs !== directory.fs) throw new Errno('EXDEV');
  const replaced = target.location?.inode;
  if (replaced === moved) return;
  if (moved instanceof DirectoryInode) {
    for (let above: DirectoryInode | undefined = directory; above; above = above.parent) {
      if (above === moved) throw new Errno('EINVAL');
    }
  }
  if (replaced !== undefined) {
    if (task.mountNamespace.isMountPoint(replaced)) throw new Errno('EBUSY');
    if (replaced instanceof DirectoryInode !== moved instanceof DirectoryInode) {
      throw new Errno(replaced instanceof DirectoryInode ? 'EISDIR' : 'ENOTDIR');
    }
    if (replaced instanceof DirectoryInode && replaced.names().length > 0) throw new Errno('ENOTEMPTY');
    requireRemoval(directory, replaced, task.credentials);
  }
  source.directory.remove(source.name);
  directory.insert(target.name, moved);
  if (moved instanceof DirectoryInode) {
    directory.fs.names.changes += 1;
    source.directory.links -= 1;
    directory.links += 1;
  }
  if (replaced instanceof DirectoryInode) {
    directory.links -= 1;
    replaced.links = 0;
    replaced.free();
  } else if (replaced !== undefined) drop(replaced);
}

export function readlink(task: TaskStruct, path: string): string {
  const { inode } = locate(task, path, false);
  if (inode instanceof SymlinkInode || inode instanceof MagicLink) return inode.target;
  throw new Errno('EINVAL');
}

export function realpath(task: TaskStruct, path: string): string {
  return pathOfFound(task, lookup(task, path));
}

/** Where something was found, without links. Throws ENOENT where there was nothing. */
export function pathOfFound(task: TaskStruct, { parent, name, location }: Lookup): string {
  if (location === undefined) throw new Errno('ENOENT');
  if (location.inode instanceof DirectoryInode) return pathOf(task.root, location);
  const above = pathOf(task.root, parent);
  return above === '/' ? `/${name}` : `${above}/${name}`;
}

export function chmod(task: TaskStruct, path: string, mode: number): void {
  const inode = changeable(task, path);
  requireOwner(inode, task.credentials);
  inode.mode = mode & 0o7777;
}

export function chown(task: TaskStruct, path: string, uid: number, gid: number): void {
  const inode = changeable(task, path);
  const { credentials } = task;
  if (!hasCapability(credentials, 'CAP_CHOWN')) {
    const ownGroup = gid === -1 || gid === credentials.gid || credentials.groups.includes(gid);
    if (inode.uid !== credentials.uid || (uid !== -1 && uid !== inode.uid) || !ownGroup) throw new Errno('EPERM');
  }
  if (uid !== -1) inode.uid = uid;
  if (gid !== -1) inode.gid = gid;
  if (inode.type === 'file') inode.mode &= ~0o6000;
}

export function utimes(task: TaskStruct, path: string, accessedMs: number, modifiedMs: number): void {
  const inode = changeable(task, path);
  requireOwner(inode, task.credentials);
  inode.accessedMs = accessedMs;
  inode.modifiedMs = modifiedMs;
}

function changeable(task: TaskStruct, path: string): Inode {
  const { mount, inode } = locate(task, path);
  if (mount.readOnly) throw new Errno('EROFS');
  inode.changedMs = inode.fs.now();
  return inode;
}

export function chdir(task: TaskStruct, path: string): void {
  const location = locate(task, path);
  if (!(location.inode instanceof DirectoryInode)) throw new Errno('ENOTDIR');
  requireAccess(location.inode, task.credentials, MAY_EXECUTE);
  task.cwd = location;
}

export function watchDirectory(task: TaskStruct, path: string, listener: (name: string) => void): () => void {
  const { inode } = locate(task, path);
  if (!(inode instanceof DirectoryInode)) throw new Errno('ENOTDIR');
  let active = true;
  const { sim, label } = task.kernel;
  const stop = inode.watch((name) => {
    sim.schedule(0, label, () => {
      if (active && task.alive) listener(name);
    });
  });
  return () => {
    active = false;
    stop();
  };
}
