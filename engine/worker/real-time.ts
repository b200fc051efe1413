/** The outside world's clock, handed in so that the driver can be tested without waiting. */
export interface RealTime {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Has `run` called once, `delayMs` from now; the returned function calls that off. */
  later(delayMs: number, run: () => void): () => void;
}

/** The clock of the thread we are on. */
export const threadTime: RealTime = {
  now: () => performance.now(),
  later(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
