import type { Workshop } from '../records.ts';
import type { Store } from '../store/store.ts';

/** Timers take no longer times; it is looked again after so long. */
const LONGEST_MS = 24 * 3_600_000;

/** What this reaches the world by; a test has its own. */
interface EndWatchWorld {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Waits for the moment from which a workshop takes no more work, wherever the instructor moves it; one that is past is none. */
export class EndWatch {
  readonly #store: Store;
  readonly #world: EndWatchWorld;
  readonly #ended: (workshop: Workshop, at: number) => void;
  readonly #stop: () => void;
  #waiting = new AbortController();

  /** @param ended is called once for each end that comes */
  constructor(store: Store, world: EndWatchWorld, ended: (workshop: Workshop, at: number) => void) {
    this.#store = store;
    this.#world = world;
    this.#ended = ended;
    this.#stop = store.onChange(({ kind }) => {
      if (kind === 'workshop') this.look();
    });
  }

  /** Begins to wait anew. */
  look(): void {
    this.#waiting.abort();
    this.#waiting = new AbortController();
    // Cut short, or without a database: another change, or another server, looks again.
    void this.#watch(this.#waiting.signal).catch(() => {});
  }

  close(): void {
    this.#stop();
    this.#waiting.abort();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const workshop = await this.#store.workshop();
    const { closesAt, overtimeMs = 0 } = workshop?.settings ?? {};
    if (workshop === undefined || closesAt === undefined) return;
    const at = closesAt + overtimeMs;
    let leftMs = at - this.#world.now();
    if (leftMs <= 0) return;
    for (; leftMs > 0 && !signal.aborted; leftMs = at - this.#world.now()) {
      await this.#world.wait(Math.min(leftMs, LONGEST_MS), signal);
    }
    if (!signal.aborted) this.#ended(workshop, at);
  }
}
