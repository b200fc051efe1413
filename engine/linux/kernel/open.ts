import { Errno } from '../errno.ts';
import type { OpenOptions } from '../syscalls.ts';
import type { FileDescription } from '../vfs/description.ts';
import { DirectoryInode } from '../vfs/directory.ts';
import { GeneratedFile, GeneratedInode } from '../vfs/generated.ts';
import { DeviceInode, type Inode, RegularInode, SpecialInode } from '../vfs/inode.ts';
import type { Location } from '../vfs/mount.ts';
import { type Lookup, lookup, pathOf } from '../vfs/path.ts';
import { MAY_EXECUTE, MAY_READ, MAY_WRITE, requireAccess } from '../vfs/permission.ts';
import { OpenDirectory, RegularFile } from '../vfs/regular-file.ts';
import { openDevice } from './device.ts';
import type { TaskStruct } from './kernel.ts';

/** open(2). */
export function openPath(task: TaskStruct, path: string, options: OpenOptions): FileDescription {
  return describe(task, path, options, findToOpen(task, path, options));
}

/** What open(2) opens. */
export interface ToOpen {
  readonly found: Lookup;
  /** What was found, or has been made. */
  readonly location: Location;
}

/** Finds or makes what is to be opened, and sees to it that it may be. Throws Errno. */
export function findToOpen(task: TaskStruct, path: string, options: OpenOptions): ToOpen {
  const { read, write } = accessOf(options);
  const found = lookup(task, path, !(options.create && options.exclusive));
  let { location } = found;
  if (location === undefined) {
    if (!options.create) throw new Errno('ENOENT');
    if (path.endsWith('/')) throw new Errno('EISDIR');
    const mode = (options.mode ?? 0o666) & ~task.umask;
    location = createRegular(task, found.parent, found.name, mode);
  } else {
    if (options.create && options.exclusive) throw new Errno('EEXIST');
    const mask = (read ? MAY_READ : 0) | (write ? MAY_WRITE : 0);
    requireAccess(location.inode, task.credentials, mask);
  }
  const { mount, inode } = location;
  if (inode instanceof DirectoryInode && (write || options.create)) throw new Errno('EISDIR');
  if (write && mount.readOnly && (inode.type === 'file' || inode.type === 'symlink')) throw new Errno('EROFS');
  return { found, location };
}

function accessOf(options: OpenOptions): { readonly read: boolean; readonly write: boolean } {
  const write = options.write === true || options.append === true;
  return { read: options.read === true || !write, write };
}

/** An open file of what was found. */
export function describe(
  task: TaskStruct,
  path: string,
  options: OpenOptions,
  { found, location }: ToOpen,
): FileDescription {
  const { read, write } = accessOf(options);
  const { inode } = location;
  if (inode instanceof DirectoryInode) return new OpenDirectory(inode, pathOf(task.root, location));
  if (inode instanceof RegularInode) {
    const access = { read, write, append: options.append === true };
    const { root } = task;
    const file = new RegularFile(inode, () => openedPath(root, found, path), access, found);
    if (options.truncate && write) file.truncate(0);
    return file;
  }
  return openOther(task, inode, openedPath(task.root, found, path), { read, write });
}

/** Under which path something was found, by climbing. */
function openedPath(root: Location, { parent, name }: Lookup, path: string): string {
  return name === '' ? path : `${pathOf(root, parent)}/${name}`.replace('//', '/');
}

function openOther(
  task: TaskStruct,
  inode: Inode,
  path: string,
  access: { read: boolean; write: boolean },
): FileDescription {
  if (inode instanceof GeneratedInode) return new GeneratedFile(inode, path);
  if (inode instanceof SpecialInode) return inode.open(access);
  if (inode instanceof DeviceInode) return openDevice(task, inode, path, access);
  throw new Errno('ELOOP'); // A symlink that was not to be followed.
}

function createRegular(task: TaskStruct, parent: Location, name: string, mode: number): Location {
  const directory = writableDirectory(task, parent);
  const inode = new RegularInode(directory.fs, { ...newOwner(task, directory), mode }).count();
  directory.insert(name, inode);
  return { mount: parent.mount, inode };
}

/** The directory, if the task may change its names. */
export function writableDirectory(task: TaskStruct, location: Location): DirectoryInode {
  const { mount, inode } = location;
  if (!(inode instanceof DirectoryInode)) throw new Errno('ENOTDIR');
  if (mount.readOnly) throw new Errno('EROFS');
  if (inode.links === 0) throw new Errno('ENOENT'); // Removed while it was somebody's working directory.
  requireAccess(inode, task.credentials, MAY_WRITE | MAY_EXECUTE);
  return inode;
}

/** A setgid directory passes its group on. */
export function newOwner(task: TaskStruct, directory: DirectoryInode): { uid: number; gid: number } {
  const inherits = (directory.mode & 0o2000) !== 0;
  return { uid: task.credentials.uid, gid: inherits ? directory.gid : task.credentials.gid };
}
