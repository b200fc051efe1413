import type { KubeObject } from '../api/object.ts';

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

/** The place of an object in the cache: it is filed once, however often the object changes. */
interface Entry<T> {
  object: T;
}

interface Index<T> {
  readonly values: IndexFunction<T>;
  readonly buckets: Map<string, Set<Entry<T>>>;
}

/**
 * The cache behind an informer: objects by key, by namespace and by any number of named indices. Every operation costs
 * the number of the object's index values, never the number of objects. A change looks its object up by namespace and name,
 * two strings that are there already: putting together a key and finding that costs more than all the rest.
 * After client-go's `tools/cache/thread_safe_store.go`.
 */
export class Store<T extends KubeObject> implements Lister<T> {
  readonly #entries = new Set<Entry<T>>();
  readonly #namespaces = new Map<string, Map<string, Entry<T>>>();
  readonly #indices = new Map<string, Index<T>>();

  get size(): number {
    return this.#entries.size;
  }

  /** Adds a named index; what is already there is filed too. Adding a name twice keeps the first. */
  addIndex(name: string, values: IndexFunction<T>): void {
    if (this.#indices.has(name)) return;
    const index: Index<T> = { values, buckets: new Map() };
    this.#indices.set(name, index);
    for (const entry of this.#entries) file(index, entry, values(entry.object));
  }

  get(name: string, namespace?: string): T | undefined {
    return this.#find(name, namespace)?.object;
  }

  byKey(key: string): T | undefined {
    const slash = key.indexOf('/');
    return slash < 0 ? this.get(key) : this.get(key.slice(slash + 1), key.slice(0, slash));
  }

  list(namespace?: string): T[] {
    return objectsOf(namespace === undefined ? this.#entries : this.#namespaces.get(namespace));
  }

  byIndex(name: string, value: string): T[] {
    return objectsOf(this.#bucket(name, value));
  }

  countByIndex(name: string, value: string): number {
    return this.#bucket(name, value)?.size ?? 0;
  }

  #bucket(name: string, value: string): ReadonlySet<Entry<T>> | undefined {
    const index = this.#indices.get(name);
    if (index === undefined) throw new Error(`no index "${name}"`);
    return index.buckets.get(value);
  }

  #find(name: string, namespace = ''): Entry<T> | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  /** Puts the object in place of its predecessor, which is returned. */
  set(object: T): T | undefined {
    const { name, namespace } = object.metadata;
    const entry = this.#find(name, namespace);
    if (entry === undefined) {
      this.#add(object);
      return undefined;
    }
    const previous = entry.object;
    entry.object = object;
    for (const index of this.#indices.values()) refile(index, entry, previous);
    return previous;
  }

  #add(object: T): void {
    const entry: Entry<T> = { object };
    const { name, namespace = '' } = object.metadata;
    this.#entries.add(entry);
    const neighbours = this.#namespaces.get(namespace);
    if (neighbours === undefined) this.#namespaces.set(namespace, new Map([[name, entry]]));
    else neighbours.set(name, entry);
    for (const index of this.#indices.values()) file(index, entry, index.values(object));
  }

  /** Takes away whatever has the object's name; returns that. */
  delete(object: T): T | undefined {
    const { name, namespace = '' } = object.metadata;
    const entry = this.#find(name, namespace);
    if (entry === undefined) return undefined;
    this.#entries.delete(entry);
    const neighbours = this.#namespaces.get(namespace)!;
    neighbours.delete(name);
    if (neighbours.size === 0) this.#namespaces.delete(namespace);
    for (const index of this.#indices.values()) unfile(index, entry, index.values(entry.object));
    return entry.object;
  }
}

function objectsOf<T>(entries: ReadonlyMap<string, Entry<T>> | ReadonlySet<Entry<T>> | undefined): T[] {
  const objects: T[] = [];
  if (entries === undefined) return objects;
  for (const { object } of entries.values()) objects.push(object);
  return objects;
}

/** Files an object that has changed under what it has come by, and no longer under what it has lost. */
function refile<T>(index: Index<T>, entry: Entry<T>, previous: T): void {
  const [before, now] = [index.values(previous), index.values(entry.object)];
  if (before === now) return;
  unfile(index, entry, before, now);
  file(index, entry, now, before);
}

const NONE: readonly string[] = [];

function file<T>(index: Index<T>, entry: Entry<T>, values: readonly string[], already = NONE): void {
  for (const value of values) {
    if (already.includes(value)) continue;
    const bucket = index.buckets.get(value);
    if (bucket === undefined) index.buckets.set(value, new Set([entry]));
    else bucket.add(entry);
  }
}

function unfile<T>(index: Index<T>, entry: Entry<T>, values: readonly string[], kept = NONE): void {
  for (const value of values) {
    if (kept.includes(value)) continue;
    const bucket = index.buckets.get(value);
    bucket?.delete(entry);
    if (bucket?.size === 0) index.buckets.delete(value);
  }
}
