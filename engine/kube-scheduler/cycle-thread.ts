import type { Activity, Simulation, Task } from '../sim/index.ts';

/** A scheduling cycle that is about to begin. */
export interface Cycle {
  readonly task: Task<void>;
  readonly activity: Omit<Activity, 'parent'>;
}

/**
 * Runs scheduling cycles, one after the other, each an event of its own. One that waits for an extender holds up the next;
 * meanwhile what happens in the cluster is put off, too, so that a cycle sees the nodes as they were when it began. (The
 * real scheduler has a snapshot of them.)
 */
export class CycleThread {
  readonly #sim: Simulation;
  /** What begins or goes on next. */
  #next: { cancel(): void } | undefined;
  #waiting: Cycle | undefined;
  readonly #putOff: (() => void)[] = [];

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** Whether a cycle is about to begin, or waits. */
  get isTaken(): boolean {
    return this.#next !== undefined || this.#waiting !== undefined;
  }

  /**
   * @param first what there is to do when its turn has come
   * @param ended called when the cycle is over, or when there was none
   */
  begin(first: () => Cycle | undefined, ended: () => void): void {
    this.#schedule(() => {
      const cycle = first();
      if (cycle === undefined) ended();
      else this.#step(cycle, undefined, ended);
    });
  }

  /** Does it now, or when the cycle that waits is over. */
  inTurn(change: () => void): void {
    if (this.#waiting === undefined) change();
    else this.#putOff.push(change);
  }

  stop(): void {
    this.#next?.cancel();
    this.#waiting?.task.return();
  }

  #schedule(run: () => void): void {
    this.#next = this.#sim.schedule(0, 'scheduling cycle', () => {
      this.#next = undefined;
      run();
    });
  }

  #step(cycle: Cycle, answer: unknown, ended: () => void): void {
    const step = this.#sim.trace.during(cycle.activity, () => cycle.task.next(answer));
    if (step.done) {
      this.#waiting = undefined;
      for (const change of this.#putOff.splice(0)) change();
      ended();
      return;
    }
    // The cycle's own doings may have called for the next one.
    this.#next?.cancel();
    this.#next = undefined;
    this.#waiting = cycle;
    const callOff = step.value.start((value) => this.#schedule(() => this.#step(cycle, value, ended)));
    this.#next ??= { cancel: callOff };
  }
}
