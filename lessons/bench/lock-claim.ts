import type { Claim } from './claim.ts';

/** So long a tab that has the bench may take to write what it has and let go. */
const HAND_OVER_MS = 1500;

/** A claim by the browser's locks. A tab that is gone or frozen loses its own to whoever insists. */
export class LockClaim implements Claim {
  readonly #name: string;
  readonly #channel: BroadcastChannel | undefined;
  /** Called when another tab asks for the bench; must have kept everything when its promise resolves. */
  readonly #onTaken: () => Promise<void>;
  #release: (() => void) | undefined;

  constructor(name: string, channel: BroadcastChannel | undefined, onTaken: () => Promise<void>) {
    this.#name = name;
    this.#channel = channel;
    this.#onTaken = onTaken;
    channel?.addEventListener('message', ({ data }) => {
      if (data === 'take over' && this.#release !== undefined) void this.#handOver();
    });
  }

  get(): Promise<boolean> {
    return this.#request({ ifAvailable: true });
  }

  async takeOver(): Promise<boolean> {
    this.#channel?.postMessage('take over');
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), HAND_OVER_MS);
    const got = await this.#request({ signal: patience.signal });
    clearTimeout(timer);
    return got || this.#request({ steal: true });
  }

  release(): void {
    this.#release?.();
    this.#release = undefined;
  }

  async #handOver(): Promise<void> {
    await this.#onTaken();
    this.release();
  }

  /** Resolves once it is known whether we have the lock; holds it until released. */
  #request(options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      navigator.locks
        .request(this.#name, options, (lock) => {
          if (lock === null) {
            resolve(false);
            return undefined;
          }
          const held = new Promise<void>((release) => {
            this.#release = release;
          });
          resolve(true);
          return held;
        })
        .catch(() => {
          // Either our patience ended before we had it, or another tab took it from us by force.
          resolve(false);
          if (this.#release !== undefined) void this.#handOver();
        });
    });
  }
}
