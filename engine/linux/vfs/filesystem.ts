import { Errno } from '../errno.ts';

/** Bytes that may be used up. A part (a container's writable layer) draws from the whole (the disk) as well. */
export class Quota {
  readonly limitBytes: number;
  readonly #whole: Quota | undefined;
  #usedBytes = 0;

  constructor(limitBytes: number, whole?: Quota) {
    this.limitBytes = limitBytes;
    this.#whole = whole;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Throws ENOSPC when it does not fit. A negative number gives back. */
  reserve(bytes: number): void {
    if (bytes > 0 && this.#usedBytes + bytes > this.limitBytes) throw new Errno('ENOSPC');
    this.#whole?.reserve(bytes);
    this.#usedBytes = Math.max(0, this.#usedBytes + bytes);
  }

  /** Gives everything back: the part is thrown away. */
  discard(): void {
    this.reserve(-this.#usedBytes);
  }
}

export interface FileSystemOptions {
  /** As /proc/mounts names it: `ext4`, `overlay`, `tmpfs`, … */
  readonly type: string;
  readonly device: number;
  readonly quota: Quota;
  /** Milliseconds since 1970, now. */
  readonly now: () => number;
}

/** What inodes belong to: numbers them, tells the time, counts what they use. */
export class FileSystem {
  readonly type: string;
  readonly device: number;
  readonly quota: Quota;
  readonly now: () => number;
  #nextInode = 2;

  constructor(options: FileSystemOptions) {
    this.type = options.type;
    this.device = options.device;
    this.quota = options.quota;
    this.now = options.now;
  }

  allocateInode(): number {
    return this.#nextInode++;
  }
}

/** What one inode costs of a quota besides its content; keeps a loop of `touch` from being free. */
export const INODE_BYTES = 256;
