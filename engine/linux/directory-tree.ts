import { Errno } from './errno.ts';
import type { Process } from './syscalls.ts';

// What a node's agents do with whole directory trees on their machine.

/** mkdir -p. */
export function makeDirectories(root: Process, path: string, mode = 0o755): void {
  root.makeDirectories(path, mode);
}

/** The names in a directory; none where there is no such directory. */
export function namesIn(root: Process, directory: string): readonly string[] {
  try {
    return root.readdir(directory).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

/** rm -rf; mounts in it must be gone. What is gone already is no error, and what cannot be removed stays. */
export function removeTree(root: Process, path: string): void {
  root.removeTree(path);
}
