/** Something that will happen at a point in virtual time. */
export class ScheduledEvent {
  readonly timeMs: number;
  /** Position in the order of scheduling: among equal times the lower one goes first. */
  readonly sequence: number;
  readonly label: string;
  run: () => void;
  cancelled = false;

  constructor(timeMs: number, sequence: number, label: string, run: () => void) {
    this.timeMs = timeMs;
    this.sequence = sequence;
    this.label = label;
    this.run = run;
  }

  /** What it would have done is forgotten at once: the event keeps its place, and what it knew should not be kept for that. */
  cancel(): void {
    this.cancelled = true;
    this.run = NOTHING;
  }
}

const NOTHING = (): void => {};

/**
 * A binary heap of events ordered by (time, sequence), so that events of the same instant run first-in-first-out.
 * A cancelled event keeps its place and is dropped when it comes to the top: cancelling costs nothing.
 */
export class EventHeap {
  readonly #events: ScheduledEvent[] = [];

  /** Events held, cancelled ones included. */
  get size(): number {
    return this.#events.length;
  }

  push(event: ScheduledEvent): void {
    const events = this.#events;
    let index = events.length;
    events.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = events[parentIndex]!;
      if (!isBefore(event, parent)) break;
      events[index] = parent;
      index = parentIndex;
    }
    events[index] = event;
  }

  /** The next event that still stands, without taking it. */
  peek(): ScheduledEvent | undefined {
    for (;;) {
      const top = this.#events[0];
      if (top === undefined || !top.cancelled) return top;
      this.#removeTop();
    }
  }

  /** Takes the next event that still stands. */
  pop(): ScheduledEvent | undefined {
    const top = this.peek();
    if (top !== undefined) this.#removeTop();
    return top;
  }

  #removeTop(): void {
    const events = this.#events;
    const last = events.pop()!;
    const size = events.length;
    if (size === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(events[child + 1]!, events[child]!)) child += 1;
      if (!isBefore(events[child]!, last)) break;
      events[index] = events[child]!;
      index = child;
    }
    events[index] = last;
  }
}

/** The order in which events happen. */
export function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.sequence < b.sequence);
}
