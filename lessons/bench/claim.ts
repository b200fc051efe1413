/**
 * The right of one tab to run a bench. Two tabs that drove the same journal would tear it apart, so the second one waits
 * until the first lets go or it is told to take over.
 */
export class Claim {
  readonly #name: string;
  readonly #channel: BroadcastChannel | undefined;
  #release: (() => void) | undefined;
  /** Called when another tab asks for the bench; must have kept everything when its promise resolves. */
  onTaken: () => Promise<void> = async () => {};

  constructor(id: string) {
    this.#name = `drydock/${id}`;
    this.#channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(this.#name) : undefined;
    this.#channel?.addEventListener('message', ({ data }) => {
      if (data === 'take over' && this.#release !== undefined) void this.#handOver();
    });
  }

  /** Tries to get the bench. Returns whether it is ours. */
  async get(): Promise<boolean> {
    // Without locks (an insecure origin) there is no telling; the last writer wins, as everywhere.
    if (navigator.locks === undefined) return true;
    return this.#request({ ifAvailable: true });
  }

  /** Asks the tab that has it to let go; takes it by force if no answer comes. */
  async takeOver(): Promise<boolean> {
    if (navigator.locks === undefined) return true;
    this.#channel?.postMessage('take over');
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), 1500);
    const got = await this.#request({ signal: patience.signal });
    clearTimeout(timer);
    return got || this.#request({ steal: true });
  }

  async #handOver(): Promise<void> {
    await this.onTaken();
    this.#release?.();
    this.#release = undefined;
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
