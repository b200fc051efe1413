import { newToken } from '../server/secrets.ts';

/** Things that are given out once under a name nobody can guess, and taken back once, soon. */
export class OneTime<T> {
  readonly #kept = new Map<string, { readonly value: T; readonly until: number }>();
  readonly #lifeMs: number;
  readonly #most: number;
  readonly #now: () => number;

  /** @param most so many are kept; of more, the oldest are forgotten */
  constructor(lifeMs: number, most: number, now: () => number) {
    this.#lifeMs = lifeMs;
    this.#most = most;
    this.#now = now;
  }

  give(value: T): string {
    const name = newToken();
    this.#kept.set(name, { value, until: this.#now() + this.#lifeMs });
    if (this.#kept.size > this.#most) this.#kept.delete(this.#kept.keys().next().value!);
    return name;
  }

  /** A second time there is nothing, nor when it is too late. */
  take(name: string): T | undefined {
    const kept = this.#kept.get(name);
    this.#kept.delete(name);
    return kept !== undefined && this.#now() <= kept.until ? kept.value : undefined;
  }
}
