const FIRST_MS = 1_000;
const MAX_MS = 15 * 60_000;

interface Failure {
  readonly atMs: number;
  readonly delayMs: number;
}

/**
 * Slows down the replacement of Pods that fail on a node at once (a kubelet that refuses them, say): 1 s, 2 s, 4 s … up
 * to a quarter of an hour; after twice that without a failure it begins anew.
 */
export class FailedPods {
  readonly #failures = new Map<string, Failure>();

  /** How long the replacement must wait still; zero, and the next one slower, when it may go ahead. */
  waitMs(key: string, nowMs: number): number {
    const last = this.#failures.get(key);
    if (last !== undefined) {
      const waitMs = last.atMs + last.delayMs - nowMs;
      if (waitMs > 0) return waitMs;
    }
    const isRecent = last !== undefined && nowMs - last.atMs < 2 * MAX_MS;
    const delayMs = isRecent ? Math.min(2 * last.delayMs, MAX_MS) : FIRST_MS;
    this.#failures.set(key, { atMs: nowMs, delayMs });
    return 0;
  }
}
