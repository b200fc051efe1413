import { GrpcError } from '../linux/grpc.ts';
import { askLoop, attachLoop, loopOf } from '../linux/loop.ts';
import type { Process } from '../linux/syscalls.ts';
import { deviceError, isMounted } from './mount-point.ts';

// Block volumes: the volume is a file of the node, and a loop device makes a disk of it.

/** Lets the disk appear as a device node at the path, which is made. @throws GrpcError */
export function publishDisk(process: Process, path: string, target: string, readOnly: boolean): void {
  if (isMounted(process, target)) return;
  try {
    const device = loopOf(process, path) ?? attachLoop(process, path);
    if (!process.access(target, 'exists')) process.writeFile(target, '', { mode: 0o660 });
    process.mount({ type: 'bind', source: device, target, readOnly });
  } catch (error) {
    throw deviceError(`failed to mount block device: ${path} at ${target}`, error);
  }
}

/** Nobody uses the disk any more. @throws GrpcError */
export function detachDisk(process: Process, path: string): void {
  try {
    const device = loopOf(process, path);
    if (device !== undefined) askLoop(process, device, { name: 'LOOP_CLR_FD' });
  } catch (error) {
    throw deviceError(`failed to remove loop device for ${path}`, error);
  }
}

/** The disk becomes as large as its file is by now. @throws GrpcError */
export function growDisk(process: Process, path: string): void {
  try {
    const device = loopOf(process, path);
    if (device !== undefined) askLoop(process, device, { name: 'LOOP_SET_CAPACITY' });
  } catch (error) {
    throw deviceError(`failed to resize loop device for ${path}`, error);
  }
}

/** What a disk has is all its Pod's: how much of it is in use nobody can tell. */
export function diskSize(process: Process, path: string): number {
  try {
    return askLoop<{ sizeBytes: number }>(process, path, { name: 'BLKGETSIZE64' }).sizeBytes;
  } catch (error) {
    throw deviceError(`failed to get capacity of block volume path ${path}`, error);
  }
}

/** A volume is used as it was made. @throws GrpcError */
export function checkAccess(isBlock: boolean, asBlock: boolean): void {
  if (asBlock && !isBlock) throw new GrpcError('InvalidArgument', 'cannot publish a non-block volume as block volume');
  if (!asBlock && isBlock) throw new GrpcError('InvalidArgument', 'cannot publish a non-mount volume as mount volume');
}
