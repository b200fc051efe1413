import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { HttpProtocolError, httpRequest } from '../../http.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { formValues, type GoResponse, httpError, serveGo } from '../go/http-server.ts';
import { fatal, goError, log } from '../go/runtime.ts';
import { resolveHost } from '../resolve.ts';
import type { Command } from './command.ts';

const REGISTER_FOR_MS = 15_000;
const RETRY_MS = 1000;
const TIMEOUT_MS = 5000;

interface Store {
  readonly process: Process;
  readonly backendPort: number;
  values: Map<string, string>;
  readonly replicas: string[];
}

/** A store of strings with replicas, and a front end for it: the guestbook application of the documentation. */
export const guestbook: Command = {
  use: 'guestbook',
  short: 'Creates a HTTP server with various endpoints representing a guestbook app',
  args: 0,
  flags: {
    'http-port': { type: 'string', default: '80', usage: 'HTTP Listen Port' },
    'backend-port': { type: 'string', default: '6379', usage: "Backend's HTTP Listen Port" },
    replicaof: { type: 'string', default: '', usage: "The host's name to register to" },
  },
  *run(process, flags) {
    const backendPort = Number(flags.string('backend-port'));
    const store: Store = { process, backendPort, values: new Map(), replicas: [] };
    const primary = flags.string('replicaof');
    const parent = process.pid;
    if (primary !== '')
      process.fork(function* (child) {
        const exitCode = yield* register(child, store, primary);
        if (exitCode !== 0) child.kill(parent, 'TERM');
        return exitCode;
      });
    return yield* serveGo(process, Number(flags.string('http-port')), (request) =>
      answer(store, request.path, formValues(request)),
    );
  },
};

function* register(process: Process, store: Store, primary: string): Task<number> {
  const deadline = process.now() + REGISTER_FOR_MS;
  const target = `${primary}:${store.backendPort}`;
  for (; process.now() < deadline; yield* process.sleep(RETRY_MS)) {
    const own = process.networkInterfaces().find(({ name }) => name !== 'lo')?.addresses[0]?.address;
    yield* log(process, `Registering to primary: ${target}/register?host=${own}`);
    try {
      const text = yield* get(process, primary, store.backendPort, `register?host=${own}`);
      const { data } = JSON.parse(text) as { readonly data: Readonly<Record<string, string>> };
      store.values = new Map(Object.entries(data));
      yield* log(process, `Registered to node: ${primary}`);
      return 0;
    } catch (error) {
      yield* log(process, `encountered error while registering to primary: ${whyNot(error)}. Retrying in 1s.`);
    }
  }
  return yield* fatal(process, 'Timed out while registering to primary.');
}

function whyNot(error: unknown): string {
  if (error instanceof HttpProtocolError || error instanceof SyntaxError) return error.message;
  return goError('dial tcp', error);
}

/** Throws Errno, HttpProtocolError. */
function* get(process: Process, host: string, port: number, request: string): Task<string> {
  const address = yield* resolveHost(process, host);
  if (address === undefined) throw new HttpProtocolError(502, `lookup ${host}: no such host`);
  const response = yield* httpRequest(process, { host: address, port, path: `/${request}`, timeoutMs: TIMEOUT_MS });
  return decode(response.body);
}

const json = (value: unknown): GoResponse => ({ body: JSON.stringify(value) });

function* answer(store: Store, path: string, form: (name: string) => string): Task<GoResponse> {
  const { process, values } = store;
  const [key, value] = [form('key'), form('value')];
  switch (path) {
    case '/register':
      yield* log(process, `GET /register?host=${form('host')}`);
      store.replicas.push(form('host'));
      yield* log(process, `Node '${form('host')}' registered.`);
      return json({ data: Object.fromEntries(values) });
    case '/get':
      yield* log(process, `GET /get?key=${key}`);
      return json({ data: key === '' ? Object.fromEntries(values) : (values.get(key) ?? '') });
    case '/set':
      yield* log(process, `GET /set?key=${key}&value=${value}`);
      if (key === '') return httpError(400, 'cannot set with empty key.');
      values.set(key, value);
      return { child: (child) => propagate(child, store, key, value) };
    case '/guestbook': {
      const command = form('cmd').toLowerCase();
      yield* log(process, `GET /guestbook?cmd=${command}&key=${key}&value=${value}`);
      if (command !== 'get' && command !== 'set') return httpError(400, `unsupported cmd: '${command}'`);
      if (command === 'set' && key === '') return httpError(400, 'cannot set with empty key.');
      return { child: (child) => forward(child, store, command, requestOf(command, key, value)) };
    }
    default:
      return httpError(404, '404 page not found');
  }
}

function requestOf(command: string, key: string, value: string): string {
  return `${command}?key=${encodeURIComponent(key)}&value=${encodeURIComponent(value)}`;
}

function* propagate(process: Process, store: Store, key: string, value: string) {
  for (const replica of store.replicas) {
    try {
      yield* get(process, replica, store.backendPort, requestOf('set', key, value));
    } catch (error) {
      return httpError(417, `encountered error while propagating to replica '${replica}': ${whyNot(error)}`);
    }
  }
  return { body: JSON.stringify({ message: 'Updated' }) };
}

function* forward(process: Process, store: Store, command: string, request: string) {
  const host = command === 'get' ? 'agnhost-replica' : 'agnhost-primary';
  try {
    return { body: yield* get(process, host, store.backendPort, request) };
  } catch (error) {
    if (!(error instanceof Errno || error instanceof HttpProtocolError)) throw error;
    return httpError(417, `encountered error: ${whyNot(error)}`);
  }
}
