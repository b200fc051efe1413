import type { ApiRequest, ApiResponse, SessionControl } from '../api/request.ts';
import type { Transport } from '../client/transport.ts';

/** What an exec or attach session carries to its client. */
export type SessionEvent =
  | { readonly type: 'stdout' | 'stderr'; readonly data: Uint8Array }
  /** The session is over. `exitCode` is absent when the command could not be run; then `message` says why. */
  | { readonly type: 'exit'; readonly exitCode?: number; readonly message?: string };

export type SessionListener = (session: string, event: SessionEvent) => void;

/**
 * The exec and attach sessions of clients outside the cluster. What such a client does changes what happens inside, so
 * each of its moves is an input; what it is shown goes to whoever listens, and to nobody in a replay.
 */
export class Sessions {
  readonly #send: Transport;
  readonly #controls = new Map<string, SessionControl>();
  /** Those whose answer is still to come, and how to do without it. */
  readonly #opening = new Map<string, () => void>();
  readonly #listeners = new Set<SessionListener>();

  constructor(send: Transport) {
    this.#send = send;
  }

  /** @throws Error when the name is taken, ConnectionError when no server answers. */
  open(session: string, request: ApiRequest): ApiResponse {
    if (this.#controls.has(session) || this.#opening.has(session))
      throw new Error(`session "${session}" is already open`);
    const response = this.#send(request);
    if (response.later === undefined) this.#begin(session, response);
    else {
      const leave = response.later((answer) => {
        this.#opening.delete(session);
        this.#begin(session, answer);
      });
      this.#opening.set(session, leave);
    }
    return response;
  }

  #begin(session: string, response: ApiResponse): void {
    let over = false;
    const control = response.session?.({
      stdout: (data) => this.#tell(session, { type: 'stdout', data }),
      stderr: (data) => this.#tell(session, { type: 'stderr', data }),
      exit: (result) => {
        over = true;
        this.#controls.delete(session);
        this.#tell(session, { type: 'exit', ...result });
      },
    });
    if (control !== undefined && !over) this.#controls.set(session, control);
  }

  /** @param bytes one character for each byte. */
  stdin(session: string, bytes: string): void {
    this.#controls.get(session)?.stdin(Uint8Array.from(bytes, (letter) => letter.charCodeAt(0)));
  }

  closeStdin(session: string): void {
    this.#controls.get(session)?.closeStdin();
  }

  resize(session: string, columns: number, rows: number): void {
    this.#controls.get(session)?.resize(columns, rows);
  }

  close(session: string): void {
    const control = this.#controls.get(session);
    this.#controls.delete(session);
    this.#opening.get(session)?.();
    this.#opening.delete(session);
    control?.close();
  }

  onEvent(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(session: string, event: Parameters<SessionListener>[1]): void {
    for (const listener of this.#listeners) listener(session, event);
  }
}
