import { Errno } from '../linux/errno.ts';
import { GrpcError } from '../linux/grpc.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';

export function isMounted(process: Process, path: string): boolean {
  return decode(process.readFile('/proc/mounts'))
    .split('\n')
    .some((line) => line.split(' ')[1] === path);
}

/** What a failed system call is to whoever asked the driver; other errors are thrown as they are. */
export function deviceError(what: string, error: unknown): GrpcError {
  if (!(error instanceof Errno)) throw error;
  return new GrpcError('Internal', `${what}: ${error.message.toLowerCase()}`);
}
