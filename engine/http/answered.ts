import type { ApiResponse } from '../api/request.ts';

/** Calls the listener with the answer: at once, or when there is one. */
export function whenAnswered(response: ApiResponse, listener: (answer: ApiResponse) => void): void {
  if (response.later === undefined) listener(response);
  else response.later(listener);
}
