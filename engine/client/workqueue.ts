import type { Simulation, Timer } from '../sim/index.ts';
import { ControllerRateLimiter, type RateLimiter } from './rate-limiter.ts';

export interface WorkQueueOptions<K> {
  /** For event labels. */
  readonly name: string;
  readonly rateLimiter?: RateLimiter<K>;
}

interface Delayed {
  readonly readyMs: number;
  readonly timer: Timer;
}

/**
 * The queue in front of a controller:
 * - an item added several times before it is taken comes out once;
 * - an item is never worked on twice at the same time: added while it is being worked on, it comes out again after `done`;
 * - failed items come back later and later (`addRateLimited`) until `forget`.
 * After client-go's `util/workqueue`.
 */
export class WorkQueue<K = string> {
  readonly #sim: Simulation;
  readonly #label: string;
  readonly #rateLimiter: RateLimiter<K>;
  readonly #ready = new Set<K>();
  readonly #processing = new Set<K>();
  /** Added again while being processed. */
  readonly #dirty = new Set<K>();
  readonly #delayed = new Map<K, Delayed>();
  #onReady: () => void = () => {};
  #shutDown = false;

  constructor(sim: Simulation, options: WorkQueueOptions<K>) {
    this.#sim = sim;
    this.#label = `workqueue ${options.name}`;
    this.#rateLimiter = options.rateLimiter ?? new ControllerRateLimiter<K>(sim);
  }

  /** Items that could be taken now. */
  get length(): number {
    return this.#ready.size;
  }

  /** Has `listener` called whenever an item becomes ready. It should arrange for work, not do it. */
  onReady(listener: () => void): void {
    this.#onReady = listener;
  }

  add(item: K): void {
    if (this.#shutDown) return;
    if (this.#processing.has(item)) {
      this.#dirty.add(item);
      return;
    }
    if (this.#ready.has(item)) return;
    this.#ready.add(item);
    this.#onReady();
  }

  /** Adds the item after `delayMs`. Of several delays for one item the one that ends first counts. */
  addAfter(item: K, delayMs: number): void {
    if (this.#shutDown) return;
    if (delayMs <= 0) {
      this.add(item);
      return;
    }
    const readyMs = this.#sim.nowMs + delayMs;
    const earlier = this.#delayed.get(item);
    if (earlier !== undefined && earlier.readyMs <= readyMs) return;
    earlier?.timer.cancel();
    const timer = this.#sim.schedule(delayMs, this.#label, () => {
      this.#delayed.delete(item);
      this.add(item);
    });
    this.#delayed.set(item, { readyMs, timer });
  }

  /** Adds the item after the delay that its failures call for. */
  addRateLimited(item: K): void {
    this.addAfter(item, this.#rateLimiter.when(item));
  }

  /** The item has succeeded, or is given up: its next failure counts as the first. */
  forget(item: K): void {
    this.#rateLimiter.forget(item);
  }

  /** How often the item has failed in a row. */
  requeues(item: K): number {
    return this.#rateLimiter.failures(item);
  }

  /** Takes the next item, to be given back with `done`; undefined when none is ready. */
  take(): K | undefined {
    for (const item of this.#ready) {
      this.#ready.delete(item);
      this.#processing.add(item);
      return item;
    }
    return undefined;
  }

  done(item: K): void {
    this.#processing.delete(item);
    if (!this.#dirty.delete(item)) return;
    this.add(item);
  }

  /** Drops everything; later additions are ignored. */
  shutDown(): void {
    this.#shutDown = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#ready.clear();
    this.#dirty.clear();
  }
}
