/**
 * Processes by number. Numbers only ever grow, so that they are in order by themselves and are found by halving.
 * These are arrays and not a Map: a Map through which thousands come and go leaves a trail of outgrown tables, each of
 * which keeps its successor, and the dead processes in that, from being collected early.
 */
export class PidTable<T> {
  readonly #numbers: number[] = [];
  readonly #members: T[] = [];

  get size(): number {
    return this.#numbers.length;
  }

  get(number: number): T | undefined {
    const at = this.#place(number);
    return this.#numbers[at] === number ? this.#members[at] : undefined;
  }

  /** @param number higher than all that were added before */
  add(number: number, member: T): void {
    this.#numbers.push(number);
    this.#members.push(member);
  }

  delete(number: number): void {
    const at = this.#place(number);
    if (this.#numbers[at] !== number) return;
    if (at === this.#numbers.length - 1) {
      this.#numbers.pop();
      this.#members.pop();
    } else {
      this.#numbers.splice(at, 1);
      this.#members.splice(at, 1);
    }
  }

  /** In order. */
  numbers(): readonly number[] {
    return [...this.#numbers];
  }

  /** In the order of their numbers. */
  values(): readonly T[] {
    return [...this.#members];
  }

  /** Where the number is, or would be. */
  #place(number: number): number {
    const numbers = this.#numbers;
    let low = 0;
    let high = numbers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (numbers[middle]! < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
