import type { Namespace } from '../host.ts';

/** A process id: one number in each pid namespace from the host's down to the one it was born in. */
export interface Pid {
  readonly namespace: Namespace;
  /** Index 0 is the host's. */
  readonly numbers: readonly number[];
}

/** @typeParam T what the members are (the kernel's tasks). */
export class PidNamespace<T> implements Namespace {
  readonly kind = 'pid';
  readonly inode: number;
  readonly parent: PidNamespace<T> | undefined;
  readonly level: number;
  /** By their pid here; the members of descendants are among them. */
  readonly members = new Map<number, T>();
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
    const numbers: number[] = [];
    for (let namespace: PidNamespace<T> | undefined = this; namespace; namespace = namespace.parent) {
      numbers[namespace.level] = namespace.#next++;
    }
    return { namespace: this, numbers };
  }

  add(pid: Pid, member: T): void {
    for (let namespace: PidNamespace<T> | undefined = this; namespace; namespace = namespace.parent) {
      namespace.members.set(pid.numbers[namespace.level]!, member);
    }
  }

  remove(pid: Pid): void {
    for (let namespace: PidNamespace<T> | undefined = this; namespace; namespace = namespace.parent) {
      namespace.members.delete(pid.numbers[namespace.level]!);
    }
  }

  /** The pid as it is seen from here; 0 when it is not in this namespace or below. */
  numberOf(pid: Pid): number {
    let namespace: PidNamespace<T> | undefined = pid.namespace as PidNamespace<T>;
    while (namespace !== undefined && namespace.level > this.level) namespace = namespace.parent;
    return namespace === this ? pid.numbers[this.level]! : 0;
  }
}
