/** A receiver that does not answer in this time has not taken it. */
export const PATIENCE_MS = 15_000;

/** After each failure it is tried again, so much later; then it is given up. */
export const RETRY_AFTER_MS = [5000, 30_000, 120_000, 600_000];

/** What is refused today is refused tomorrow, unless it was only too early or too much. */
export function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}

/** Rejects when the signal is given before. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, stopped) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      stopped(signal.reason);
    });
  });
}
