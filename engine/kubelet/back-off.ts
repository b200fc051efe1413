interface Entry {
  delayMs: number;
  updatedMs: number;
}

/**
 * Growing pauses by key, as in client-go's `util/flowcontrol/backoff.go`: the first failure costs the initial delay,
 * each further one twice the last, and after twice the longest delay without a failure it starts anew.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restarts
 */
export class BackOff {
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #entries = new Map<string, Entry>();

  constructor(initialMs: number, maxMs: number) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
  }

  /** The present delay of a key; 0 without one. */
  delayMs(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0;
  }

  /** When the pause that follows the failure at `failedMs` is over; undefined when there is none or it is over. */
  pausedUntil(key: string, failedMs: number, nowMs: number): number | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#expired(entry, failedMs)) return undefined;
    const untilMs = failedMs + entry.delayMs;
    return nowMs < untilMs ? untilMs : undefined;
  }

  /** The same, counted from the last call of `next`. */
  pausedSinceUpdate(key: string, nowMs: number): number | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#expired(entry, nowMs)) return undefined;
    const untilMs = entry.updatedMs + entry.delayMs;
    return nowMs < untilMs ? untilMs : undefined;
  }

  /** Takes the failure at `failedMs` into account. */
  next(key: string, failedMs: number, nowMs: number): void {
    const entry = this.#entries.get(key);
    const fresh = entry === undefined || this.#expired(entry, failedMs);
    const delayMs = fresh ? this.#initialMs : Math.min(entry.delayMs * 2, this.#maxMs);
    this.#entries.set(key, { delayMs, updatedMs: nowMs });
  }

  /** Forgets every key that begins with `prefix`. */
  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  #expired(entry: Entry, eventMs: number): boolean {
    return eventMs - entry.updatedMs > 2 * this.#maxMs;
  }
}
