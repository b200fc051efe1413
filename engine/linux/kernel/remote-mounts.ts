import { hasCapability } from '../credentials.ts';
import { Errno } from '../errno.ts';
import type { MountOptions } from '../syscalls.ts';
import { DirectoryInode } from '../vfs/directory.ts';
import type { Location } from '../vfs/mount.ts';
import { locate } from '../vfs/path.ts';
import type { TaskStruct } from './kernel.ts';
import { networkOf } from './socket-calls.ts';

// Directories of other machines. The files themselves are shared in the simulator; what the network adds is that they can be
// out of reach. Such a mount is a soft one: it fails with EIO where a hard one would hang.

/** A directory's handle stays the same when its server is started again, so that clients find it again. */
export function exportDirectory(task: TaskStruct, path: string): string {
  if (!hasCapability(task.credentials, 'CAP_SYS_ADMIN')) throw new Errno('EPERM');
  const { inode } = locate(task, path);
  if (!(inode instanceof DirectoryInode)) throw new Errno('ENOTDIR');
  const server = networkOf(task);
  const { fabric, hostName } = server;
  const handle = `${hostName}:${inode.fs.device}:${inode.number}`;
  fabric.exports.set(handle, {
    root: inode,
    isReachableFrom: (client) => task.alive && fabric.latencyMs(client, server) !== undefined,
  });
  return handle;
}

export function mountRemote(task: TaskStruct, point: Location, path: string, options: MountOptions): void {
  const network = networkOf(task);
  const { exports } = network.fabric;
  const { handle = '', source = '', readOnly = false } = options;
  const exported = exports.get(handle);
  if (exported === undefined) throw new Errno('ESTALE');
  if (point.inode.type !== 'directory') throw new Errno('ENOTDIR');
  const remote = { isReachable: () => exports.get(handle)?.isReachableFrom(network) === true };
  task.mountNamespace.add({ root: exported.root, point, path, source, readOnly, remote });
}
