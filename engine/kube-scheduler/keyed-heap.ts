/**
 * A binary heap whose entries are found and removed by key, each in logarithmic time. `before` is a strict order; what
 * it compares must not change while an entry is inside.
 */
export class KeyedHeap<T> {
  readonly #key: (item: T) => string;
  readonly #before: (a: T, b: T) => boolean;
  readonly #items: T[] = [];
  readonly #positions = new Map<string, number>();

  constructor(key: (item: T) => string, before: (a: T, b: T) => boolean) {
    this.#key = key;
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  get(key: string): T | undefined {
    const position = this.#positions.get(key);
    return position === undefined ? undefined : this.#items[position];
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1, item);
  }

  pop(): T | undefined {
    const top = this.#items[0];
    return top === undefined ? undefined : this.remove(this.#key(top));
  }

  remove(key: string): T | undefined {
    const position = this.#positions.get(key);
    if (position === undefined) return undefined;
    const item = this.#items[position]!;
    this.#positions.delete(key);
    const last = this.#items.pop()!;
    if (last !== item) this.#sink(this.#rise(position, last), last);
    return item;
  }

  #rise(position: number, item: T): number {
    let index = position;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(item, this.#items[parent]!)) break;
      this.#put(index, this.#items[parent]!);
      index = parent;
    }
    this.#put(index, item);
    return index;
  }

  #sink(position: number, item: T): void {
    let index = position;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.#items.length) break;
      if (child + 1 < this.#items.length && this.#before(this.#items[child + 1]!, this.#items[child]!)) child += 1;
      if (!this.#before(this.#items[child]!, item)) break;
      this.#put(index, this.#items[child]!);
      index = child;
    }
    this.#put(index, item);
  }

  #put(index: number, item: T): void {
    this.#items[index] = item;
    this.#positions.set(this.#key(item), index);
  }
}
