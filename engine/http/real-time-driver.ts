import type { Simulation } from '../sim/index.ts';

/** How long the simulation may run before sockets are served again, in real milliseconds. */
const SLICE_MS = 10;
/** Events between two looks at the real clock. */
const STEPS_PER_LOOK = 64;
/** Real milliseconds of work that may pile up; when the machine is too slow for the speed, the rest is forgiven. */
const MAX_LAG_MS = 500;
const MAX_REST_MS = 1000;

/**
 * Lets a simulation's time pass with the real one, in slices short enough for a server on the same thread. (The
 * browser's `ClusterDriver` does this too, but paints pictures on the way, which a server has no use for.)
 */
export class RealTimeDriver {
  readonly #sim: Simulation;
  readonly #speed: number;
  readonly #failed: (error: unknown) => void;
  #dueMs: number;
  #lastRealMs: number;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #stopped = false;

  /** @param speed virtual milliseconds for each real one; with 0 time passes only where something else lets it. @param failed is told of a bug; the clock then stands still. */
  constructor(sim: Simulation, speed: number, failed: (error: unknown) => void) {
    this.#sim = sim;
    this.#speed = speed;
    this.#failed = failed;
    this.#dueMs = sim.nowMs;
    this.#lastRealMs = performance.now();
  }

  start(): void {
    this.#lastRealMs = performance.now();
    this.wake();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  /** Brings the simulation to the present, as far as one slice goes, so that what comes next happens at its time. */
  catchUp(): void {
    this.#runSlice();
  }

  /** Says that something may have become due. */
  wake(): void {
    if (this.#stopped || this.#immediate !== undefined) return;
    clearTimeout(this.#timer);
    this.#immediate = setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#immediate = undefined;
    const done = this.#runSlice();
    if (this.#stopped) return;
    if (!done) this.wake();
    else this.#timer = setTimeout(() => this.#turn(), this.#restMs());
  }

  /** Returns whether all that is due has run. */
  #runSlice(): boolean {
    if (this.#stopped) return true;
    const now = performance.now();
    const { nowMs } = this.#sim;
    // Whoever has moved the simulation ahead does not make it wait until the real clock has come after it.
    const wantedMs = Math.max(this.#dueMs, nowMs) + (now - this.#lastRealMs) * this.#speed;
    this.#lastRealMs = now;
    this.#dueMs = Math.min(wantedMs, nowMs + MAX_LAG_MS * this.#speed);
    try {
      // Whole milliseconds keep the journal's times short.
      const goalMs = Math.floor(this.#dueMs);
      while (!this.#sim.advance(goalMs, STEPS_PER_LOOK)) {
        if (performance.now() - now >= SLICE_MS) return false;
      }
    } catch (error) {
      this.stop();
      this.#failed(error);
    }
    return true;
  }

  #restMs(): number {
    const { nextEventMs, nowMs } = this.#sim;
    if (nextEventMs === undefined) return MAX_REST_MS;
    return Math.min(MAX_REST_MS, Math.max(1, (nextEventMs - nowMs) / this.#speed));
  }
}
