import type { ApiRequest, ApiResponse } from '../api/request.ts';
import type { ClusterInput } from '../cluster/input.ts';
import type { SessionListener } from '../cluster/sessions.ts';

/** What the HTTP server needs of a cluster that runs in real time. */
export interface ClusterDoor {
  /** Reads, watches and logs, at the present moment. Throws ConnectionError when the API server is down. */
  read(request: ApiRequest): ApiResponse;
  /** Takes an input in, now. Throws ConnectionError when the API server is down. */
  submit(input: ClusterInput): unknown;
  /** How many inputs have been taken in. */
  readonly inputs: number;
  /** When the inputs so far would outlive a power cut: answers wait for it. Undefined when nothing is kept. */
  kept(): Promise<void> | undefined;
  /** A name that no session has had before. */
  newSessionName(): string;
  onSession(listener: SessionListener): () => void;
}
