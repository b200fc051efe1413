import type { KeyEvent, KeyValue } from './key-value.ts';
import type { Watcher } from './watch.ts';

/** What the keys of one resource (`/registry/pods/`) have in common. */
export interface ResourceState {
  readonly prefix: string;
  /** Of the last change to one of them; 0 before the first. */
  revision: number;
  /** Whom they can concern, in the order of all watchers; found anew when watchers come and go. */
  watchers: readonly Watcher[] | undefined;
}

/**
 * What a key was at each revision. For a key put at 5 and 7, deleted at 9 and put again at 12:
 *
 *     revision   5      7      9        12
 *     value      a      b      (gone)   c
 *
 * it is `b` at revisions 7 and 8, absent at 9 to 11. After compaction at 8 the entry for 5 is dropped, that for 7 is
 * kept: it is the state at 8. After etcd's server/storage/mvcc/key_index.go.
 */
export class KeyHistory {
  readonly resource: ResourceState;
  /** Most keys (those of Events) are written once: a list that begins with an item takes no room for more. */
  #events: KeyEvent[] | undefined;

  constructor(resource: ResourceState) {
    this.resource = resource;
  }

  /** The present value. */
  get current(): KeyValue | undefined {
    return this.#events?.at(-1)?.current;
  }

  add(event: KeyEvent): void {
    if (this.#events === undefined) this.#events = [event];
    else this.#events.push(event);
  }

  at(revision: number): KeyValue | undefined {
    const index = this.#indexAt(revision);
    return index < 0 ? undefined : this.#events![index]!.current;
  }

  /** Forgets what only revisions before this one need. Returns whether anything is left to know. */
  compact(revision: number): boolean {
    const index = this.#indexAt(revision);
    if (index < 0) return true;
    const events = this.#events!;
    const keep = events[index]!.current === undefined ? index + 1 : index;
    if (keep > 0) this.#events = events.slice(keep);
    return events.length > keep;
  }

  /** The last event at or before the revision; -1 when the key came later. */
  #indexAt(revision: number): number {
    const events = this.#events ?? [];
    let low = -1;
    let high = events.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (events[middle]!.revision <= revision) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
