import { createHash, createHmac, randomBytes } from 'node:crypto';
import { isRefusal, PATIENCE_MS, RETRY_AFTER_MS, wait } from './retries.ts';

/** So many wait while a receiver is away; of more, the oldest are given up. */
const MOST_WAITING = 10_000;

const SECRET_PREFIX = 'whsec_';

/** What has happened, as a receiver reads it. */
type WebhookType = 'person.joined' | 'hand.raised' | 'check.met' | 'grade.changed' | 'workshop.ended';

interface Waiting {
  readonly id: string;
  readonly type: WebhookType;
  readonly body: string;
}

export interface WebhookTarget {
  readonly url: string;
  /** `whsec_…`, as the receiver has it. */
  readonly secret: string;
}

/** What webhooks reach the world by; a test has its own. */
export interface WebhookWorld {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves with the status of the answer; rejects where there is none. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<number>;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** For whoever runs the server. */
  complain(text: string): void;
}

/**
 * Tells another system what happens in a workshop, one event after the other in their order, signed as
 * https://www.standardwebhooks.com says. What waits is in memory: a server that ends forgets it, and grades can be fetched.
 */
export class Webhooks {
  readonly #target: WebhookTarget;
  readonly #world: WebhookWorld;
  readonly #waiting: Waiting[] = [];
  readonly #ending = new AbortController();
  #sending = false;
  #lost = 0;

  constructor(target: WebhookTarget, world: WebhookWorld = REAL_WORLD) {
    this.#target = target;
    this.#world = world;
  }

  /**
   * Never waits and never fails.
   *
   * @param data no secret, and nothing that a learner could put a secret into
   * @param what names it where several servers tell of the same: a receiver takes each id once
   */
  send(type: WebhookType, data: object, what?: string): void {
    if (this.#ending.signal.aborted) return;
    const timestamp = new Date(this.#world.now()).toISOString();
    const random = what === undefined ? randomBytes(18) : createHash('sha256').update(what).digest().subarray(0, 18);
    const id = `msg_${random.toString('base64url')}`;
    this.#waiting.push({ id, type, body: JSON.stringify({ type, timestamp, data }) });
    if (this.#waiting.length > MOST_WAITING) {
      // The first one is on its way.
      this.#waiting.splice(1, 1);
      this.#lost += 1;
    }
    if (!this.#sending) void this.#sendAll();
  }

  /** How many wait to be taken. */
  get waiting(): number {
    return this.#waiting.length;
  }

  close(): void {
    this.#ending.abort();
    this.#waiting.length = 0;
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      await this.#deliver(next);
      this.#waiting.shift();
      if (this.#lost > 0) this.#world.complain(`webhook: ${this.#lost} events were given up, too many waited`);
      this.#lost = 0;
    }
    this.#sending = false;
  }

  async #deliver(event: Waiting): Promise<void> {
    for (const delayMs of [...RETRY_AFTER_MS, undefined]) {
      const outcome = await this.#attempt(event);
      if (outcome === 'taken' || this.#ending.signal.aborted) return;
      if (outcome === 'gone') {
        this.#world.complain(`webhook: ${this.#host} wants no more of it (410), so nothing is sent any more`);
        this.close();
        return;
      }
      if (outcome.refused || delayMs === undefined) {
        this.#world.complain(`webhook: ${event.type} ${event.id} was given up: ${outcome.reason}`);
        return;
      }
      await this.#world.wait(delayMs, this.#ending.signal).catch(() => {});
    }
  }

  async #attempt({
    id,
    body,
  }: Waiting): Promise<'taken' | 'gone' | { readonly reason: string; readonly refused: boolean }> {
    const { url, secret } = this.#target;
    // Of now, not of when it happened: a receiver refuses what was signed long ago.
    const timestamp = String(Math.floor(this.#world.now() / 1000));
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature(secret, id, timestamp, body),
    };
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(PATIENCE_MS)]);
    try {
      const status = await this.#world.post(url, headers, body, signal);
      if (status >= 200 && status < 300) return 'taken';
      if (status === 410) return 'gone';
      return { reason: `${this.#host} answers ${status}`, refused: isRefusal(status) };
    } catch (error) {
      return { reason: `${this.#host} cannot be reached: ${(error as Error).message}`, refused: false };
    }
  }

  /** The rest of an address may hold a key. */
  get #host(): string {
    return new URL(this.#target.url).host;
  }
}

/** `v1,` and a code that only who has the secret can make. */
export function signature(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

export function newWebhookSecret(): string {
  return SECRET_PREFIX + randomBytes(32).toString('base64');
}

const REAL_WORLD: WebhookWorld = {
  now: () => Date.now(),
  async post(url, headers, body, signal) {
    // Whoever was named gets it, and nobody they point at.
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    await response.body?.cancel();
    return response.status;
  },
  wait,
  complain: (text) => process.stderr.write(`${text}\n`),
};
