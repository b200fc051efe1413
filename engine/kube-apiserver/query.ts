import { badRequest } from '../api/errors.ts';
import type { ApiRequest } from '../api/request.ts';

/** The query parameters of a request. */
export class Query {
  readonly #parameters: NonNullable<ApiRequest['query']>;

  constructor(request: ApiRequest) {
    this.#parameters = request.query ?? NONE;
  }

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#parameters === NONE;
  }

  /** The first value, or an empty string. */
  text(name: string): string {
    const value = this.#parameters[name];
    if (value === undefined) return '';
    return typeof value === 'string' ? value : (value[0] ?? '');
  }

  all(name: string): readonly string[] {
    const value = this.#parameters[name];
    if (value === undefined) return [];
    return typeof value === 'string' ? [value] : value;
  }

  has(name: string): boolean {
    return this.#parameters[name] !== undefined;
  }

  /** As Kubernetes reads booleans in queries: anything but absence, `false` and `0` is true. */
  flag(name: string): boolean {
    if (!this.has(name)) return false;
    const value = this.text(name).toLowerCase();
    return value !== 'false' && value !== '0';
  }

  /** @throws StatusError 400 for what is no integer. */
  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    if (!/^[+-]?[0-9]+$/.test(text))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    const value = Number(text);
    if (!Number.isSafeInteger(value)) {
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
    }
    return value;
  }
}

const NONE = {};
