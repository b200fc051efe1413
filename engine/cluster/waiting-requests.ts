import type { ApiResponse } from '../api/request.ts';

/** Requests from outside that the API server has not answered yet, by the entries of the journal that they came as. */
export class WaitingRequests {
  readonly #leave = new Map<number, () => void>();

  /** Notes a request that has to wait; returns the response as it is. */
  note(entry: number, response: ApiResponse): ApiResponse {
    const leave = response.later?.(() => this.#leave.delete(entry));
    if (leave !== undefined) this.#leave.set(entry, leave);
    return response;
  }

  /** The client has gone. */
  leave(entry: number): void {
    this.#leave.get(entry)?.();
    this.#leave.delete(entry);
  }
}
