import type { Task } from '../../sim/index.ts';
import { formatDate } from '../date-format.ts';
import { Errno } from '../errno.ts';
import { type HttpServerRequest, type HttpServerResponse, serveHttp } from '../http.ts';
import { print, printError } from '../stdio.ts';
import type { Process, Program } from '../syscalls.ts';
import { ask, connectTo } from './redis/connection.ts';
import { ProtocolError } from './redis/reply.ts';

const SERVER = 'Apache/2.4.56 (Debian)';
const REDIS_PORT = 6379;

/**
 * The web frontend of the guestbook, PHP behind Apache: writes go to the Redis leader, what is read comes from a follower.
 * https://kubernetes.io/docs/tutorials/stateless-application/guestbook/
 */
export const guestbookFrontend: Program = function* (process) {
  const listener = process.listen(80);
  process.setSignalAction('WINCH', 'catch');
  process.setSignalAction('TERM', 'catch');
  yield* printError(
    process,
    `[${apacheTime(process)}] [mpm_prefork:notice] [pid ${process.pid}] AH00163: ${SERVER} configured -- resuming normal operations\n`,
  );
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
};

function* answer(process: Process, { path, query }: HttpServerRequest): Task<HttpServerResponse> {
  if (path === '/' || path === '/index.html') return { headers: { 'Content-Type': 'text/html' }, body: PAGE };
  if (path !== '/guestbook.php') {
    const body = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n<hr>\n<address>${SERVER} Server at ${process.hostname} Port 80</address>\n</body></html>\n`;
    return { status: 404, headers: { 'Content-Type': 'text/html; charset=iso-8859-1' }, body };
  }
  const form = new URLSearchParams(query);
  const [command, key, value] = [form.get('cmd'), form.get('key') ?? '', form.get('value') ?? ''];
  if (command === 'set') {
    return yield* fromRedis(process, 'leader', ['SET', key, value], () => '{"message": "Updated"}');
  }
  return yield* fromRedis(process, 'follower', ['GET', key], (stored) => `{"data": "${stored ?? ''}"}`);
}

/** The name of a Service, or with `GET_HOSTS_FROM=env` what the kubelet tells of it. */
function hostOf({ env }: Process, role: 'leader' | 'follower'): string {
  return env['GET_HOSTS_FROM'] === 'env' ? (env[`REDIS_${role.toUpperCase()}_SERVICE_HOST`] ?? '') : `redis-${role}`;
}

function* fromRedis(
  process: Process,
  role: 'leader' | 'follower',
  words: readonly string[],
  body: (reply: unknown) => string,
): Task<HttpServerResponse> {
  const host = hostOf(process, role);
  try {
    const connection = yield* connectTo(process, host, REDIS_PORT);
    const reply = yield* ask(process, connection, words);
    process.close(connection.fd);
    if (typeof reply === 'object' && reply !== null && 'error' in reply) throw new ProtocolError(reply.error);
    return { headers: { 'Content-Type': 'application/json' }, body: body(reply) };
  } catch (error) {
    if (
      !(error instanceof Errno || error instanceof ProtocolError) ||
      (error instanceof Errno && error.code === 'EINTR')
    )
      throw error;
    const problem = `PHP Fatal error:  Uncaught Predis\\Connection\\ConnectionException: ${error.message} [tcp://${host}:${REDIS_PORT}]`;
    yield* printError(process, `[${apacheTime(process)}] [php:error] [pid ${process.pid}] ${problem}\n`);
    return { status: 500, headers: { 'Content-Type': 'text/html; charset=UTF-8' }, body: '' };
  }
}

const apacheTime = (process: Process) => formatDate('%a %b %d %H:%M:%S.000000 %Y', process.now());

function logAccess(process: Process, request: HttpServerRequest, { status = 200, body = '' }: HttpServerResponse) {
  const { method, target, version, peer, headers } = request;
  const time = formatDate('%d/%b/%Y:%H:%M:%S +0000', process.now());
  const agent = headers['user-agent'] ?? '-';
  return print(
    process,
    `${peer.address} - - [${time}] "${method} ${target} HTTP/${version}" ${status} ${body.length} "${headers['referer'] ?? '-'}" "${agent}"\n`,
  );
}

/** A page of our own: the real one loads its scripts from the internet. */
const PAGE = `<!DOCTYPE html>
<html>
  <head><title>Guestbook</title></head>
  <body>
    <h2>Guestbook</h2>
    <form id="form"><input id="entry" placeholder="Messages"> <button>Submit</button></form>
    <div id="messages"></div>
    <script>
      const call = (query) => fetch('guestbook.php?' + new URLSearchParams(query)).then((answer) => answer.json());
      const show = (data) => (document.getElementById('messages').innerText = data.split(',').join('\\n'));
      let data = '';
      call({ cmd: 'get', key: 'messages' }).then((answer) => show((data = answer.data)));
      document.getElementById('form').onsubmit = (event) => {
        event.preventDefault();
        data += ',' + document.getElementById('entry').value;
        call({ cmd: 'set', key: 'messages', value: data }).then(() => show(data));
      };
    </script>
  </body>
</html>
`;
