import { Errno } from '../errno.ts';
import { DirectoryInode } from '../vfs/directory.ts';
import type { Location } from '../vfs/mount.ts';
import { lookup, type PathContext, reach } from '../vfs/path.ts';
import { MAY_READ, requireAccess } from '../vfs/permission.ts';
import type { TaskStruct } from './kernel.ts';
import { mkdirAt, removalAt, rmdirAt, unlinkAt } from './path-calls.ts';

// Whole directory trees, step by step from directory to directory as mkdirat(2) and unlinkat(2) let a program go: no step
// walks the path from its beginning again.

/** A path has no more names; what lies deeper is left. */
const MAX_DEPTH = 2048;

/** mkdir -p. What is there stays as it is. Returns whether something was missing. Throws Errno. */
export function makeDirectories(task: TaskStruct, path: string, mode: number): boolean {
  let context: PathContext = task;
  let left = path;
  while (left !== '') {
    const missing = reach(context, left);
    if (missing.location !== undefined) return left !== path;
    if (missing.dangling) throw new Errno('EEXIST');
    context = from(task, mkdirAt(task, missing, mode));
    left = missing.rest;
  }
  return true;
}

/** rm -rf; mounts in it must be gone. What is gone already is no error, and what cannot be removed stays. */
export function removeTree(task: TaskStruct, path: string): void {
  removeFrom(task, task, path, 0);
}

function removeFrom(task: TaskStruct, context: PathContext, name: string, depth: number): void {
  try {
    const found = lookup(context, name, false);
    const { location } = found;
    if (location === undefined || found.name === '') return;
    const { inode } = location;
    if (inode instanceof DirectoryInode) {
      requireAccess(inode, task.credentials, MAY_READ);
      const inside = from(task, location);
      if (depth < MAX_DEPTH) for (const child of inode.names()) removeFrom(task, inside, child, depth + 1);
      rmdirAt(removalAt(task, found));
    } else {
      unlinkAt(removalAt(task, found));
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

function from({ root, credentials, mountNamespace }: PathContext, cwd: Location): PathContext {
  return { root, cwd, credentials, mountNamespace };
}
