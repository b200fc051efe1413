import { Errno } from '../errno.ts';
import { encode } from '../stdio.ts';
import type { Quota } from './filesystem.ts';

/** As ext4 has it with blocks of 4 KiB. */
const MAX_FILE_BYTES = 16 * 2 ** 40;

/** Small files are one buffer; beyond this they are cut into chunks. */
const SMALL_BYTES = 65_536;
const CHUNK_BYTES = 16_384;

const EMPTY = new Uint8Array(0);

interface Chunk {
  bytes: Uint8Array;
  /** Whether this file alone may write to it. */
  owned: boolean;
}

/** Where a file's bytes count: on its file system, and in the simulator's own memory. */
export interface Room {
  readonly quota: Quota;
  readonly heap: Quota;
}

/**
 * The bytes of a regular file. Content that comes from a layer is shared with everyone who uses the layer, until the
 * first write copies it. A small file is one buffer that doubles as it grows, so that appending line by line is linear.
 * A large one is an array of chunks: one that was never written is a hole, and chunks that are all zeros or repeat the
 * one before take no memory, which is what learners fill disks with. Text that was written as a whole stays text until
 * somebody wants its bytes: of what a node's agents write for each Pod hardly anything is read.
 */
export class FileContent {
  readonly #room: Room;
  /** As the text that was written, all ASCII, where nobody has wanted them yet. */
  #bytes: Uint8Array | string;
  #size: number;
  #shared: boolean;
  #chunks: (Chunk | undefined)[] | undefined;
  /** What it takes of the quota and of the heap. */
  #reserved = 0;
  #held = 0;

