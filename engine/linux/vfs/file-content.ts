import { Errno } from '../errno.ts';
import type { Quota } from './filesystem.ts';

/** A simulated file is held in memory: no single one may take it all. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

const EMPTY = new Uint8Array(0);

/**
 * The bytes of a regular file. The buffer doubles as it grows, so that appending line by line is linear. Content that
 * comes from a layer is shared with everyone who uses the layer, until the first write copies it.
 */
export class FileContent {
  readonly #quota: Quota;
  #bytes: Uint8Array;
  #size: number;
  #shared: boolean;

  constructor(quota: Quota, shared: Uint8Array = EMPTY) {
    this.#quota = quota;
    this.#bytes = shared;
    this.#size = shared.length;
    this.#shared = true;
  }

  get size(): number {
    return this.#size;
  }

  read(offset: number, max: number): Uint8Array {
    const end = Math.min(this.#size, offset + max);
    if (offset >= end) return EMPTY;
    return this.#shared ? this.#bytes.subarray(offset, end) : this.#bytes.slice(offset, end);
  }

  write(offset: number, data: Uint8Array): void {
    const end = offset + data.length;
    this.#prepare(Math.max(end, this.#size));
    this.#bytes.set(data, offset);
    if (end > this.#size) this.#size = end;
  }

  truncate(size: number): void {
    if (size === this.#size) return;
    if (size > this.#size) {
      this.#prepare(size);
    } else if (this.#shared) {
      if (size > 0) this.#quota.reserve(size);
      this.#bytes = size === 0 ? EMPTY : this.#bytes.slice(0, size);
      this.#shared = size === 0;
    } else {
      this.#quota.reserve(size - this.#size);
      if (size === 0) {
        this.#bytes = EMPTY;
        this.#shared = true;
      } else {
        this.#bytes.fill(0, size, this.#size);
      }
    }
    this.#size = size;
  }

  /** Gives back what it took of the quota. */
  free(): void {
    if (!this.#shared) this.#quota.reserve(-this.#size);
    this.#bytes = EMPTY;
    this.#size = 0;
    this.#shared = true;
  }

  /** Makes room for `size` bytes that may be written. */
  #prepare(size: number): void {
    if (size > MAX_FILE_BYTES) throw new Errno('EFBIG');
    this.#quota.reserve(this.#shared ? size : size - this.#size);
    if (!this.#shared && size <= this.#bytes.length) return;
    const capacity =
      size <= this.#bytes.length ? size : Math.max(size, Math.min(MAX_FILE_BYTES, this.#bytes.length * 2));
    const grown = new Uint8Array(capacity);
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
    this.#shared = false;
  }
}
