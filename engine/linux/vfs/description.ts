import { Errno } from '../errno.ts';
import type { DeviceCaller, OpenFile } from '../host.ts';
import type { Stat } from '../syscalls.ts';
import type { WaitQueue } from './wait-queue.ts';

/**
 * An open file description: what descriptors point to, shared by dup and fork. Nothing here blocks: reading and
 * writing say "would block", and the system call then waits on the queue.
 */
export abstract class FileDescription implements OpenFile {
  abstract readonly kind: string;
  /** How many descriptors point here. */
  references = 0;
  /** What writing costs a process for each byte, beyond the call itself; see `kernel/cpu-charge.ts`. */
  readonly stepsPerByte: number = 0;

  /** What /proc/<pid>/fd shows. */
  abstract readonly path: string;

  /** Woken when it may have become readable. */
  get readQueue(): WaitQueue | undefined {
    return undefined;
  }

  /** Woken when it may have become writable. */
  get writeQueue(): WaitQueue | undefined {
    return undefined;
  }

  /** Whether a read would return at once (with data, the end, or an error). */
  get readable(): boolean {
    return true;
  }

  /** At most `max` bytes; empty at the end; undefined when it would block. */
  read(_max: number): Uint8Array | undefined {
    throw new Errno('EBADF');
  }

  /** Writes `data` from `offset` on; returns how many bytes it took, 0 when it would block. Throws EPIPE, ENOSPC, … */
  write(_data: Uint8Array, _offset: number): number {
    throw new Errno('EBADF');
  }

  seek(_offset: number, _whence: 'set' | 'current' | 'end'): number {
    throw new Errno('ESPIPE');
  }

  truncate(_size: number): void {
    throw new Errno('EINVAL');
  }

  /** What the driver behind a device answers. */
  ioctl(_request: object, _caller: DeviceCaller): object {
    throw new Errno('ENOTTY');
  }

  abstract stat(): Stat;

  /** The last descriptor was closed. */
  release(): void {}
}
