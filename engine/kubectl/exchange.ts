import type { ApiRequest, ApiResponse } from '../api/request.ts';
import { RequestPending } from '../client/pending-requests.ts';
import { ConnectionError, NoAnswerError, type Transport } from '../client/transport.ts';
import { parseGoDuration } from '../linux/programs/go/duration.ts';
import type { Process } from '../linux/syscalls.ts';
import { AnswerError, readAnswer } from './answer.ts';
import { UnreachableError } from './command-error.ts';
import type { Flags } from './flag.ts';
import { hostOf, type ServerTarget } from './kubeconfig.ts';
import { klogLine, LOGS_REQUESTS, requestLog, responseLog, urlOf } from './request-log.ts';
import type { Streams } from './streams.ts';

interface Owner {
  readonly process: Process;
  readonly streams: Streams;
  readonly flags: Flags;
}

/** How often a request is made again for a server that asks for patience. After client-go rest/with_retry.go. */
const MAX_RETRIES = 10;

/** What a connection that ended before the answer is given until the next attempt. */
const RETRY_AFTER_EOF_MS = 1000;

/**
 * Requests and their answers as client-go makes them: shown by `-v`, made again where that may help, read.
 * A request is answered at once; what a real client would have waited meanwhile is summed up.
 */
export class Exchange {
  readonly #owner: Owner;
  readonly #transport: Transport;
  readonly #target: ServerTarget;
  readonly #headers: Readonly<Record<string, string>>;
  #warnings = 0;
  #waitedMs = 0;

  /** @param headers go with every request */
  constructor(owner: Owner, transport: Transport, target: ServerTarget, headers: Readonly<Record<string, string>>) {
    this.#owner = owner;
    this.#transport = transport;
    this.#target = target;
    this.#headers = headers;
  }

  /** The server's URL. */
  get server(): string {
    return this.#target.server;
  }

  /** Warnings that the server has sent so far. */
  get warnings(): number {
    return this.#warnings;
  }

  /** Milliseconds to wait for what was done since the last call; infinite when no answer will ever come. */
  takeWaitedMs(): number {
    const waitedMs = this.#waitedMs;
    this.#waitedMs = 0;
    return waitedMs;
  }

  /**
   * @param quiet whether `-v` does not show it
   * @throws UnreachableError when nobody answers
   * @throws AnswerError when the answer cannot be read
   * @throws StatusError for a refusal that is no object
   */
  send(request: ApiRequest, quiet: boolean): ApiResponse {
    for (let attempt = 0; ; attempt++) {
      const retries = attempt < MAX_RETRIES;
      try {
        const response = this.#once(request, quiet);
        const afterMs = retryAfterMs(response);
        if (afterMs === undefined || !retries) return readAnswer(request, response);
        this.#waitedMs += afterMs;
      } catch (error) {
        if (!(error instanceof ConnectionError) || error instanceof RequestPending) throw error;
        if (error.message !== 'EOF' || request.method !== 'GET' || !retries) throw this.#failure(request, error);
        this.#waitedMs += RETRY_AFTER_EOF_MS;
      }
    }
  }

  /** Hands a request on, and gives back whatever is answered. @throws UnreachableError */
  relay(request: ApiRequest): ApiResponse {
    try {
      return this.#once(request, false);
    } catch (error) {
      if (!(error instanceof ConnectionError) || error instanceof RequestPending) throw error;
      throw this.#failure(request, error);
    }
  }

  #once(plain: ApiRequest, quiet: boolean): ApiResponse {
    const request = { ...plain, headers: { ...plain.headers, ...this.#headers } };
    const { process, streams, flags } = this.#owner;
    const level = quiet ? 0 : flags.int('v');
    const startedMs = process.now();
    const { server } = this.#target;
    if (level >= LOGS_REQUESTS) streams.err(requestLog(process, level, server, request));
    const response = this.#transport(request);
    if (level >= LOGS_REQUESTS) {
      streams.err(responseLog(process, level, server, request, response, process.now() - startedMs));
    }
    for (const warning of warningsOf(response)) {
      this.#warnings += 1;
      streams.err(`Warning: ${warning}\n`);
    }
    return response;
  }

  #failure(request: ApiRequest, error: ConnectionError): Error {
    const { process, streams } = this.#owner;
    if (error.message === 'unexpected EOF') {
      const said = '"Unexpected error when reading response body" err="unexpected EOF"';
      streams.err(klogLine(process, 'request.go:1196', said, 'E'));
      const message = `unexpected error when reading response body. Please retry. Original error: ${error.message}`;
      return new AnswerError(message);
    }
    if (error instanceof NoAnswerError) this.#waitedMs += this.timeoutMs;
    return new UnreachableError(hostOf(this.#target.server), error.message, this.#goRequest(request));
  }

  /** A request as Go names it in errors: `Post "https://10.0.0.10:6443/api/v1/namespaces?fieldManager=kubectl"`. */
  #goRequest(request: ApiRequest): string {
    const { server } = this.#target;
    const method = `${request.method[0]}${request.method.slice(1).toLowerCase()}`;
    const timeoutMs = this.timeoutMs;
    // client-go's discovery asks with a time-out of its own.
    const discovers = request.path === '/api' || request.path === '/apis' || request.path === '/version';
    const timed = discovers ? '32s' : Number.isFinite(timeoutMs) ? `${timeoutMs / 1000}s` : undefined;
    const query = timed === undefined ? request.query : { ...request.query, timeout: timed };
    return `${method} "${urlOf(server, query === undefined ? request : { ...request, query })}"`;
  }

  /** `--request-timeout`; infinite for none. */
  get timeoutMs(): number {
    const text = this.#owner.flags.string('request-timeout');
    const timeoutMs = /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text)!;
    return timeoutMs === 0 ? Number.POSITIVE_INFINITY : timeoutMs;
  }
}

/** How long the server wants to be left alone; undefined when it does not ask for another attempt. */
function retryAfterMs({ status, headers }: ApiResponse): number | undefined {
  const after = headers['retry-after'] ?? '';
  return (status === 429 || status >= 500) && /^\d+$/.test(after) ? Number(after) * 1000 : undefined;
}

/** The texts of a response's `warning` headers: `299 - "text"`, several separated by commas. */
function warningsOf(response: ApiResponse): readonly string[] {
  const header = response.headers['warning'];
  if (header === undefined) return [];
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!.replace(/\\(.)/g, '$1'));
}
