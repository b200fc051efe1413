import { runTask, type Simulation, type Task, type TaskHandle, waitFor } from '../sim/index.ts';

/** Runs tasks side by side and waits for all of them; called off, it calls them off. */
export function* all(sim: Simulation, label: string, tasks: readonly Task<void>[]): Task<void> {
  if (tasks.length === 0) return;
  yield* waitFor<void>({
    start: (resume) => {
      let left = tasks.length;
      const handles = tasks.map((task) =>
        runTask(sim, label, task, () => {
          left -= 1;
          if (left === 0) resume();
        }),
      );
      return () => {
        for (const handle of handles) handle.cancel();
      };
    },
  });
}

/** Waits for a task, but no longer than `timeoutMs`; then it is called off. Returns undefined in that case. */
export function* withTimeout<T>(sim: Simulation, label: string, task: Task<T>, timeoutMs: number): Task<T | undefined> {
  return yield* waitFor<T | undefined>({
    start: (resume) => {
      let handle: TaskHandle | undefined;
      const timer = sim.schedule(timeoutMs, label, () => {
        handle?.cancel();
        resume(undefined);
      });
      handle = runTask(sim, label, task, (result) => {
        timer.cancel();
        resume(result);
      });
      return () => {
        timer.cancel();
        handle.cancel();
      };
    },
  });
}

/** Lets one task pass at a time, in the order in which they came. */
export class Turnstile {
  #passing = false;
  readonly #waiting: (() => void)[] = [];

  *pass<T>(task: Task<T>): Task<T> {
    while (this.#passing) {
      yield* waitFor<void>({
        start: (resume) => {
          this.#waiting.push(resume);
          return () => {
            const index = this.#waiting.indexOf(resume);
            if (index >= 0) this.#waiting.splice(index, 1);
          };
        },
      });
    }
    this.#passing = true;
    try {
      return yield* task;
    } finally {
      this.#passing = false;
      // All of them look again: the first one in line may have been called off.
      for (const resume of this.#waiting.splice(0)) resume();
    }
  }
}

/** A bell that one task listens for: rings while nobody listens are remembered as one. */
export class Bell {
  readonly #sim: Simulation;
  #rung = false;
  #listener: (() => void) | undefined;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  ring(): void {
    const listener = this.#listener;
    if (listener === undefined) this.#rung = true;
    else listener();
  }

  /** Waits until it rings or `timeoutMs` have passed. */
  *wait(label: string, timeoutMs?: number): Task<void> {
    if (this.#rung) {
      this.#rung = false;
      return;
    }
    yield* waitFor<void>({
      start: (resume) => {
        const timer = timeoutMs === undefined ? undefined : this.#sim.schedule(timeoutMs, label, settle);
        const cancel = (): void => {
          timer?.cancel();
          this.#listener = undefined;
        };
        function settle(): void {
          cancel();
          resume();
        }
        this.#listener = settle;
        return cancel;
      },
    });
    this.#rung = false;
  }
}
