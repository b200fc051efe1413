import type { ExtenderOpinion } from './extenders/opinion.ts';

/** A value that differs from one node to the next while preemption tries things out. */
export interface CloneableState {
  clone(): CloneableState;
}

/** What is left of a cycle's state when the cycle is over. */
export interface Heard {
  /** Absent when no extender was asked. */
  opinions?: ExtenderOpinion[];
}

/** Names a value of the cycle's state and carries its type. */
export interface StateKey<T> {
  readonly name: string;
  /** Never set. */
  readonly value?: T;
}

/**
 * What plugins have noted about one Pod in one scheduling cycle, and which of them need not be asked again.
 * After `framework/cycle_state.go`.
 */
export class CycleState {
  /** Plugins whose `filter` has nothing to say. */
  readonly skipFilter = new Set<string>();
  /** Plugins whose `score` has nothing to say. */
  readonly skipScore = new Set<string>();
  readonly #values = new Map<StateKey<unknown>, unknown>();
  /** What extenders have said so far. */
  readonly heard: Heard = {};

  hear(opinion: ExtenderOpinion): void {
    this.heard.opinions ??= [];
    this.heard.opinions.push(opinion);
  }

  read<T>(key: StateKey<T>): T | undefined {
    return this.#values.get(key) as T | undefined;
  }

  write<T>(key: StateKey<T>, value: T): void {
    this.#values.set(key, value);
  }

  /** A copy in which cloneable values can be changed without changing this one's. */
  clone(): CycleState {
    const copy = new CycleState();
    for (const name of this.skipFilter) copy.skipFilter.add(name);
    for (const name of this.skipScore) copy.skipScore.add(name);
    for (const [key, value] of this.#values) copy.#values.set(key, isCloneable(value) ? value.clone() : value);
    return copy;
  }
}

function isCloneable(value: unknown): value is CloneableState {
  return typeof value === 'object' && value !== null && 'clone' in value && typeof value.clone === 'function';
}
