import type { Simulation } from './simulation.ts';

/**
 * Something to wait for. `start` arranges for `resume` to be called once, later (never before `start` has returned),
 * and returns a function that calls the arrangement off.
 */
export interface Wait<T> {
  readonly start: (resume: (value: T) => void) => () => void;
}

/**
 * A computation that takes virtual time: a generator that yields what it waits for and is resumed with the result.
 * A program is a task (it yields system calls); so is a kubelet's pod worker.
 */
export type Task<T> = Generator<Wait<unknown>, T, unknown>;

/** Waits inside a task: `const line = yield* waitFor(nextLine)`. */
export function* waitFor<T>(wait: Wait<T>): Task<T> {
  return (yield wait as Wait<unknown>) as T;
}

/** The task that was over before it began: what a call returns that has nothing to wait for. It takes no memory. */
export const DONE: Task<void> = {
  next: () => OVER,
  return: () => OVER,
  throw: (error: unknown) => {
    throw error;
  },
  [Symbol.iterator]: () => DONE,
} as unknown as Task<void>;

const OVER: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/** A task under way. */
export interface TaskHandle {
  readonly finished: boolean;
  /** Ends the task where it waits; its `finally` blocks run. */
  cancel(): void;
}

/**
 * Runs a task on the simulation's event loop. Every step is an event of its own: whoever starts a task, or wakes one,
 * always returns before the task goes on.
 *
 * @param onDone receives the result. An error that the task throws is not swallowed: it stops the simulation.
 */
export function runTask<T>(sim: Simulation, label: string, task: Task<T>, onDone?: (result: T) => void): TaskHandle {
  return new RunningTask(sim, label, task, onDone);
}

class RunningTask<T> implements TaskHandle {
  readonly #sim: Simulation;
  readonly #label: string;
  readonly #task: Task<T>;
  readonly #onDone: ((result: T) => void) | undefined;
  /** Calls off what it waits for. */
  #cancelWait: () => void;
  /** What it goes on with. */
  #result: unknown;
  finished = false;

  constructor(sim: Simulation, label: string, task: Task<T>, onDone: ((result: T) => void) | undefined) {
    this.#sim = sim;
    this.#label = label;
    this.#task = task;
    this.#onDone = onDone;
    const event = sim.schedule(0, label, this.#goOn);
    this.#cancelWait = () => event.cancel();
  }

  cancel(): void {
    if (this.finished) return;
    this.finished = true;
    this.#cancelWait();
    this.#task.return(undefined as never);
  }

  readonly #goOn = (): void => {
    if (this.finished) return;
    const result = this.#result;
    this.#result = undefined;
    const step = this.#task.next(result);
    if (step.done) {
      this.finished = true;
      this.#onDone?.(step.value);
    } else this.#cancelWait = step.value.start(this.#resume);
  };

  readonly #resume = (result: unknown): void => {
    this.#result = result;
    this.#sim.schedule(0, this.#label, this.#goOn);
  };
}

/** Lets virtual time pass. */
export function* sleep(sim: Simulation, durationMs: number, label = 'sleep'): Task<void> {
  yield* waitFor<void>({
    start: (resume) => {
      const event = sim.schedule(durationMs, label, () => resume());
      return () => event.cancel();
    },
  });
}
