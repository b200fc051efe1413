/**
 * The right of one tab to run a bench. Two tabs that drove the same journal would tear it apart, so the second one waits
 * until the first lets go or it is told to take over.
 */
export interface Claim {
  /** Tries to get the bench. Returns whether it is ours. */
  get(): Promise<boolean>;
  /** Asks the tab that has it to let go; takes it by force if no answer comes. */
  takeOver(): Promise<boolean>;
  /** Lets go without being asked. */
  release(): void;
}

/** By the browser's locks, which are there on secure origins only; elsewhere tabs agree among themselves. */
export async function claimOn(bench: string, onTaken: () => Promise<void>): Promise<Claim> {
  const name = `drydock/${bench}`;
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : undefined;
  if (navigator.locks !== undefined) return new LockClaim(name, channel, onTaken);
  const { SpokenClaim } = await import('./spoken-claim.ts');
  return new SpokenClaim(channel, onTaken);
}

class LockClaim implements Claim {
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
    const timer = setTimeout(() => patience.abort(), 1500);
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
