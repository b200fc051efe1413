import type { Task } from '../../../sim/index.ts';
import { type ForkedResponse, type HttpServerRequest, type HttpServerResponse, serveHttp } from '../../http.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Config } from './config.ts';
import type { Exchange } from './exchange.ts';
import { isPassedOn, respond, serverFor } from './handler.ts';
import { accessLine, errorLine, Logs } from './log.ts';
import { statusPage, versionOf } from './pages.ts';
import { Balancer } from './upstream.ts';

/** A worker process: serves until the master says QUIT (finish, then go) or TERM (go). */
export function* runWorker(process: Process, config: Config, logs: Logs, sockets: readonly number[]): Task<number> {
  for (const signal of ['TERM', 'INT', 'QUIT'] as const) process.setSignalAction(signal, 'catch');
  for (const signal of ['HUP', 'USR1', 'CHLD'] as const) process.setSignalAction(signal, 'default');
  process.setSignalAction('HUP', 'ignore');
  const balancer = new Balancer();
  let connection = 0;
  const handler = function* (request: HttpServerRequest): Task<HttpServerResponse | ForkedResponse> {
    yield* process.compute(0.2);
    connection += 1;
    const server = serverFor(config, request);
    if (server === undefined) return { status: 404 };
    const exchange: Exchange = { request, server, config, balancer, settings: server.settings, errors: [] };
    const number = connection;
    if (isPassedOn(exchange)) {
      // The real worker goes on with other requests meanwhile; here a child of it waits, with log files of its own.
      return {
        *child(child) {
          const late = yield* respond(child, exchange);
          yield* log(child, config, new Logs(), exchange, late, number);
          return late;
        },
      };
    }
    const response = yield* respond(process, exchange);
    yield* log(process, config, logs, exchange, response, connection);
    return response;
  };
  yield* serveHttp(process, sockets, handler, {
    idleTimeoutMs: Math.max(1000, config.keepAliveMs),
    maxBodyBytes: config.maxBodyBytes,
    onSignals: (signals) =>
      signals.includes('TERM') || signals.includes('INT') ? 'stop' : signals.includes('QUIT') ? 'drain' : 'continue',
    errorResponse: (status) => ({
      status: status === 431 ? 400 : status,
      headers: { Server: versionOf(process.env), 'Content-Type': 'text/html' },
      body: statusPage(status, versionOf(process.env)),
    }),
  });
  return 0;
}

function* log(
  process: Process,
  config: Config,
  logs: Logs,
  exchange: Exchange,
  response: HttpServerResponse,
  connection: number,
): Task<void> {
  const { request, server, settings, errors } = exchange;
  for (const text of errors) {
    const context = `client: ${request.peer.address}, server: ${server.names[0] ?? ''}, request: "${request.method} ${request.target} HTTP/${request.version}", host: "${request.headers['host'] ?? ''}"`;
    yield* logs.write(process, config.errorLog, errorLine(process, 'error', `*${connection} ${text}, ${context}`));
  }
  if (settings.accessLog === undefined) return;
  const { body } = response;
  const bytes =
    request.method === 'HEAD' || body === undefined ? 0 : typeof body === 'string' ? encode(body).length : body.length;
  const line = accessLine(process, config.logFormats.get('main'), request, { status: response.status ?? 200, bytes });
  yield* logs.write(process, settings.accessLog, line);
}
