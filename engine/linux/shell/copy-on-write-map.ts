/**
 * A map that a shell and its children have in common until one of them changes it, as memory is after fork(2): most
 * children of a shell only look. It takes no memory before it has an entry.
 */
export class CopyOnWriteMap<K, V> {
  #entries: Map<K, V> | undefined;
  #shared = false;

  /** The same map for another owner. */
  share(): CopyOnWriteMap<K, V> {
    const other = new CopyOnWriteMap<K, V>();
    if (this.#entries === undefined) return other;
    this.#shared = true;
    other.#entries = this.#entries;
    other.#shared = true;
    return other;
  }

  get size(): number {
    return this.#entries === undefined ? 0 : this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries?.get(key);
  }

  has(key: K): boolean {
    return this.#entries?.has(key) === true;
  }

  set(key: K, value: V): void {
    this.#own().set(key, value);
  }

  delete(key: K): boolean {
    return this.has(key) && this.#own().delete(key);
  }

  clear(): void {
    this.#entries = undefined;
    this.#shared = false;
  }

  keys(): MapIterator<K> {
    return (this.#entries ?? new Map<K, V>()).keys();
  }

  values(): MapIterator<V> {
    return (this.#entries ?? new Map<K, V>()).values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return (this.#entries ?? new Map<K, V>())[Symbol.iterator]();
  }

  #own(): Map<K, V> {
    if (this.#entries === undefined) this.#entries = new Map();
    else if (this.#shared) this.#entries = new Map(this.#entries);
    this.#shared = false;
    return this.#entries;
  }
}
