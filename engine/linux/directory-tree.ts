import { Errno } from './errno.ts';
import type { Process } from './syscalls.ts';

// What a node's agents do with whole directory trees on their machine.

/** mkdir -p. Returns whether there was something to make. */
export function makeDirectories(root: Process, path: string, mode = 0o755): boolean {
  return root.makeDirectories(path, mode);
}

/** Makes something in a directory that is nearly always there, and the directory where it is not. */
export function makeIn(root: Process, directory: string, mode: number, make: () => void): void {
  try {
    make();
  } catch (error) {
    if (!(error instanceof Errno) || error.code !== 'ENOENT') throw error;
    makeDirectories(root, directory, mode);
    make();
  }
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
