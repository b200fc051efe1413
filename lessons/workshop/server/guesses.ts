/** So many wrong codes in a row of minutes an address, and everybody together, may send. */
const PER_ADDRESS = 20;
const ALTOGETHER = 300;
const WINDOW_MS = 60_000;
/** So many addresses are remembered; a flood from more of them meets the common bound. */
const MOST_ADDRESSES = 10_000;

interface Tally {
  count: number;
  since: number;
}

/**
 * Slows the guessing of secrets. With a code of 31^6 and 300 guesses a minute, finding one takes two years on average.
 * A room behind one address still gets in: right codes are not counted.
 */
export class Guesses {
  readonly #now: () => number;
  readonly #byAddress = new Map<string, Tally>();
  #all: Tally = { count: 0, since: 0 };

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds to wait before the next try; 0 when one may be made now. */
  wait(address: string): number {
    const tally = this.#current(this.#byAddress.get(address));
    const all = this.#current(this.#all);
    if (tally.count < PER_ADDRESS && all.count < ALTOGETHER) return 0;
    const until = tally.count >= PER_ADDRESS ? tally.since : all.since;
    return Math.max(1, Math.ceil((until + WINDOW_MS - this.#now()) / 1000));
  }

  /** A guess was wrong. */
  wrong(address: string): void {
    const tally = this.#current(this.#byAddress.get(address));
    tally.count += 1;
    this.#all = this.#current(this.#all);
    this.#all.count += 1;
    this.#byAddress.delete(address);
    this.#byAddress.set(address, tally);
    if (this.#byAddress.size > MOST_ADDRESSES) this.#byAddress.delete(this.#byAddress.keys().next().value!);
  }

  #current(tally: Tally | undefined): Tally {
    const now = this.#now();
    return tally !== undefined && now - tally.since < WINDOW_MS ? tally : { count: 0, since: now };
  }
}
