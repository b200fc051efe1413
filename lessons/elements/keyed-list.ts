/** Something drawn for an item of a list, which follows the item as it changes. */
export interface Drawn<T> {
  readonly element: HTMLElement;
  update(item: T): void;
}

const LEAVE_MS = 200;

/** Keeps a parent's children in step with a list: same key, same element; those that go fade out. */
export class KeyedList<T> {
  readonly #parent: HTMLElement;
  readonly #keyOf: (item: T) => string;
  readonly #draw: (item: T) => Drawn<T>;
  readonly #drawn = new Map<string, Drawn<T>>();

  constructor(parent: HTMLElement, keyOf: (item: T) => string, draw: (item: T) => Drawn<T>) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#draw = draw;
  }

  update(items: readonly T[]): void {
    const gone = new Set(this.#drawn.keys());
    let before: HTMLElement | null = null;
    for (const item of items) {
      const key = this.#keyOf(item);
      gone.delete(key);
      const drawn = this.#drawn.get(key) ?? this.#enter(key, item);
      drawn.update(item);
      before = this.#place(drawn.element, before);
    }
    for (const key of gone) this.#leave(key);
  }

  #enter(key: string, item: T): Drawn<T> {
    const drawn = this.#draw(item);
    this.#drawn.set(key, drawn);
    return drawn;
  }

  /** Moves an element only if it must: moving restarts its transitions and drops the focus. */
  #place(element: HTMLElement, before: HTMLElement | null): HTMLElement {
    let next = before === null ? this.#parent.firstElementChild : before.nextElementSibling;
    while (next !== null && next !== element && next.hasAttribute('data-leaving')) next = next.nextElementSibling;
    if (next !== element) this.#parent.insertBefore(element, next);
    return element;
  }

  #leave(key: string): void {
    const { element } = this.#drawn.get(key)!;
    this.#drawn.delete(key);
    element.toggleAttribute('data-leaving', true);
    element.inert = true;
    setTimeout(() => element.remove(), matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : LEAVE_MS);
  }
}
