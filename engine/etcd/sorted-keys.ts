const MAX_CHUNK = 512;

/**
 * An ordered set of strings. Kept in chunks of bounded size, so that removing one of a hundred thousand moves a few
 * hundred entries at most; the real etcd keeps a B-tree for the same purpose. New ones are put in their places when
 * somebody asks for an order: a cluster writes thousands of keys (Events, mostly) between two lists.
 */
export class SortedKeys {
  #chunks: string[][] = [];
  /** Those that have no place yet. */
  #fresh: string[] = [];

  /** Adds a key that is not there. */
  add(key: string): void {
    this.#fresh.push(key);
  }

  delete(key: string): void {
    this.#settle();
    const at = this.#chunkFor(key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    const index = lowerBound(chunk, key);
    if (chunk[index] !== key) return;
    chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** The keys from `start` (included) that begin with `prefix`, in order. */
  *from(start: string, prefix: string): Generator<string, void, void> {
    this.#settle();
    let at = this.#chunkFor(start);
    let index = lowerBound(this.#chunks[at] ?? [], start);
    for (; at < this.#chunks.length; at++, index = 0) {
      const chunk = this.#chunks[at]!;
      for (; index < chunk.length; index++) {
        const key = chunk[index]!;
        if (!key.startsWith(prefix)) return;
        yield key;
      }
    }
  }

  /** Gives the new keys their places: a few one by one, many in one pass over all. */
  #settle(): void {
    if (this.#fresh.length === 0) return;
    const fresh = this.#fresh;
    this.#fresh = [];
    if (fresh.length < this.#chunks.length) {
      for (const key of fresh) this.#insert(key);
      return;
    }
    const keys = merged(this.#chunks.flat(), fresh.sort(byCodeUnits));
    this.#chunks = [];
    for (let start = 0; start < keys.length; start += MAX_CHUNK >> 1) {
      this.#chunks.push(keys.slice(start, start + (MAX_CHUNK >> 1)));
    }
  }

  #insert(key: string): void {
    const at = this.#chunkFor(key);
    const chunk = this.#chunks[at]!;
    chunk.splice(lowerBound(chunk, key), 0, key);
    if (chunk.length > MAX_CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(MAX_CHUNK >> 1));
  }

  /** The last chunk that begins at or before the key. */
  #chunkFor(key: string): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#chunks[middle]![0]! <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function byCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Two sorted lists as one. */
function merged(left: readonly string[], right: readonly string[]): string[] {
  const all: string[] = [];
  let at = 0;
  for (const key of right) {
    while (at < left.length && left[at]! < key) all.push(left[at++]!);
    all.push(key);
  }
  while (at < left.length) all.push(left[at++]!);
  return all;
}

function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
