import type { ApiRequest, ApiResponse } from '../api/request.ts';

/**
 * How a client reaches the API server. A call returns at once: the latency of a cluster lies in watch delivery and in
 * the nodes, not in requests.
 *
 * @throws ConnectionError when no server answers.
 */
export type Transport = (request: ApiRequest) => ApiResponse;

/** Nobody listens, the network is cut, or the server went away. The message is the one Go's dialer gives. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError';
}

/** Somebody listens and takes the request, and that is all that is ever heard. Clients give up at their own time-out. */
export class NoAnswerError extends ConnectionError {
  override readonly name = 'NoAnswerError';

  constructor() {
    super('net/http: request canceled (Client.Timeout exceeded while awaiting headers)');
  }
}
