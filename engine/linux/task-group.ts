import { type Task, type TaskHandle, type Wait, waitFor } from '../sim/index.ts';
import { Errno } from './errno.ts';
import { NEVER, PREEMPTED } from './kernel/wake.ts';

interface Member extends TaskHandle {
  readonly task: Task<void>;
  value: unknown;
  cancelWait: (() => void) | undefined;
  finished: boolean;
}

/** Whether the whole process has to be told, and not only one of its tasks: it is the process that pays, or ends. */
export function isForProcess(wait: Wait<unknown>): boolean {
  return wait === PREEMPTED || wait === NEVER;
}

/**
 * Several tasks inside one process, as a program's threads or goroutines: while one waits, the others go on. They take
 * turns; between two waits of one nothing else happens. An error that a member throws ends the group.
 */
export class TaskGroup {
  readonly #members = new Set<Member>();
  #ready: Member[] = [];
  #wake: (() => void) | undefined;
  readonly #onSignal: (() => void) | undefined;

  /** @param onSignal what is done when a caught signal comes while all wait; unless told, it ends the group with EINTR */
  constructor(onSignal?: () => void) {
    this.#onSignal = onSignal;
  }

  start(task: Task<void>): TaskHandle {
    const member: Member = {
      task,
      value: undefined,
      cancelWait: undefined,
      finished: false,
      cancel: () => {
        if (member.finished) return;
        member.finished = true;
        this.#members.delete(member);
        member.cancelWait?.();
        task.return();
      },
    };
    this.#members.add(member);
    this.#queue(member, undefined);
    return member;
  }

  /** Runs the members until all have ended, or `until` says that it is enough; those that are left are called off. */
  *run(until: () => boolean = () => false): Task<void> {
    try {
      while (this.#members.size > 0 && !until()) {
        const member = this.#ready.shift();
        if (member === undefined) yield* this.#anyReady();
        else if (!member.finished) yield* this.#step(member);
      }
    } finally {
      for (const member of [...this.#members]) member.cancel();
      this.#ready = [];
    }
  }

  *#anyReady(): Task<void> {
    try {
      yield* waitFor<void>({
        start: (resume) => {
          this.#wake = resume;
          return () => {
            this.#wake = undefined;
          };
        },
      });
    } catch (error) {
      if (this.#onSignal === undefined || !(error instanceof Errno) || error.code !== 'EINTR') throw error;
      this.#onSignal();
    }
  }

  *#step(member: Member): Task<void> {
    const step = member.task.next(member.value);
    if (step.done === true) {
      member.finished = true;
      this.#members.delete(member);
      return;
    }
    const wait = step.value;
    if (isForProcess(wait)) {
      yield wait;
      this.#queue(member, undefined);
      return;
    }
    member.cancelWait = wait.start((value) => {
      member.cancelWait = undefined;
      this.#queue(member, value);
    });
  }

  #queue(member: Member, value: unknown): void {
    member.value = value;
    this.#ready.push(member);
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** Runs tasks side by side until the first has ended; the others are called off. Returns its result. */
export function* firstOf<T>(tasks: readonly Task<T>[]): Task<T> {
  const group = new TaskGroup();
  const results: T[] = [];
  const keep = function* (task: Task<T>): Task<void> {
    const result = yield* task;
    results.push(result);
  };
  for (const task of tasks) group.start(keep(task));
  yield* group.run(() => results.length > 0);
  return results[0]!;
}
