import type { KubeObject } from '../api/object.ts';
import type { Simulation, Timer } from '../sim/index.ts';
import type { ResourceClient } from './client.ts';
import { type IndexFunction, type Lister, Store } from './lister.ts';
import { Reflector, type ReflectorSelection } from './reflector.ts';

/** What to do about changes; the cache already shows them when a handler runs. */
export interface InformerHandlers<T> {
  /** `initial` is true for what was there when the informer (or the handler) began. */
  add?(object: T, initial: boolean): void;
  /** Also called with twice the same object by a resync. */
  update?(previous: T, object: T): void;
  /** The last known state; after a lost connection it may be older than the object's end. */
  delete?(object: T): void;
}

export interface InformerOptions extends ReflectorSelection {
  /** For event labels and random streams, e.g. `kubelet/node-1 pods`. */
  readonly name: string;
  /** How often every object is handed to `update` again. Never, unless told: level-driven controllers need none. */
  readonly resyncMs?: number;
}

/**
 * A cache of a collection that follows the server, with handlers for what changes in it. Share one among all who want
 * the same collection. Handlers run in the event that delivered the change: they should note the key and return.
 */
export class Informer<T extends KubeObject> {
  readonly #sim: Simulation;
  readonly #options: InformerOptions;
  readonly #store = new Store<T>();
  readonly #reflector: Reflector<T>;
  readonly #handlers: InformerHandlers<T>[] = [];
  readonly #waiting: (() => void)[] = [];
  #synced = false;
  #resync: Timer | undefined;

  constructor(sim: Simulation, client: ResourceClient<T>, options: InformerOptions) {
    this.#sim = sim;
    this.#options = options;
    const { name, resyncMs: _, ...selection } = options;
    this.#reflector = new Reflector<T>(sim, name, client, selection, {
      replace: (objects) => this.#replace(objects),
      change: (type, object) => this.#change(type, object),
    });
  }

  get lister(): Lister<T> {
    return this.#store;
  }

  /** As of which version of the collection the cache is; empty before the first list. */
  get resourceVersion(): string {
    return this.#reflector.resourceVersion;
  }

  /** Whether the first list has arrived and its handlers have run. */
  get hasSynced(): boolean {
    return this.#synced;
  }

  /** Calls back once, when `hasSynced` holds (at once if it does). */
  whenSynced(callback: () => void): void {
    if (this.#synced) callback();
    else this.#waiting.push(callback);
  }

  addIndex(name: string, values: IndexFunction<T>): void {
    this.#store.addIndex(name, values);
  }

  /** Adds handlers; they hear of every object already cached. The returned function takes them away. */
  addHandlers(handlers: InformerHandlers<T>): () => void {
    this.#handlers.push(handlers);
    for (const object of this.#store.list()) handlers.add?.(object, true);
    return () => {
      const index = this.#handlers.indexOf(handlers);
      if (index >= 0) this.#handlers.splice(index, 1);
    };
  }

  start(): void {
    this.#reflector.start();
    const { resyncMs } = this.#options;
    if (resyncMs !== undefined && this.#resync === undefined) this.#scheduleResync(resyncMs);
  }

  stop(): void {
    this.#reflector.stop();
    this.#resync?.cancel();
    this.#resync = undefined;
  }

  #scheduleResync(resyncMs: number): void {
    this.#resync = this.#sim.schedule(resyncMs, `resync ${this.#options.name}`, () => {
      for (const object of this.#store.list()) {
        for (const handlers of this.#handlers) handlers.update?.(object, object);
      }
      this.#scheduleResync(resyncMs);
    });
  }

  #replace(objects: readonly T[]): void {
    const gone = new Set<T>(this.#store.list());
    for (const object of objects) {
      const previous = this.#put(object, !this.#synced);
      if (previous !== undefined) gone.delete(previous);
    }
    for (const last of gone) this.#remove(last);
    if (this.#synced) return;
    this.#synced = true;
    for (const callback of this.#waiting.splice(0)) callback();
  }

  #change(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    if (type !== 'DELETED') {
      this.#put(object, false);
      return;
    }
    this.#store.delete(object);
    for (const handlers of this.#handlers) handlers.delete?.(object);
  }

  #put(object: T, initial: boolean): T | undefined {
    const previous = this.#store.set(object);
    if (previous === undefined) {
      for (const handlers of this.#handlers) handlers.add?.(object, initial);
    } else if (previous.metadata.uid !== object.metadata.uid) {
      // Deleted and created again behind our back: two objects, so two facts.
      for (const handlers of this.#handlers) handlers.delete?.(previous);
      for (const handlers of this.#handlers) handlers.add?.(object, initial);
    } else if (previous.metadata.resourceVersion !== object.metadata.resourceVersion) {
      for (const handlers of this.#handlers) handlers.update?.(previous, object);
    }
    return previous;
  }

  #remove(last: T): void {
    this.#store.delete(last);
    for (const handlers of this.#handlers) handlers.delete?.(last);
  }
}
