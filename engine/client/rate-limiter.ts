import type { Simulation } from '../sim/index.ts';

/** Says how long an item must wait before it is tried again. */
export interface RateLimiter<K> {
  /** Counts a failure of `item` and returns the delay, in milliseconds. */
  when(item: K): number;
  /** The failures counted since the last `forget`. */
  failures(item: K): number;
  forget(item: K): void;
}

/** `baseMs · 2^failures`, at most `maxMs`, for each item on its own. */
export class ItemExponentialFailureRateLimiter<K> implements RateLimiter<K> {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #failures = new Map<K, number>();

  constructor(baseMs: number, maxMs: number) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
  }

  when(item: K): number {
    const failures = this.failures(item);
    this.#failures.set(item, failures + 1);
    return Math.min(this.#baseMs * 2 ** failures, this.#maxMs);
  }

  failures(item: K): number {
    return this.#failures.get(item) ?? 0;
  }

  forget(item: K): void {
    this.#failures.delete(item);
  }
}

/** A token bucket over all items together: `burst` at once, then `perSecond`. */
export class TokenBucket {
  readonly #sim: Simulation;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #updatedMs: number;

  constructor(sim: Simulation, perSecond: number, burst: number) {
    this.#sim = sim;
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#updatedMs = sim.nowMs;
  }

  /** Takes a token, if need be on credit; returns the milliseconds until it is there. */
  reserve(): number {
    this.#refill();
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#perMs;
  }

  /** Takes a token if there is one. */
  tryAccept(): boolean {
    this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #refill(): void {
    const { nowMs } = this.#sim;
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#updatedMs) * this.#perMs);
    this.#updatedMs = nowMs;
  }
}

/**
 * What client-go gives a controller (`util/workqueue/default_rate_limiters.go`): the longer of 5 ms doubling to 1,000 s
 * for the item, and ten a second (a hundred at once) for all items.
 */
export class ControllerRateLimiter<K> implements RateLimiter<K> {
  readonly #items = new ItemExponentialFailureRateLimiter<K>(5, 1_000_000);
  readonly #bucket: TokenBucket;

  constructor(sim: Simulation) {
    this.#bucket = new TokenBucket(sim, 10, 100);
  }

  when(item: K): number {
    return Math.max(this.#items.when(item), this.#bucket.reserve());
  }

  failures(item: K): number {
    return this.#items.failures(item);
  }

  forget(item: K): void {
    this.#items.forget(item);
  }
}
