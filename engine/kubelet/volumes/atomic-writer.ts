import { timestamp } from '../../api/timestamp.ts';
import { makeDirectories, removeTree } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import { encode, sameBytes } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';

/** A file to be shown, by its path below the volume. */
export interface ProjectedFile {
  readonly data: string;
  readonly mode: number;
  /** Root's unless told. */
  readonly uid?: number;
}

/** By path below the volume. */
export type Files = ReadonlyMap<string, ProjectedFile>;

const DATA = '..data';
/** What no file that root makes has of itself: the kubelet's umask. */
const MASK = 0o022;

/**
 * Puts a set of files into a volume so that readers see either all of the old or all of the new: the files are in a
 * directory of their own, `..data` is a symlink to it that is swapped by rename, and every name leads through `..data`.
 * After `pkg/volume/util/atomic_writer.go`. Returns whether anything has changed.
 */
export function writeAtomically(root: Process, directory: string, files: Files): boolean {
  const current = currentDirectory(root, directory);
  if (current !== undefined && isUpToDate(root, `${directory}/${current}`, files)) return false;
  const next = `..${versionName(root)}`;
  const target = `${directory}/${next}`;
  root.mkdir(target, 0o755);
  const names = new Set<string>();
  for (const [path, { data, mode, uid }] of files) {
    const file = `${target}/${path}`;
    if (path.includes('/')) makeDirectories(root, file.slice(0, file.lastIndexOf('/')), 0o755);
    names.add(path.split('/')[0]!);
    root.writeFile(file, data, { mode });
    // What the mask has taken away is given back.
    if ((mode & MASK) !== 0) root.chmod(file, mode);
    if (uid !== undefined) root.chown(file, uid, 0);
  }
  root.symlink(next, `${directory}/..data_tmp`);
  root.rename(`${directory}/..data_tmp`, `${directory}/${DATA}`);
  linkNames(root, directory, names);
  if (current !== undefined) removeTree(root, `${directory}/${current}`);
  return true;
}

function currentDirectory(root: Process, directory: string): string | undefined {
  try {
    return root.readlink(`${directory}/${DATA}`);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** Time to the nanosecond, as the real writer names its directories; a number keeps two of one instant apart. */
function versionName(root: Process): string {
  const stamp = timestamp(root.now()).slice(0, 19).replace(/[-T:]/g, '_');
  return `${stamp}.${String(Math.floor((root.now() % 1000) * 1_000_000)).padStart(9, '0')}`;
}

function isUpToDate(root: Process, directory: string, files: Files): boolean {
  let count = 0;
  const visit = (path: string): boolean =>
    root.readdir(`${directory}${path}`).every(({ name, type }) => {
      const inner = `${path}/${name}`;
      if (type === 'directory') return visit(inner);
      count += 1;
      const file = files.get(inner.slice(1));
      return file !== undefined && sameBytes(root.readFile(`${directory}${inner}`), encode(file.data));
    });
  return visit('') && count === files.size;
}

/** Whether two sets of files show the same; they are mostly made of the same strings. */
export function sameFiles(one: Files, other: Files): boolean {
  if (one.size !== other.size) return false;
  for (const [path, { data, mode, uid }] of one) {
    const file = other.get(path);
    if (file === undefined || file.data !== data || file.mode !== mode || file.uid !== uid) return false;
  }
  return true;
}

/** Makes the names that users see, and removes those that are no more. */
function linkNames(root: Process, directory: string, names: ReadonlySet<string>): void {
  const present = new Set(root.readdir(directory).map(({ name }) => name));
  for (const name of present) {
    if (!name.startsWith('..') && !names.has(name)) removeTree(root, `${directory}/${name}`);
  }
  for (const name of names) {
    if (!present.has(name)) root.symlink(`${DATA}/${name}`, `${directory}/${name}`);
  }
}
