/** Lines kept; older ones are overwritten, as in the real ring buffer. */
const MAX_LINES = 500;

interface LogLine {
  /** Of syslog(2): 4 is a warning, 6 information. */
  readonly level: number;
  readonly sequence: number;
  /** Since boot. */
  readonly timeMs: number;
  readonly text: string;
}

/** What `dmesg` shows. */
export class KernelLog {
  readonly #uptimeMs: () => number;
  #lines: LogLine[] = [];
  #next = 0;

  constructor(uptimeMs: () => number) {
    this.#uptimeMs = uptimeMs;
  }

  add(text: string, level = 6): void {
    this.#lines.push({ level, sequence: this.#next++, timeMs: this.#uptimeMs(), text });
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }

  /** As /dev/kmsg gives it: level, sequence, microseconds, flags; text. */
  get text(): string {
    return this.#lines
      .map(({ level, sequence, timeMs, text }) => `${level},${sequence},${Math.round(timeMs * 1000)},-;${text}\n`)
      .join('');
  }
}
