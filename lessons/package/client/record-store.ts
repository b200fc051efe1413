/** How long it is waited before a request that got no answer is sent again. */
const RETRY_AFTER_MS = [1000, 5000, 20_000];
const VERSION = '1.0.3';

export interface RecordStoreWorld {
  readonly fetch: typeof fetch;
  readonly wait: (ms: number) => Promise<void>;
}

/** Where and with what right a learning record store is spoken to. */
export interface RecordStoreAccess {
  /** Ends with a slash. */
  readonly endpoint: string;
  readonly authorization: string;
}

/** A learning record store, as far as cmi5 needs it: https://github.com/adlnet/xAPI-Spec version 1.0.3. */
export class RecordStore {
  readonly #access: RecordStoreAccess;
  readonly #world: RecordStoreWorld;

  constructor(access: RecordStoreAccess, world: RecordStoreWorld) {
    this.#access = access;
    this.#world = world;
  }

  /** A document; undefined where there is none. @throws Error when the store does not answer */
  async document(resource: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    const response = await this.#send('GET', resource, query);
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  }

  /** @param last the page closes: it is sent once, and nobody waits for the answer */
  put(resource: string, query: Readonly<Record<string, string>>, body: object, last = false): Promise<boolean> {
    return this.#deliver('PUT', resource, query, body, last);
  }

  /** Resolves with whether they were taken. A statement that arrives twice is one: it has its id from here. */
  statements(statements: readonly object[], last = false): Promise<boolean> {
    return this.#deliver('POST', 'statements', {}, statements, last);
  }

  async #deliver(
    method: string,
    resource: string,
    query: Readonly<Record<string, string>>,
    body: object,
    last: boolean,
  ): Promise<boolean> {
    for (const delayMs of last ? [undefined] : [...RETRY_AFTER_MS, undefined]) {
      const response = await this.#send(method, resource, query, body, last).catch(() => undefined);
      // What conflicts is there already.
      if (response?.ok === true || response?.status === 409) return true;
      const passing = response === undefined || response.status === 429 || response.status >= 500;
      if (!passing || delayMs === undefined) return false;
      await this.#world.wait(delayMs);
    }
    return false;
  }

  #send(
    method: string,
    resource: string,
    query: Readonly<Record<string, string>>,
    body?: object,
    keepalive = false,
  ): Promise<Response> {
    const { endpoint, authorization } = this.#access;
    const url = new URL(resource, endpoint);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const headers = { authorization, 'x-experience-api-version': VERSION, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return this.#world.fetch(url, { method, headers, keepalive, ...sent });
  }
}
