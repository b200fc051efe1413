import type { Namespace } from '../host.ts';
import { PidTable } from './pid-table.ts';

/** A process id: a number in each pid namespace from the one it was born in up to the host's. */
export class Pid {
  readonly namespace: Namespace;
  readonly number: number;
  /** The same process in the namespace above; undefined in the host's. */
  readonly above: Pid | undefined;

  constructor(namespace: Namespace, number: number, above: Pid | undefined) {
    this.namespace = namespace;
    this.number = number;
    this.above = above;
  }
}

/** @typeParam T what the members are (the kernel's tasks). */
export class PidNamespace<T> implements Namespace {
  readonly kind = 'pid';
  readonly inode: number;
  readonly parent: PidNamespace<T> | undefined;
  readonly level: number;
  /** By their pid here; the members of descendants are among them. */
  readonly members = new PidTable<T>();
  /** The process that is PID 1 here; undefined before the first and after the last. */
  init: T | undefined;
  /** PID 1 has died: nothing can be started here any more. */
  closed = false;
  #next = 1;

  constructor(inode: number, parent?: PidNamespace<T>) {
    this.inode = inode;
    this.parent = parent;
    this.level = parent === undefined ? 0 : parent.level + 1;
  }

  /** Draws a number here and in all namespaces above. */
  allocate(): Pid {
    return new Pid(this, this.#next++, this.parent?.allocate());
  }

  add(pid: Pid, member: T): void {
    this.members.add(pid.number, member);
    if (pid.above !== undefined) this.parent!.add(pid.above, member);
  }

  remove(pid: Pid): void {
    this.members.delete(pid.number);
    if (pid.above !== undefined) this.parent!.remove(pid.above);
  }

  /** The pid as it is seen from here; 0 when it is not in this namespace or below. */
  numberOf(pid: Pid): number {
    for (let seen: Pid | undefined = pid; seen !== undefined; seen = seen.above) {
      if (seen.namespace === this) return seen.number;
    }
    return 0;
  }
}
