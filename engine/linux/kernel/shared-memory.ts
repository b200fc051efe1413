import type { DirectoryInode } from '../vfs/directory.ts';
import type { Kernel } from './kernel.ts';
import { tmpfsRoot } from './mount-calls.ts';
import type { IpcNamespace } from './namespaces.ts';

/** What container runtimes give the containers of a Pod together. */
const CONTAINERS_BYTES = 64 * 1024 * 1024;
const MODE = 0o1777;

/** The machine's own /dev/shm: half of its memory, as for every tmpfs without a size. */
export function machineSharedMemory(kernel: Kernel, ipc: IpcNamespace): DirectoryInode {
  ipc.sharedMemory ??= tmpfsRoot(kernel, { mode: MODE });
  return ipc.sharedMemory;
}

/**
 * What is mounted on a container's /dev/shm, where shm_open(3) makes its objects: all containers in one IPC namespace have
 * the same, and it outlives each of them. It is made when the first of them looks.
 */
export function containerSharedMemory(kernel: Kernel, ipc: IpcNamespace | undefined): DirectoryInode {
  const shared = ipc?.sharedMemory ?? tmpfsRoot(kernel, { sizeLimit: CONTAINERS_BYTES, mode: MODE });
  if (ipc === undefined || ipc.sharedMemory !== undefined) return shared;
  ipc.sharedMemory = shared;
  // The runtime's own mount of it.
  shared.fs.mountCount += 1;
  return shared;
}

/** The runtime's mount is gone, and with the last container's what was in memory. */
export function releaseSharedMemory(ipc: IpcNamespace): void {
  ipc.sharedMemory?.fs.unmounted();
  ipc.sharedMemory = undefined;
}
