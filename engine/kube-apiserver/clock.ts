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
      text = formatSecond(second + offsetSeconds);
      this.#texts.set(offsetSeconds, text);
    }
    return text;
  }
}

/** @param second since 1970. */
export function formatSecond(second: number): string {
  // In one piece, as uids are: it is in every object.
  return [new Date(second * 1000).toISOString().slice(0, 19), 'Z'].join('');
}
