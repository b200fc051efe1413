import { Errno } from '../linux/errno.ts';
import type { Process } from '../linux/syscalls.ts';

/** Where the kubelet keeps what belongs to Pods. */
const PODS_DIRECTORY = '/var/lib/kubelet/pods';

export function podDirectory(uid: string): string {
  return `${PODS_DIRECTORY}/${uid}`;
}

/** mkdir -p. */
export function makeDirectories(root: Process, path: string, mode = 0o750): void {
  if (path === '' || root.access(path, 'exists')) return;
  makeDirectories(root, path.slice(0, path.lastIndexOf('/')), mode);
  root.mkdir(path, mode);
}

/** rm -rf; mounts in it must be gone. What cannot be removed stays. */
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

/** The text of a system call's error as Go prints it. */
export function errnoText(error: Errno): string {
  return error.message.charAt(0).toLowerCase() + error.message.slice(1);
}
