import type { Simulation, Timer } from '../sim/index.ts';

export interface SyncPeriods {
  /** Between the beginnings of two runs, in milliseconds. */
  readonly minMs: number;
  /** After a run that failed. */
  readonly retryMs: number;
  /** After one that did not. */
  readonly maxMs: number;
}

/**
 * Decides when to run: at once when asked and the last run is long enough ago, otherwise as soon as it is, so that a burst
 * of changes costs one run. After pkg/util/async/bounded_frequency_runner.go.
 */
export class SyncRunner {
  readonly #sim: Simulation;
  readonly #periods: SyncPeriods;
  readonly #run: () => void;
  #lastMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #dueMs = Number.POSITIVE_INFINITY;

  /** @param run begins a run, which `finished` ends. */
  constructor(sim: Simulation, periods: SyncPeriods, run: () => void) {
    this.#sim = sim;
    this.#periods = periods;
    this.#run = run;
  }

  ask(): void {
    this.#schedule(Math.max(this.#sim.nowMs, this.#lastMs + this.#periods.minMs));
  }

  begun(): void {
    this.#lastMs = this.#sim.nowMs;
    this.stop();
  }

  finished(succeeded: boolean): void {
    const { retryMs, maxMs } = this.#periods;
    this.#schedule(this.#sim.nowMs + (succeeded ? maxMs : retryMs));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  #schedule(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = this.#sim.schedule(dueMs - this.#sim.nowMs, 'kube-proxy sync', () => {
      this.stop();
      this.#run();
    });
  }
}
