/** What the driver of a cluster has to know of modules on their way. */
export interface LateComing {
  /** Whether everything has come. */
  readonly arrived: boolean;
  /**
   * What a program that has just been started waits for. No event may run before it has come: so time stands still
   * meanwhile, and whether something came early or late leaves no trace in the simulation.
   */
  missing(): Promise<void> | undefined;
}

/** A module that is on its way, and whether somebody stands waiting for it. */
export class LatePart<T> {
  /** Resolves when it has come; rejects when it cannot be loaded. */
  readonly arrival: Promise<void>;
  #value: T | undefined;
  #wanted = false;

  constructor(coming: Promise<T>) {
    this.arrival = coming.then((value) => {
      this.#value = value;
    });
    // Whoever waits hears of a failure; whoever does not must not be struck by it.
    this.arrival.catch(() => {});
  }

  get here(): boolean {
    return this.#value !== undefined;
  }

  /** Whether somebody wants what has not come. */
  get missing(): boolean {
    return this.#wanted && !this.here;
  }

  /** Notes that nothing can go on without it. */
  want(): void {
    this.#wanted = true;
  }

  /** @throws Error where it is asked for too early, which is a mistake of whoever drives the cluster. */
  get value(): T {
    if (this.#value === undefined) throw new Error('what is loaded late was asked for before it was loaded');
    return this.#value;
  }
}
