/** Something that came from outside: a key press, a request, a fault. Plain JSON data, so it can be kept and sent. */
export interface Input {
  /** Which door it came by, e.g. `terminal.write`. */
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** An input and the exact point of the run at which it was taken in. */
export interface JournalEntry {
  /** The clock's reading, in virtual milliseconds. */
  readonly timeMs: number;
  /** How many events had run. Together with the time it fixes the point between two events. */
  readonly step: number;
  readonly input: Input;
}

/** What the journal needs of the simulation it belongs to. */
interface EventLoop {
  readonly seed: string;
  readonly nowMs: number;
  readonly steps: number;
  step(untilMs: number): boolean;
  advance(timeMs: number, maxSteps: number): boolean;
  record(kind: string, subject: string, detail: string): void;
}

/**
 * The one door by which inputs enter a simulation, and the list of those that did. A simulation is a function of its
 * options and this list.
 */
export class Journal {
  readonly #sim: EventLoop;
  readonly #entries: JournalEntry[] = [];
  readonly #handlers = new Map<string, (input: never) => unknown>();
  #listener: ((entry: JournalEntry) => void) | undefined;

  constructor(sim: EventLoop) {
    this.#sim = sim;
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** The run begins here: what was taken in so far comes again by itself, with the options it came with. */
  begin(): void {
    this.#entries.length = 0;
  }

  /** Says what an input of this kind does. */
  handle<I extends Input>(kind: I['kind'], handler: (input: I) => unknown): void {
    this.#handlers.set(kind, handler as (input: never) => unknown);
  }

  /** Calls `listener` for each entry from now on, so that it can be kept outside. */
  onEntry(listener: (entry: JournalEntry) => void): void {
    this.#listener = listener;
  }

  /**
   * Takes an input in, between two events. Returns what its handler returns.
   *
   * @throws Error for a kind that nothing handles.
   */
  submit(input: Input): unknown {
    const handler = this.#handlers.get(input.kind);
    if (handler === undefined) throw new Error(`no handler for inputs of kind "${input.kind}"`);
    const entry = { timeMs: this.#sim.nowMs, step: this.#sim.steps, input };
    this.#entries.push(entry);
    this.#listener?.(entry);
    this.#sim.record('input', input.kind, JSON.stringify(input));
    return handler(input as never);
  }

  /**
   * Brings a fresh simulation to where another one was: runs to the point of each entry and submits it there. An input
   * that was refused the first time is refused again.
   *
   * @throws Error when the run does not meet an entry's point, i.e. when engine, seed or options differ.
   */
  replay(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      while (this.#sim.steps < entry.step && this.#sim.step(entry.timeMs)) {
        // Each turn runs one event.
      }
      this.#sim.advance(entry.timeMs, 0);
      if (this.#sim.steps !== entry.step || this.#sim.nowMs !== entry.timeMs) {
        throw new Error(
          `replay diverged: expected to be at ${entry.timeMs} ms after ${entry.step} events, ` +
            `was at ${this.#sim.nowMs} ms after ${this.#sim.steps} (seed ${this.#sim.seed})`,
        );
      }
      try {
        this.submit(entry.input);
      } catch {
        // Whoever submitted it has been told.
      }
    }
  }
}
