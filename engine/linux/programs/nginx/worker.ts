import type { Task } from '../../../sim/index.ts';
import { hexOf } from '../../hash.ts';
import {
  type ForkedResponse,
  type HttpServerRequest,
  type HttpServerResponse,
  type RequestHead,
  serveHttp,
} from '../../http.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { TlsServer } from '../../tls/tls-server.ts';
import { bodyLimit, serverFor, serverNamed } from './choice.ts';
import type { Config, Server } from './config.ts';
import { complain, type Exchange, keepCaptures, startExchange } from './exchange.ts';
import { untilHandOver } from './hand-over.ts';
import { finish, respond } from './handler.ts';
import { accessLine, complaintLine, type Logs } from './log.ts';
import { normalUri } from './uri.ts';
import { expand } from './variables.ts';
import { type SharedState, WorkerState } from './worker-state.ts';

export interface WorkerOptions {
  readonly config: Config;
  readonly logs: Logs;
  readonly sockets: readonly number[];
  readonly shared: SharedState;
}

/** A worker process: serves until the master says QUIT (finish, then go) or TERM (go). */
export function* runWorker(process: Process, options: WorkerOptions): Task<number> {
  const { config, sockets, shared } = options;
  for (const signal of ['TERM', 'INT', 'QUIT'] as const) process.setSignalAction(signal, 'catch');
  for (const signal of ['HUP', 'USR1', 'CHLD'] as const) process.setSignalAction(signal, 'default');
  process.setSignalAction('HUP', 'ignore');
  const random = process.open('/dev/urandom', { read: true });
  const state = new WorkerState(shared, hexOf(yield* process.read(random, 16)));
  process.close(random);
  const worker = new Worker(process, options, state);
  const first = config.servers[0];
  yield* serveHttp(process, sockets, (request) => worker.answer(request), {
    idleTimeoutMs: Math.max(1000, first?.keepAliveMs ?? 75_000),
    headerTimeoutMs: first?.headerMs ?? 60_000,
    headLimits: { bytes: 4 * (first?.headerBytes ?? 8192), lineBytes: first?.headerBytes ?? 8192 },
    maxBodyBytes: (head) => bodyLimit(config, head),
    resumesAfterChild: true,
    secure: (local) => worker.secure(local),
    onSignals: (signals) =>
      signals.includes('TERM') || signals.includes('INT') ? 'stop' : signals.includes('QUIT') ? 'drain' : 'continue',
    errorResponse: (failure) => worker.refuse(failure),
  });
  return 0;
}

class Worker {
  readonly #process: Process;
  readonly #options: WorkerOptions;
  readonly #state: WorkerState;

  constructor(process: Process, options: WorkerOptions, state: WorkerState) {
    this.#process = process;
    this.#options = options;
    this.#state = state;
  }

