import type { WatchEvent, WatchSink } from '../../api/request.ts';
import type { Simulation, Timer } from '../../sim/index.ts';
import type { ObjectEvent } from './object-event.ts';
import { type ObjectFilter, seenThrough } from './object-filter.ts';

export interface WatcherOptions {
  readonly filter: ObjectFilter;
  /** Changes up to this revision, which may be still to come, are none of the client's concern. */
  readonly afterRevision: number;
  /** From the write to the client. */
  readonly latencyMs: number;
  readonly bookmarks: boolean;
  /** Makes of an event what the client asked for (a Table, metadata only). `first` is true once. */
  readonly present: (event: WatchEvent, first: boolean) => WatchEvent;
  readonly label: string;
}

/**
 * One client's watch. Events wait in a queue and travel together: a write that comes while others are on their way
 * rides with them, as on a TCP stream, so their order never changes.
 */
export class Watcher {
  readonly filter: ObjectFilter;
  readonly bookmarks: boolean;
  readonly #sim: Simulation;
  readonly #options: WatcherOptions;
  readonly #sink: WatchSink;
  #queue: WatchEvent[] = [];
  #wakeUp: Timer | undefined;
  #sent = false;
  #ending = false;
  #stopped = false;

  constructor(sim: Simulation, options: WatcherOptions, sink: WatchSink) {
    this.#sim = sim;
    this.#options = options;
    this.#sink = sink;
    this.filter = options.filter;
    this.bookmarks = options.bookmarks;
  }

  offer(event: ObjectEvent): void {
    if (event.revision <= this.#options.afterRevision) return;
    const seen = seenThrough(this.filter, event);
    if (seen !== undefined) this.send(seen);
  }

  send(event: WatchEvent): void {
    if (this.#stopped || this.#ending) return;
    this.#queue.push(event);
    this.#schedule();
  }

  /** Says how far the client has heard. There is nothing new in it: it needs no event of its own, and overtakes none. */
  mark(bookmark: WatchEvent, revision: number): void {
    if (this.#stopped || this.#ending || revision < this.#options.afterRevision) return;
    this.#queue.push(bookmark);
    if (this.#wakeUp === undefined) this.#deliver();
  }

  /** Ends the stream from the server's side, after what is queued. */
  end(): void {
    if (this.#stopped) return;
    this.#ending = true;
    this.#schedule();
  }

  /** The client is gone; it hears nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    this.#wakeUp?.cancel();
  }

  #schedule(): void {
    if (this.#sink.outside === true) {
      this.#deliver();
      return;
    }
    this.#wakeUp ??= this.#sim.schedule(this.#options.latencyMs, this.#options.label, this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#wakeUp = undefined;
    const batch = this.#queue;
    this.#queue = [];
    for (const event of batch) {
      if (this.#stopped) return;
      this.#sink.event(this.#options.present(event, !this.#sent));
      this.#sent = true;
    }
    if (!this.#ending || this.#stopped) return;
    this.#stopped = true;
    this.#sink.end();
  };
}
