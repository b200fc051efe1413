import { ScheduledEvent } from './event-heap.ts';
import { EventQueue } from './event-queue.ts';
import { Journal } from './journal.ts';
import { Random } from './random.ts';
import { Trace } from './trace.ts';

/** Options of a simulation; the same options and inputs give the same history, byte for byte. */
export interface SimulationOptions {
  readonly seed: string;
  /** What the clocks on the simulated machines show at virtual time zero, in milliseconds since 1970. */
  readonly epochMs?: number;
  /** Whether the trace stays empty, for whoever never looks at it: what happens is the same. */
  readonly unrecorded?: boolean;
}

/** A scheduled event that may be called off. */
export interface Timer {
  cancel(): void;
}

/** How far a run may go. */
export interface RunLimits {
  /** Events after which the run gives up; guards against loops that never let time pass. */
  readonly maxSteps?: number;
}

/** The 12th of January 2026, 09:00 UTC: a working morning. */
const DEFAULT_EPOCH_MS = Date.UTC(2026, 0, 12, 9, 0, 0);

const DEFAULT_MAX_STEPS = 50_000_000;

/** Thrown when a run has used up its steps; says how far it got. */
export class StepLimitExceeded extends Error {
  override readonly name = 'StepLimitExceeded';
}

/**
 * One discrete-event loop in virtual time. The clock stands still unless it is driven by `runFor`, `runUntil` or
 * `advance`; every event runs to completion before the next begins.
 */
export class Simulation {
  readonly seed: string;
  readonly epochMs: number;
  readonly trace: Trace;
  readonly journal = new Journal(this);
  readonly #queue = new EventQueue();
  readonly #streams = new Map<string, Random>();
  #nowMs = 0;
  #sequence = 0;
  #steps = 0;

  constructor(options: SimulationOptions) {
    this.seed = options.seed;
    this.epochMs = options.epochMs ?? DEFAULT_EPOCH_MS;
    this.trace = new Trace(options.unrecorded === true ? 0 : undefined);
  }

  /** Virtual milliseconds since the simulation began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** What a wall clock in the simulation shows, in milliseconds since 1970. */
  get wallMs(): number {
    return this.epochMs + this.#nowMs;
  }

  /** Events run so far. */
  get steps(): number {
    return this.#steps;
  }

  /** The time of the next event, if one is pending. */
  get nextEventMs(): number | undefined {
    return this.#queue.peek()?.timeMs;
  }

  /** The stream of random numbers of this name. */
  random(name: string): Random {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new Random(`${this.seed}/${name}`);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** Has `run` called `delayMs` from now; a delay of 0 means "in this instant, after what is already due". */
  schedule(delayMs: number, label: string, run: () => void): Timer {
    const event = new ScheduledEvent(this.#nowMs + Math.max(0, delayMs), this.#sequence++, label, run);
    this.#queue.push(event, this.#nowMs);
    return event;
  }

  /** Records a fact in the trace, at the present time and under the activity at hand. */
  record(kind: string, subject: string, detail?: string, revision?: number): void {
    this.trace.record(this.#nowMs, kind, subject, detail, revision);
  }

  /** Runs the next event, if it is due by `untilMs`. Returns whether one ran. */
  step(untilMs = Number.POSITIVE_INFINITY): boolean {
    const next = this.#queue.take(untilMs);
    if (next === undefined) return false;
    this.#nowMs = next.timeMs;
    this.#steps += 1;
    next.run();
    return true;
  }

  /** Lets `durationMs` of virtual time pass. */
  runFor(durationMs: number, limits: RunLimits = {}): void {
    this.advance(this.#nowMs + durationMs, limits.maxSteps ?? DEFAULT_MAX_STEPS, true);
  }

  /**
   * Runs until `condition` holds (it is asked before the first event and after each) or `limitMs` of virtual time
   * have passed. Returns whether it came to hold.
   */
  runUntil(condition: () => boolean, limitMs: number, limits: RunLimits = {}): boolean {
    const deadlineMs = this.#nowMs + limitMs;
    const maxSteps = limits.maxSteps ?? DEFAULT_MAX_STEPS;
    for (let steps = 0; ; steps++) {
      if (condition()) return true;
      if (steps >= maxSteps) throw this.#stepLimit(maxSteps, deadlineMs);
      if (!this.step(deadlineMs)) {
        this.#nowMs = deadlineMs;
        return condition();
      }
    }
  }

  /**
   * Runs events up to `timeMs`, at most `maxSteps` of them. When all that is due has run the clock stands at `timeMs`
   * and true is returned; otherwise (a driver's budget is spent) it stands at the last event run.
   */
  advance(timeMs: number, maxSteps: number, mustFinish = false): boolean {
    for (let steps = 0; steps < maxSteps; steps++) {
      if (!this.step(timeMs)) {
        this.#nowMs = Math.max(this.#nowMs, timeMs);
        return true;
      }
    }
    const next = this.#queue.peek();
    if (next === undefined || next.timeMs > timeMs) {
      this.#nowMs = Math.max(this.#nowMs, timeMs);
      return true;
    }
    if (mustFinish) throw this.#stepLimit(maxSteps, timeMs);
    return false;
  }

  #stepLimit(maxSteps: number, goalMs: number): StepLimitExceeded {
    const next = this.#queue.peek();
    return new StepLimitExceeded(
      `stopped after ${maxSteps} events at virtual time ${this.#nowMs} ms of ${goalMs} ms ` +
        `(seed ${this.seed}, ${this.#queue.size} events pending, next: ${next?.label ?? 'none'})`,
    );
  }
}
