import type { Simulation } from '../sim/index.ts';

/** The server's wall clock, in the form objects carry: RFC 3339 with seconds. */
export class Clock {
  readonly #sim: Simulation;
  #second = Number.NaN;
  #text = '';

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** Milliseconds since 1970. */
  get nowMs(): number {
    return this.#sim.wallMs;
  }

  /** Now, or some seconds from now. */
  timestamp(offsetSeconds = 0): string {
    const second = Math.floor(this.#sim.wallMs / 1000);
    if (offsetSeconds !== 0) return formatSecond(second + offsetSeconds);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = formatSecond(second);
    }
    return this.#text;
  }
}

/** @param second since 1970. */
export function formatSecond(second: number): string {
  return `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
}
