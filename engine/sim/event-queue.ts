import { EventHeap, isBefore, type ScheduledEvent } from './event-heap.ts';

/**
 * All that is still to happen. Half of it is due in the instant in which it is scheduled: that comes in its order already and
 * waits in a line, so that only what lies in the future has to be sorted. The line is empty before time goes on.
 */
export class EventQueue {
  readonly #later = new EventHeap();
  #due: ScheduledEvent[] = [];
  /** How many at the beginning of the line have had their turn. */
  #done = 0;

  /** Events held, cancelled ones included. */
  get size(): number {
    return this.#later.size + this.#due.length - this.#done;
  }

  /** @param nowMs the present time, before which nothing is scheduled */
  push(event: ScheduledEvent, nowMs: number): void {
    if (event.timeMs === nowMs) this.#due.push(event);
    else this.#later.push(event);
  }

  /** The next event that still stands, without taking it. */
  peek(): ScheduledEvent | undefined {
    const due = this.#firstDue();
    const later = this.#later.peek();
    return due === undefined || (later !== undefined && isBefore(later, due)) ? later : due;
  }

  /** Takes the next event that still stands, if its time comes by `untilMs`. */
  take(untilMs: number): ScheduledEvent | undefined {
    const next = this.peek();
    if (next === undefined || next.timeMs > untilMs) return undefined;
    if (next === this.#due[this.#done]) this.#done += 1;
    else this.#later.pop();
    return next;
  }

  #firstDue(): ScheduledEvent | undefined {
    while (this.#done < this.#due.length) {
      const first = this.#due[this.#done]!;
      if (!first.cancelled) return first;
      this.#done += 1;
    }
    if (this.#done > 0) {
      this.#due = [];
      this.#done = 0;
    }
    return undefined;
  }
}
