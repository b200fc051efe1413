interface Entry<T> {
  readonly key: string;
  readonly item: T;
  /** Where in the heap it is. */
  position: number;
}

/**
 * A binary heap whose entries are found and removed by key, each in logarithmic time. `before` is a strict order; what
 * it compares must not change while an entry is inside.
 */
export class KeyedHeap<T> {
  readonly #key: (item: T) => string;
  readonly #before: (a: T, b: T) => boolean;
  readonly #heap: Entry<T>[] = [];
  readonly #entries = new Map<string, Entry<T>>();

  constructor(key: (item: T) => string, before: (a: T, b: T) => boolean) {
    this.#key = key;
    this.#before = before;
  }

  get size(): number {
    return this.#heap.length;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.item;
  }

  peek(): T | undefined {
    return this.#heap[0]?.item;
  }

  push(item: T): void {
    const entry = { key: this.#key(item), item, position: this.#heap.length };
    this.#entries.set(entry.key, entry);
    this.#heap.push(entry);
    this.#rise(entry);
  }

  pop(): T | undefined {
    const top = this.#heap[0];
    return top === undefined ? undefined : this.remove(top.key);
  }

  remove(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    const last = this.#heap.pop()!;
    if (last !== entry) {
      last.position = entry.position;
      this.#rise(last);
      this.#sink(last);
    }
    return entry.item;
  }

  #rise(entry: Entry<T>): void {
    let index = entry.position;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(entry.item, this.#heap[parent]!.item)) break;
      this.#put(index, this.#heap[parent]!);
      index = parent;
    }
    this.#put(index, entry);
  }

  #sink(entry: Entry<T>): void {
    const heap = this.#heap;
    let index = entry.position;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!.item, heap[child]!.item)) child += 1;
      if (!this.#before(heap[child]!.item, entry.item)) break;
      this.#put(index, heap[child]!);
      index = child;
    }
    this.#put(index, entry);
  }

  #put(index: number, entry: Entry<T>): void {
    this.#heap[index] = entry;
    entry.position = index;
  }
}
