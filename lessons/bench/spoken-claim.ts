import type { Claim } from './claim.ts';

/** So long a tab that has the bench may take to say so. */
const ANSWER_MS = 700;
/** So long it may take to write what it has and let go. */
const HAND_OVER_MS = 1500;

/** What tabs say to each other: who speaks, and since when they have the bench or want it. */
interface Word {
  readonly says: 'want' | 'have' | 'take' | 'free';
  readonly since: number;
  readonly tab: number;
}

/**
 * A claim by word of mouth. A tab that wants the bench asks, and has it when nobody says they do. Of two that ask at once
 * the earlier gets it. A tab that was frozen answers nobody: once it is seen again it says that it has the bench, and
 * lets go if another has come to it since.
 */
export class SpokenClaim implements Claim {
  readonly #channel: BroadcastChannel | undefined;
  readonly #tab = crypto.getRandomValues(new Uint32Array(1))[0]!;
  #state: 'none' | 'wants' | 'has' = 'none';
  #since = 0;
  /** Ends the waiting for an answer. */
  #answered: () => void = () => {};
  /** Called when another tab asks for the bench; must have kept everything when its promise resolves. */
  readonly #onTaken: () => Promise<void>;

  constructor(channel: BroadcastChannel | undefined, onTaken: () => Promise<void>) {
    this.#channel = channel;
    this.#onTaken = onTaken;
    channel?.addEventListener('message', ({ data }) => void this.#hear(data as Word));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && this.#state === 'has') this.#say('have');
    });
  }

  async get(): Promise<boolean> {
    this.#state = 'wants';
    this.#since = Date.now();
    this.#say('want');
    await this.#answer(ANSWER_MS);
    if (this.#state !== 'wants') return false;
    this.#state = 'has';
    return true;
  }

  async takeOver(): Promise<boolean> {
    this.#say('take');
    await this.#answer(HAND_OVER_MS);
    this.#state = 'has';
    this.#since = Date.now();
    this.#say('have');
    return true;
  }

  release(): void {
    this.#state = 'none';
  }

  async #hear(word: Word): Promise<void> {
    if (word.says === 'free') this.#answered();
    else if (word.says === 'take') await this.#handOver();
    else if (this.#state === 'wants') this.#hearRival(word);
    else if (this.#state === 'has') await this.#hearOther(word);
  }

  /** Of two that want it, it is the one's that came first. */
  #hearRival(rival: Word): void {
    if (rival.says === 'want' && isBefore(this.#word('want'), rival)) {
      // Who came later may not have heard us.
      this.#say('want');
      return;
    }
    this.#state = 'none';
    this.#answered();
  }

  /** Of two that have it, it is the one's that came last: the other did not answer when it was asked. */
  async #hearOther(other: Word): Promise<void> {
    if (other.says === 'have' && isBefore(this.#word('have'), other)) await this.#handOver();
    else this.#say('have');
  }

  async #handOver(): Promise<void> {
    if (this.#state !== 'has') return;
    this.#state = 'none';
    await this.#onTaken();
    this.#say('free');
  }

  #answer(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      setTimeout(resolve, this.#channel === undefined ? 0 : withinMs);
    });
  }

  #say(says: Word['says']): void {
    this.#channel?.postMessage(this.#word(says));
  }

  #word(says: Word['says']): Word {
    return { says, since: this.#since, tab: this.#tab };
  }
}

function isBefore(one: Word, other: Word): boolean {
  return one.since === other.since ? one.tab < other.tab : one.since < other.since;
}