  constructor(room: Room, shared: Uint8Array = EMPTY) {
    this.#room = room;
    this.#bytes = shared;
    this.#size = shared.length;
    this.#shared = true;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes that are stored: less than the size where there are holes. */
  get allocatedBytes(): number {
    return this.#chunks === undefined ? this.#size : this.#reserved;
  }

  /** Where it is still the text that was written. */
  get text(): string | undefined {
    return typeof this.#bytes === 'string' ? this.#bytes : undefined;
  }

  read(offset: number, max: number): Uint8Array {
    const end = Math.min(this.#size, offset + max);
    if (offset >= end) return EMPTY;
    const chunks = this.#chunks;
    if (chunks === undefined) {
      const bytes = this.#encoded();
      return this.#shared ? bytes.subarray(offset, end) : bytes.slice(offset, end);
    }
    const result = new Uint8Array(end - offset);
    for (let at = offset; at < end; ) {
      const start = at % CHUNK_BYTES;
      const count = Math.min(CHUNK_BYTES - start, end - at);
      const chunk = chunks[Math.floor(at / CHUNK_BYTES)];
      if (chunk !== undefined) result.set(chunk.bytes.subarray(start, start + count), at - offset);
      at += count;
    }
    return result;
  }

  /** Makes the text all there is. */
  replace(text: string): void {
    if (text.length > SMALL_BYTES || !isAscii(text)) {
      this.truncate(0);
      this.write(0, encode(text));
      return;
    }
    this.free();
    if (text === '') return;
    this.#reserve(text.length, text.length);
    this.#bytes = text;
    this.#shared = false;
    this.#size = text.length;
  }

  #encoded(): Uint8Array {
    if (typeof this.#bytes === 'string') this.#bytes = encode(this.#bytes);
    return this.#bytes;
  }

  write(offset: number, data: Uint8Array): void {
    const end = offset + data.length;
    if (end > MAX_FILE_BYTES) throw new Errno('EFBIG');
    if (data.length === 0) return;
    if (this.#chunks === undefined && end <= SMALL_BYTES) {
      this.#prepare(Math.max(end, this.#size)).set(data, offset);
    } else {
      this.#divide();
      this.#writeChunks(offset, data);
    }
    if (end > this.#size) this.#size = end;
  }

  truncate(size: number): void {
    if (size === this.#size) return;
    if (size > MAX_FILE_BYTES) throw new Errno('EFBIG');
    if (this.#chunks !== undefined || size > SMALL_BYTES) {
      this.#divide();
      if (size < this.#size) this.#cutChunks(size);
    } else if (size > this.#size) {
      this.#prepare(size);
    } else if (size === 0) {
      this.free();
    } else if (this.#shared) {
      this.#reserve(size, size);
      this.#bytes = this.#encoded().slice(0, size);
      this.#shared = false;
    } else {
      this.#reserve(size - this.#size, size - this.#size);
      this.#encoded().fill(0, size, this.#size);
    }
    this.#size = size;
  }

  /** Has bytes that are kept elsewhere, until the first write copies them. */
  protected show(bytes: Uint8Array): void {
    this.free();
    this.#bytes = bytes;
    this.#size = bytes.length;
  }

  /** Gives back what it took. */
  free(): void {
    this.#reserve(-this.#reserved, -this.#held);
    this.#bytes = EMPTY;
    this.#chunks = undefined;
    this.#size = 0;
    this.#shared = true;
  }

  #reserve(bytes: number, heapBytes: number): void {
    this.#room.quota.reserve(bytes);
    try {
      this.#room.heap.reserve(heapBytes);
    } catch (error) {
      this.#room.quota.reserve(-bytes);
      throw error;
    }
    this.#reserved += bytes;
    this.#held += heapBytes;
  }

  /** Makes room in the buffer for `size` bytes that may be written. */
  #prepare(size: number): Uint8Array {
    const more = this.#shared ? size : size - this.#size;
    this.#reserve(more, more);
    const bytes = this.#encoded();
    if (!this.#shared && size <= bytes.length) return bytes;
    const capacity = size <= bytes.length ? size : Math.max(size, Math.min(SMALL_BYTES, bytes.length * 2));
    const grown = new Uint8Array(capacity);
    if (this.#size > 0) grown.set(bytes.subarray(0, this.#size));
    this.#bytes = grown;
    this.#shared = false;
    return grown;
  }

  /** Turns the buffer into chunks. */
  #divide(): void {
    if (this.#chunks !== undefined) return;
    const bytes = this.#encoded().subarray(0, this.#size);
    this.#chunks = [];
    if (bytes.length === 0) return;
    const [before, held] = [this.#reserved, this.#held];
    try {
      this.#writeChunks(0, bytes);
    } catch (error) {
      this.#reserve(before - this.#reserved, held - this.#held);
      this.#chunks = undefined;
      throw error;
    }
    this.#reserve(-before, -held);
    this.#bytes = EMPTY;
    this.#shared = false;
  }

  #writeChunks(offset: number, data: Uint8Array): void {
    const chunks = this.#chunks!;
    for (let from = 0; from < data.length; ) {
      const index = Math.floor((offset + from) / CHUNK_BYTES);
      const start = (offset + from) % CHUNK_BYTES;
      const piece = data.subarray(from, from + CHUNK_BYTES - start);
      const twin = piece.length === CHUNK_BYTES ? repeated(piece, chunks[index - 1]) : undefined;
      if (twin === undefined) this.#writable(index).set(piece, start);
      else this.#share(index, twin);
      from += piece.length;
      if (twin === undefined && start + piece.length === CHUNK_BYTES) this.#settle(index);
    }
  }

  /** The bytes of a chunk that this file alone may write to. */
  #writable(index: number): Uint8Array {
    const chunks = this.#chunks!;
    const chunk = chunks[index];
    if (chunk?.owned) return chunk.bytes;
    this.#reserve(chunk === undefined ? CHUNK_BYTES : 0, CHUNK_BYTES);
    const bytes = new Uint8Array(CHUNK_BYTES);
    if (chunk !== undefined) bytes.set(chunk.bytes);
    chunks[index] = { bytes, owned: true };
    return bytes;
  }

  /** A chunk that has just been filled may not need memory of its own. */
  #settle(index: number): void {
    const chunk = this.#chunks![index]!;
    const twin = repeated(chunk.bytes, this.#chunks![index - 1]);
    if (twin !== undefined) this.#share(index, twin);
  }

  #share(index: number, twin: Chunk): void {
    const chunks = this.#chunks!;
    const chunk = chunks[index];
    this.#reserve(chunk === undefined ? CHUNK_BYTES : 0, chunk?.owned ? -CHUNK_BYTES : 0);
    twin.owned = false;
    chunks[index] = twin;
  }

  #cutChunks(size: number): void {
    const chunks = this.#chunks!;
    const keep = Math.ceil(size / CHUNK_BYTES);
    for (const chunk of chunks.splice(keep)) {
      if (chunk !== undefined) this.#reserve(-CHUNK_BYTES, chunk.owned ? -CHUNK_BYTES : 0);
    }
    const rest = size % CHUNK_BYTES;
    if (rest > 0 && chunks[keep - 1] !== undefined) this.#writable(keep - 1).fill(0, rest);
  }
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x80) return false;
  return true;
}

const ZEROS: Chunk = { bytes: new Uint8Array(CHUNK_BYTES), owned: false };

/** A chunk with the same bytes that is at hand: zeros, or the one before. */
function repeated(bytes: Uint8Array, before: Chunk | undefined): Chunk | undefined {
  if (equal(bytes, ZEROS.bytes)) return ZEROS;
  return before !== undefined && equal(bytes, before.bytes) ? before : undefined;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a[0] !== b[0] || a[a.length - 1] !== b[b.length - 1]) return false;
  if (a.byteOffset % 4 !== 0 || b.byteOffset % 4 !== 0) return a.every((byte, index) => byte === b[index]);
  const left = new Uint32Array(a.buffer, a.byteOffset, CHUNK_BYTES / 4);
  const right = new Uint32Array(b.buffer, b.byteOffset, CHUNK_BYTES / 4);
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
