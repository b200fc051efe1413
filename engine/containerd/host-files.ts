import { Errno } from '../linux/errno.ts';
import type { Process } from '../linux/syscalls.ts';

/** mkdir -p. */
export function makeDirectories(root: Process, path: string, mode = 0o755): void {
  if (root.access(path, 'exists')) return;
  const slash = path.lastIndexOf('/');
  if (slash > 0) makeDirectories(root, path.slice(0, slash), mode);
  root.mkdir(path, mode);
}

/** rm -rf; what is gone already is no error. */
export function removeTree(root: Process, path: string): void {
  try {
    if (root.lstat(path).type === 'directory') {
      for (const { name } of root.readdir(path)) removeTree(root, `${path}/${name}`);
      root.rmdir(path);
    } else {
      root.unlink(path);
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}
