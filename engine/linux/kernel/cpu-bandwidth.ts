/** `cpu.max`: so much CPU time in each period. https://docs.kernel.org/scheduler/sched-bwc.html */
export class CpuBandwidth {
  readonly quotaMs: number;
  readonly periodMs: number;
  /** Periods in which something ran, those that ran out, and how long whoever waited then had to wait. */
  periods = 0;
  throttledPeriods = 0;
  throttledMs = 0;
  #period = -1;
  #usedMs = 0;
  #throttled = false;

  constructor(quotaMs: number, periodMs: number) {
    this.quotaMs = quotaMs;
    this.periodMs = periodMs;
  }

  /** What is left of the period that holds `nowMs`. */
  remainingMs(nowMs: number): number {
    this.#turnTo(nowMs);
    return this.quotaMs - this.#usedMs;
  }

  take(nowMs: number, ms: number): void {
    this.#turnTo(nowMs);
    if (this.#usedMs === 0) this.periods += 1;
    this.#usedMs += ms;
  }

  /** Somebody wants to run and may not until the next period, which begins at the returned time. */
  throttle(nowMs: number): number {
    this.#turnTo(nowMs);
    const nextMs = (this.#period + 1) * this.periodMs;
    if (!this.#throttled) {
      this.#throttled = true;
      this.throttledPeriods += 1;
      this.throttledMs += nextMs - nowMs;
    }
    return nextMs;
  }

  #turnTo(nowMs: number): void {
    const period = Math.floor(nowMs / this.periodMs);
    if (period === this.#period) return;
    // What ran over, because two CPUs took the last of it at once, is owed in the period after.
    this.#usedMs = period === this.#period + 1 ? Math.max(0, this.#usedMs - this.quotaMs) : 0;
    this.#period = period;
    this.#throttled = false;
  }
}
