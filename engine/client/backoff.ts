import type { Random } from '../sim/index.ts';

export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly factor: number;
  /** Each delay is stretched by a factor in [1, 1 + jitter). */
  readonly jitter: number;
  /** After this long without a failure the delay starts anew. */
  readonly resetMs: number;
}

/** How a reflector waits between attempts: 0.8 s doubling to 30 s (client-go `tools/cache/reflector.go`). */
export const REFLECTOR_BACKOFF: BackoffOptions = {
  initialMs: 800,
  maxMs: 30_000,
  factor: 2,
  jitter: 1,
  resetMs: 120_000,
};

/** Growing delays between attempts. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: Random;
  #delayMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(options: BackoffOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#delayMs = options.initialMs;
  }

  /** How long to wait after a failure at `nowMs`. */
  next(nowMs: number): number {
    const { initialMs, maxMs, factor, jitter, resetMs } = this.#options;
    if (nowMs - this.#lastMs > resetMs) this.#delayMs = initialMs;
    const delayMs = this.#delayMs;
    this.#lastMs = nowMs;
    this.#delayMs = Math.min(delayMs * factor, maxMs);
    return this.#random.jitter(delayMs, jitter);
  }
}
