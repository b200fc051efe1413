import { Errno } from '../errno.ts';

/** Bytes and inodes that may be used up. A part (a container's writable layer) draws from the whole (the disk) as well. */
export class Quota {
  readonly whole: Quota | undefined;
  /** Told of every change: who uses a tmpfs uses memory. */
  onChange: ((bytes: number) => void) | undefined;
  limitBytes: number;
  limitInodes: number;
  #usedBytes = 0;
  #usedInodes = 0;

  constructor(limitBytes: number, whole?: Quota, limitInodes = Number.POSITIVE_INFINITY) {
    this.limitBytes = limitBytes;
    this.limitInodes = limitInodes;
    this.whole = whole;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get usedInodes(): number {
    return this.#usedInodes;
  }

  /** Throws ENOSPC when it does not fit. A negative number gives back. */
  reserve(bytes: number): void {
    if (bytes === 0) return;
    if (bytes > 0 && this.#usedBytes + bytes > this.limitBytes) throw new Errno('ENOSPC');
    this.whole?.reserve(bytes);
    const before = this.#usedBytes;
    this.#usedBytes = Math.max(0, before + bytes);
    this.onChange?.(this.#usedBytes - before);
  }

  reserveInodes(count: number): void {
    if (count > 0 && this.#usedInodes + count > this.limitInodes) throw new Errno('ENOSPC');
    this.whole?.reserveInodes(count);
    this.#usedInodes = Math.max(0, this.#usedInodes + count);
  }

  /** Gives everything back: the part is thrown away. */
  discard(): void {
    this.reserveInodes(-this.#usedInodes);
    this.reserve(-this.#usedBytes);
  }
}

/** Counts the directories of a machine that were moved, or removed from under a mount: what was known of paths may then be wrong. */
export interface NameChanges {
  changes: number;
}

export interface FileSystemOptions {
  /** As /proc/mounts names it: `ext4`, `overlay`, `tmpfs`, … */
  readonly type: string;
  readonly device: number;
  readonly quota: Quota;
  /** What its files take of the simulator's own memory. */
  readonly heap: Quota;
  /** Of the whole machine. */
  readonly names: NameChanges;
  /** Milliseconds since 1970, now. */
  readonly now: () => number;
}

/** What inodes belong to: numbers them, tells the time, counts what they use. */
export class FileSystem {
  readonly type: string;
  readonly device: number;
  readonly quota: Quota;
  readonly heap: Quota;
  readonly names: NameChanges;
  readonly now: () => number;
  mountCount = 0;
  #nextInode = 2;

  constructor(options: FileSystemOptions) {
    this.type = options.type;
    this.device = options.device;
    this.quota = options.quota;
    this.heap = options.heap;
    this.names = options.names;
    this.now = options.now;
  }

  /** A mount of it is gone. What was in memory only goes with the last one. */
  unmounted(): void {
    this.mountCount -= 1;
    if (this.mountCount <= 0 && (this.type === 'tmpfs' || this.type === 'overlay')) this.discard();
  }

  /** Gives back all that its files took. */
  discard(): void {
    this.quota.discard();
    this.heap.discard();
  }

  allocateInode(): number {
    return this.#nextInode++;
  }
}

/** About what an inode takes of the simulator's memory; keeps a loop of `touch` from being free. */
export const INODE_HEAP_BYTES = 512;
