import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { HttpServerRequest, HttpServerResponse } from '../http.ts';
import type { Process, Program } from '../syscalls.ts';
import { logApache, notFound, serveApache } from './apache.ts';
import { ask, connectTo } from './redis/connection.ts';
import { ProtocolError } from './redis/reply.ts';

const REDIS_PORT = 6379;

/**
 * The web frontend of the guestbook, PHP behind Apache: writes go to the Redis leader, what is read comes from a follower.
 * https://kubernetes.io/docs/tutorials/stateless-application/guestbook/
 */
export const guestbookFrontend: Program = (process) => serveApache(process, answer);

function* answer(process: Process, { path, query }: HttpServerRequest): Task<HttpServerResponse> {
  if (path === '/' || path === '/index.html') return { headers: { 'Content-Type': 'text/html' }, body: PAGE };
  if (path !== '/guestbook.php') return notFound(process);
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
    yield* logApache(process, 'php:error', problem);
    return { status: 500, headers: { 'Content-Type': 'text/html; charset=UTF-8' }, body: '' };
  }
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
