import { Errno } from './errno.ts';
import type { Process } from './syscalls.ts';

/** What can be asked of /dev/loop-control and of /dev/loop0, as plain data. https://man7.org/linux/man-pages/man4/loop.4.html */
export type LoopRequest =
  | { readonly name: 'LOOP_CTL_GET_FREE' }
  /** The file behind the descriptor becomes the disk. */
  | { readonly name: 'LOOP_CONFIGURE'; readonly fd: number; readonly readOnly?: boolean }
  | { readonly name: 'LOOP_CLR_FD' }
  /** The disk becomes as large as its file is now. */
  | { readonly name: 'LOOP_SET_CAPACITY' }
  | { readonly name: 'LOOP_GET_STATUS64' }
  | { readonly name: 'BLKGETSIZE64' };

/** Of a disk that a file is used as. */
export interface LoopStatus {
  /** The file's. */
  readonly device: number;
  readonly inode: number;
  readonly path: string;
  readonly readOnly: boolean;
}

/**
 * Asks a device node.
 *
 * @throws Errno
 */
export function askLoop<T = object>(process: Process, path: string, request: LoopRequest): T {
  const fd = process.open(path, { read: true });
  try {
    return process.ioctl(fd, request) as T;
  } finally {
    process.close(fd);
  }
}

/** The loop devices in use, by path of their nodes. */
export function loopsInUse(process: Process): ReadonlyMap<string, LoopStatus> {
  const found = new Map<string, LoopStatus>();
  for (const { name, type } of process.readdir('/dev')) {
    if (type !== 'block' || !name.startsWith('loop')) continue;
    try {
      found.set(`/dev/${name}`, askLoop<LoopStatus>(process, `/dev/${name}`, { name: 'LOOP_GET_STATUS64' }));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return found;
}

/** The loop device that the file is used by; undefined when there is none. */
export function loopOf(process: Process, path: string): string | undefined {
  const { device, inode } = process.stat(path);
  for (const [node, status] of loopsInUse(process)) if (status.inode === inode && status.device === device) return node;
  return undefined;
}

/** Makes a disk of the file; returns the path of its node. @throws Errno */
export function attachLoop(process: Process, path: string, readOnly = false): string {
  const node = freeLoop(process);
  configureLoop(process, node, path, readOnly);
  return node;
}

/** @throws Errno */
export function freeLoop(process: Process): string {
  return `/dev/loop${askLoop<{ minor: number }>(process, '/dev/loop-control', { name: 'LOOP_CTL_GET_FREE' }).minor}`;
}

/** @throws Errno */
export function configureLoop(process: Process, node: string, path: string, readOnly: boolean): void {
  const file = process.open(path, { read: true, write: !readOnly });
  const device = process.open(node, { read: true });
  try {
    process.ioctl(device, { name: 'LOOP_CONFIGURE', fd: file, readOnly } satisfies LoopRequest);
  } finally {
    process.close(device);
    process.close(file);
  }
}
