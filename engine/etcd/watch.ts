import type { CompactedError } from './errors.ts';
import type { KeyEvent } from './key-value.ts';

/**
 * Hears of changes. It is called while the write is still under way, after the state has changed: it may read and
 * queue, but never write.
 */
export interface WatchListener {
  event(event: KeyEvent): void;
  /** The watch is over: it asked for a revision that is gone. Nothing more is heard. */
  cancelled(error: CompactedError): void;
}

export interface Watch {
  readonly prefix: string;
  cancel(): void;
}

/** A watch as the store keeps it. */
export interface Watcher {
  readonly prefix: string;
  readonly listener: WatchListener;
  /** The first revision it has not heard of. Only for one that still catches up. */
  nextRevision: number;
}
