import { type Task, type Wait, waitFor } from './task.ts';

/**
 * A queue between an event that produces and a task that consumes. Sending never blocks; `receive` waits.
 * Receivers are served in the order in which they came.
 */
export class Channel<T> {
  readonly #items: T[] = [];
  readonly #receivers: ((item: T | undefined) => void)[] = [];
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  /** Items waiting to be received. */
  get length(): number {
    return this.#items.length;
  }

  /** Adds an item; after `close` it is ignored. */
  send(item: T): void {
    if (this.#closed) return;
    const receiver = this.#receivers.shift();
    if (receiver === undefined) this.#items.push(item);
    else receiver(item);
  }

  /** Ends the channel: what is queued can still be received, then receivers get undefined. */
  close(): void {
    this.#closed = true;
    for (const receiver of this.#receivers.splice(0)) receiver(undefined);
  }

  /** The next item if one is there. */
  poll(): T | undefined {
    return this.#items.shift();
  }

  /** Waits for the next item; undefined means the channel is closed and drained. */
  *receive(): Task<T | undefined> {
    if (this.#items.length > 0) return this.#items.shift();
    if (this.#closed) return undefined;
    return yield* waitFor(this.#next());
  }

  #next(): Wait<T | undefined> {
    return {
      start: (resume) => {
        this.#receivers.push(resume);
        return () => {
          const index = this.#receivers.indexOf(resume);
          if (index >= 0) this.#receivers.splice(index, 1);
        };
      },
    };
  }
}
