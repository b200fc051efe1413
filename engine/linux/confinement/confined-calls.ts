import { Errno } from '../errno.ts';
import type { TaskStruct } from '../kernel/kernel.ts';
import { SystemCalls } from '../kernel/system-calls.ts';
import type { Process } from '../syscalls.ts';

/** Stands before a system call: throws Errno where it is refused. */
export type Gate = (task: TaskStruct, args: readonly unknown[]) => void;

/** What stands before each method that is not free. */
export type Gates = ReadonlyMap<keyof Process, Gate>;

export type ConfinedCalls = new (task: TaskStruct) => Process;

/** Refused, these say no instead of failing, and `rm -rf` leaves what it may not remove. */
const ANSWERS: Partial<Record<keyof Process, unknown>> = { access: false, isTerminal: false, removeTree: undefined };

/**
 * The system calls of processes that are held to something: only the methods that may be refused differ from everybody's, so
 * that what is free costs nothing.
 */
export function confinedCalls(gates: Gates): ConfinedCalls {
  class Confined extends SystemCalls {
    readonly confinedTask: TaskStruct;

    constructor(task: TaskStruct) {
      super(task);
      this.confinedTask = task;
    }
  }
  for (const [method, gate] of gates) {
    const plain = SystemCalls.prototype[method as keyof SystemCalls] as unknown as (...args: unknown[]) => unknown;
    const gated = function (this: Confined, ...args: unknown[]): unknown {
      try {
        gate(this.confinedTask, args);
      } catch (error) {
        if (!(error instanceof Errno) || !Object.hasOwn(ANSWERS, method)) throw error;
        return ANSWERS[method];
      }
      return plain.apply(this, args);
    };
    Object.defineProperty(Confined.prototype, method, { value: gated, configurable: true, writable: true });
  }
  return Confined;
}
