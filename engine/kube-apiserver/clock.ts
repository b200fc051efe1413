import { timestamp } from '../api/timestamp.ts';

/** The server's wall clock, in the form objects carry: RFC 3339 with seconds. */
export class Clock {
  readonly #source: { readonly nowMs: number };
  #second = Number.NaN;
  /** Texts of this second and of others at a distance from it, as they have been asked for. */
  readonly #texts = new Map<number, string>();

  /** @param source tells milliseconds since 1970 */
  constructor(source: { readonly nowMs: number }) {
    this.#source = source;
  }

  /** Milliseconds since 1970. */
  get nowMs(): number {
    return this.#source.nowMs;
  }

  /** Now, or some seconds from now. */
  timestamp(offsetSeconds = 0): string {
    const second = Math.floor(this.#source.nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#texts.clear();
    }
    let text = this.#texts.get(offsetSeconds);
    if (text === undefined) {
      text = timestamp((second + offsetSeconds) * 1000);
      this.#texts.set(offsetSeconds, text);
    }
    return text;
  }
}
