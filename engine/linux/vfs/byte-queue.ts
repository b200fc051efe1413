const EMPTY = new Uint8Array(0);

/**
 * Bytes in the order in which they came. Chunks are kept as they are given and never copied until they are taken, so
 * whoever pushes must not change them afterwards.
 */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** At most `max` bytes from the front. */
  take(max: number): Uint8Array {
    if (this.#length === 0 || max <= 0) return EMPTY;
    const first = this.#chunks[this.#head]!;
    if (first.length >= max || this.#head === this.#chunks.length - 1) return this.#takeOfFirst(first, max);
    const result = new Uint8Array(Math.min(max, this.#length));
    let filled = 0;
    while (filled < result.length) {
      const part = this.#takeOfFirst(this.#chunks[this.#head]!, result.length - filled);
      result.set(part, filled);
      filled += part.length;
    }
    return result;
  }

  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.#length = 0;
  }

  #takeOfFirst(first: Uint8Array, max: number): Uint8Array {
    if (first.length > max) {
      this.#chunks[this.#head] = first.subarray(max);
      this.#length -= max;
      return first.subarray(0, max);
    }
    this.#length -= first.length;
    this.#head += 1;
    if (this.#length === 0) this.clear();
    else if (this.#head > 64 && this.#head * 2 > this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }
}
