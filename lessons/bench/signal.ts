/** A value that changes, and those who want to know. */
export class Signal<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    this.#value = value;
    for (const listener of [...this.#listeners]) listener(value);
  }

  /** Calls `listener` now and whenever the value changes; the returned function ends that. */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#value);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the value is one that `suits`, at once if it is. */
  until(suits: (value: T) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = this.on((value) => {
        if (!suits(value)) return;
        resolve();
        queueMicrotask(() => end());
      });
    });
  }
}