  /** TLS where it is listened for, with the certificate of the server that is asked for by name. */
  secure(local: HttpServerRequest['local']): TlsServer | undefined {
    const { servers } = this.#options.config;
    const isSecure = servers.some(({ listens }) => listens.some(({ port, ssl }) => ssl && port === local.port));
    if (!isSecure) return undefined;
    const choose = (name: string | undefined) => {
      const chain = (serverNamed(servers, local, name ?? '')?.server ?? servers[0])?.ssl?.chain;
      const chosen = chain ?? serverNamed(servers, local, '')?.server.ssl?.chain;
      return chosen?.length === 0 ? undefined : chosen;
    };
    return new TlsServer(choose, encode(this.#state.nextId()));
  }

  *answer(request: HttpServerRequest): Task<HttpServerResponse | ForkedResponse | undefined> {
    const { config, logs } = this.#options;
    const process = this.#process;
    yield* process.compute(0.2);
    const found = serverFor(config.servers, request);
    if (found === undefined) return undefined;
    const exchange = this.#start(request, found.server);
    const uri = normalUri(request.target, found.server.mergeSlashes);
    if (uri === undefined || !isHost(request.headers['host'])) {
      complain(exchange, uri === undefined ? 'client sent invalid request' : 'client sent invalid host header', 'info');
      return yield* this.#refused(exchange, 400);
    }
    exchange.uri = uri;
    if (found.match !== undefined) keepCaptures(exchange, found.match);
    const outcome = yield* untilHandOver(exchange, respond(exchange));
    if ('done' in outcome) {
      yield* this.#log(exchange);
      return outcome.done;
    }
    // The real worker goes on with other requests meanwhile; here a child of it waits, with the worker's log files.
    const log = () => this.#log(exchange);
    return {
      keeps: logs.fds,
      *child(child) {
        const late = yield* outcome.rest(child);
        const { behind } = exchange;
        if (behind === undefined) {
          yield* log();
          return late;
        }
        // Only when it is over is it told of, as real nginx does.
        const ended = function* (sent: number): Task<void> {
          exchange.answer = { status: 101, headers: {}, bytes: sent };
          yield* log();
        };
        return { headers: late?.headers ?? {}, behind, ended };
      },
    };
  }

  /** What is no request, came too slowly or is too large. */
  *refuse({ status, peer, local, startLine, head }: Refusal): Task<HttpServerResponse | undefined> {
    const { config } = this.#options;
    const [, method = '', target = '/'] = /^(\S+) (\S+)/.exec(startLine) ?? [];
    const request: HttpServerRequest = {
      method,
      target,
      path: target,
      query: '',
      version: '1.1',
      headers: {},
      ...head,
      body: new Uint8Array(0),
      peer,
      local,
    };
    const found = serverFor(config.servers, request);
    if (found === undefined) return undefined;
    const exchange = this.#start(request, found.server);
    if (status === 413) {
      const length = head?.headers['content-length'];
      complain(
        exchange,
        length === undefined
          ? 'client intended to send too large chunked body'
          : `client intended to send too large body: ${length} bytes`,
      );
    }
    // Nothing is said to who is too slow; the log has the status.
    if (status === 408) {
      exchange.answer = { status, bytes: 0, headers: {} };
      yield* this.#log(exchange);
      return undefined;
    }
    return yield* this.#refused(exchange, status);
  }

  *#refused(exchange: Exchange, status: number): Task<HttpServerResponse> {
    const response = finish(
      exchange,
      { status: status === 431 || status === 497 ? 400 : status },
      status === 431 ? 494 : status,
    );
    yield* this.#log(exchange);
    return response;
  }

  #start(request: HttpServerRequest, server: Server): Exchange {
    const { config, shared } = this.#options;
    shared.connections.requests += 1;
    shared.connections.accepted += 1;
    const number = shared.connections.requests;
    shared.connections.active = 1;
    return startExchange(this.#process, { request, server, config, state: this.#state, number }, request.path);
  }

  *#log(exchange: Exchange): Task<void> {
    const { logs, config } = this.#options;
    const { settings, process } = exchange;
    for (const complaint of exchange.errors) {
      if (complaint.level > settings.errorLog.level) continue;
      yield* logs.write(process, settings.errorLog.path, complaintLine(exchange, complaint));
    }
    for (const { path, format, condition } of settings.accessLogs) {
      if (condition !== undefined && ['', '0'].includes(expand(condition, exchange))) continue;
      yield* logs.write(process, path, accessLine(exchange, config.logFormats.get(format)!));
    }
  }
}

interface Refusal {
  readonly status: number;
  readonly peer: HttpServerRequest['peer'];
  readonly local: HttpServerRequest['local'];
  readonly startLine: string;
  readonly head: RequestHead | undefined;
}

/** Letters of a host name or an address, with a port. */
function isHost(host: string | undefined): boolean {
  return host === undefined || /^[^\s/\\,\x00-\x20\x7f]+$/.test(host);
}
