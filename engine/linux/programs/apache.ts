import type { Task } from '../../sim/index.ts';
import { formatDate } from '../date-format.ts';
import { type HttpServerRequest, type HttpServerResponse, serveHttp } from '../http.ts';
import { print, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';

// Apache with PHP inside, as images of web applications have it: one program that is the application.

const SERVER = 'Apache/2.4.56 (Debian)';

/** Serves on port 80 until it is told to end; each request is a child's. */
export function* serveApache(
  process: Process,
  answer: (process: Process, request: HttpServerRequest) => Task<HttpServerResponse>,
): Task<number> {
  const listener = process.listen(80);
  process.setSignalAction('WINCH', 'catch');
  process.setSignalAction('TERM', 'catch');
  yield* logApache(process, 'mpm_prefork:notice', `AH00163: ${SERVER} configured -- resuming normal operations`);
  yield* serveHttp(
    process,
    listener,
    (request) => ({
      *child(child) {
        const response = yield* answer(child, request);
        yield* logAccess(child, request, response);
        return { ...response, headers: { Server: SERVER, ...response.headers } };
      },
    }),
    { onSignals: (signals) => (signals.some((signal) => signal !== 'CHLD') ? 'stop' : 'continue') },
  );
  return 0;
}

/** The error log, on standard error. */
export function* logApache(process: Process, module: string, text: string): Task<void> {
  const time = formatDate('%a %b %d %H:%M:%S.000000 %Y', process.now());
  yield* printError(process, `[${time}] [${module}] [pid ${process.pid}] ${text}\n`);
}

export function notFound(process: Process): HttpServerResponse {
  const body = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n<hr>\n<address>${SERVER} Server at ${process.hostname} Port 80</address>\n</body></html>\n`;
  return { status: 404, headers: { 'Content-Type': 'text/html; charset=iso-8859-1' }, body };
}

function* logAccess(
  process: Process,
  { method, target, version, peer, headers }: HttpServerRequest,
  { status = 200, body = '' }: HttpServerResponse,
): Task<void> {
  const time = formatDate('%d/%b/%Y:%H:%M:%S +0000', process.now());
  const agent = headers['user-agent'] ?? '-';
  yield* print(
    process,
    `${peer.address} - - [${time}] "${method} ${target} HTTP/${version}" ${status} ${body.length} "${headers['referer'] ?? '-'}" "${agent}"\n`,
  );
}
