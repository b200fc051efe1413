const DAY_MS = 86_400_000;

/** How far the clocks of a time zone are ahead of UTC. */
export class ZoneOffset {
  readonly #format: Intl.DateTimeFormat | undefined;

  /** @throws RangeError for a name that is no time zone. */
  constructor(timeZone: string) {
    if (timeZone === 'UTC') return;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** In milliseconds, at a moment in milliseconds since 1970. */
  at(ms: number): number {
    if (this.#format === undefined) return 0;
    const part: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(new Date(ms))) part[type] = Number(value);
    const wallMs = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
    return wallMs - Math.floor(ms / 1_000) * 1_000;
  }

  /** The first moment after `fromMs` and not after `toMs` at which the offset is another one. */
  nextChange(fromMs: number, toMs: number): number | undefined {
    if (this.#format === undefined) return undefined;
    const before = this.at(fromMs);
    // Clocks are never changed and changed back within ten days … but they were for Ramadan, within a month.
    for (let low = fromMs; low < toMs; low += 10 * DAY_MS) {
      const high = Math.min(low + 10 * DAY_MS, toMs);
      if (this.at(high) !== before) return this.#bisect(low, high, before);
    }
    return undefined;
  }

  #bisect(lowMs: number, highMs: number, before: number): number {
    let low = lowMs;
    let high = highMs;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }
}
