/** What the workshop's server answered instead of what was asked for. `status` is 0 when it could not be reached. */
export class WorkshopError extends Error {
  readonly status: number;
  /** See the server's `refuse`. */
  readonly code: string;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

/** The workshop's API, as somebody. */
export class WorkshopApi {
  readonly #base: string;
  readonly #token: string;

  /** @param base e.g. `/workshop/api/me` */
  constructor(base: string, token: string) {
    this.#base = base;
    this.#token = token;
  }

  /** @throws WorkshopError */
  async call<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const response = await this.fetch(path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return (response.status === 204 || response.status === 202 ? undefined : await response.json()) as T;
  }

  /** @throws WorkshopError */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, ...(this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` }) };
    let response: Response;
    try {
      response = await fetch(this.#base + path, { ...init, headers });
    } catch {
      throw new WorkshopError(0, 'unreachable', 'The workshop cannot be reached.');
    }
    if (response.ok) return response;
    const { code = 'failed', message = response.statusText, ...more } = await response.json().catch(() => ({}));
    throw new WorkshopError(response.status, code, message, more);
  }
}
