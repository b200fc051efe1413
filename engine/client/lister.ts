import { type KubeObject, objectKey } from '../api/object.ts';

/** The values under which an index files an object; none leaves it out. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** Reads from a cache. What comes back is shared: never change it, and do not keep the arrays' order for meaning. */
export interface Lister<T extends KubeObject> {
  readonly size: number;
  get(name: string, namespace?: string): T | undefined;
  /** By `namespace/name`, or `name` for cluster-scoped kinds. */
  byKey(key: string): T | undefined;
  /** All objects, or those of one namespace. */
  list(namespace?: string): T[];
  /** The objects that the named index files under `value`. */
  byIndex(index: string, value: string): T[];
  /** How many those are. */
  countByIndex(index: string, value: string): number;
}

interface Index<T> {
  readonly values: IndexFunction<T>;
  readonly buckets: Map<string, Map<string, T>>;
}

/**
 * The cache behind an informer: objects by key, by namespace and by any number of named indices. Every operation costs
 * the number of the object's index values, never the number of objects.
 * After client-go's `tools/cache/thread_safe_store.go`.
 */
export class Store<T extends KubeObject> implements Lister<T> {
  readonly #objects = new Map<string, T>();
  readonly #namespaces = new Map<string, Map<string, T>>();
  readonly #indices = new Map<string, Index<T>>();

  get size(): number {
    return this.#objects.size;
  }

  /** Adds a named index; what is already there is filed too. Adding a name twice keeps the first. */
  addIndex(name: string, values: IndexFunction<T>): void {
    if (this.#indices.has(name)) return;
    const index: Index<T> = { values, buckets: new Map() };
    this.#indices.set(name, index);
    for (const [key, object] of this.#objects) file(index, key, object, undefined);
  }

  get(name: string, namespace?: string): T | undefined {
    return this.#objects.get(objectKey({ metadata: { name, namespace } }));
  }

  byKey(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(namespace?: string): T[] {
    if (namespace === undefined) return [...this.#objects.values()];
    return [...(this.#namespaces.get(namespace)?.values() ?? [])];
  }

  byIndex(name: string, value: string): T[] {
    return [...(this.#bucket(name, value)?.values() ?? [])];
  }

  countByIndex(name: string, value: string): number {
    return this.#bucket(name, value)?.size ?? 0;
  }

  #bucket(name: string, value: string): ReadonlyMap<string, T> | undefined {
    const index = this.#indices.get(name);
    if (index === undefined) throw new Error(`no index "${name}"`);
    return index.buckets.get(value);
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  /** Puts the object in place of its predecessor, which is returned. */
  set(key: string, object: T): T | undefined {
    const previous = this.#objects.get(key);
    this.#objects.set(key, object);
    // A key names a namespace, so that its object never leaves it.
    fileUnder(this.#namespaces, object.metadata.namespace ?? '', key, object);
    for (const index of this.#indices.values()) file(index, key, object, previous);
    return previous;
  }

  delete(key: string): T | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    this.#objects.delete(key);
    unfileFrom(this.#namespaces, previous.metadata.namespace ?? '', key);
    for (const index of this.#indices.values()) unfile(index, key, previous, NONE);
    return previous;
  }
}

function file<T>(index: Index<T>, key: string, object: T, previous: T | undefined): void {
  const values = index.values(object);
  if (previous !== undefined) unfile(index, key, previous, values);
  for (const value of values) fileUnder(index.buckets, value, key, object);
}

const NONE: readonly string[] = [];

function unfile<T>(index: Index<T>, key: string, previous: T, kept: readonly string[]): void {
  const values = index.values(previous);
  if (values === kept) return;
  for (const value of values) {
    if (!kept.includes(value)) unfileFrom(index.buckets, value, key);
  }
}

function fileUnder<T>(buckets: Map<string, Map<string, T>>, value: string, key: string, object: T): void {
  const bucket = buckets.get(value);
  if (bucket === undefined) buckets.set(value, new Map([[key, object]]));
  else bucket.set(key, object);
}

function unfileFrom<T>(buckets: Map<string, Map<string, T>>, value: string, key: string): void {
  const bucket = buckets.get(value);
  bucket?.delete(key);
  if (bucket?.size === 0) buckets.delete(value);
}
