import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { Errno } from '../../errno.ts';
import type { HttpServerRequest } from '../../http.ts';
import { signalExitCode } from '../../signal.ts';
import { decode, encode, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { formatGoDuration, parseGoDuration } from '../go/duration.ts';
import { formValues, type GoHandler, type GoResponse, httpError, peerOf, serveGo } from '../go/http-server.ts';
import { fatal, isEnding, log } from '../go/runtime.ts';
import type { Command } from './command.ts';
import { dial } from './dial.ts';
import { serveUdp } from './udp-server.ts';

interface Server {
  readonly process: Process;
  /** Set when a request wants the server to end. */
  exitCode: number | undefined;
}

export const netexec: Command = {
  use: 'netexec',
  short: 'Creates HTTP(S), UDP, and (optionally) SCTP servers with various endpoints',
  args: 0,
  flags: {
    'http-port': { type: 'int', default: 8080, usage: 'HTTP Listen Port' },
    'udp-port': { type: 'int', default: 8081, usage: 'UDP Listen Port' },
    'sctp-port': { type: 'int', default: -1, usage: 'SCTP Listen Port' },
    'udp-listen-addresses': {
      type: 'string',
      default: '',
      usage: 'A comma separated list of ip addresses the udp servers listen from',
    },
    'http-override': {
      type: 'string',
      default: '',
      usage: 'Override the HTTP handler to always respond as if it were a GET with this path & params',
    },
    'delay-shutdown': { type: 'int', default: 0, usage: 'Number of seconds to delay shutdown when receiving SIGTERM.' },
    'tls-cert-file': { type: 'string', default: '', usage: 'File containing an x509 certificate for HTTPS.' },
    'tls-private-key-file': {
      type: 'string',
      default: '',
      usage: 'File containing an x509 private key matching --tls-cert-file',
    },
  },
  *run(process, flags) {
    if (flags.number('sctp-port') !== -1) return yield* fatal(process, 'SCTP is not part of this simulation');
    const udpPort = flags.number('udp-port');
    if (udpPort !== -1) {
      for (const address of (flags.string('udp-listen-addresses') || '0.0.0.0').split(','))
        process.fork((child) => serveUdp(child, udpPort, address));
    }
    const port = flags.number('http-port');
    yield* log(process, `Started HTTP server on port ${port}`);
    const server: Server = { process, exitCode: undefined };
    const override = flags.string('http-override');
    const delayMs = flags.number('delay-shutdown') * 1000;
    // USR1 is how a child that has waited says that it is time to end.
    for (const signal of ['USR1', 'TERM'] as const)
      if (signal === 'USR1' || delayMs > 0) process.setSignalAction(signal, 'catch');
    const handler: GoHandler = (request) => route(server, override === '' ? request : overridden(request, override));
    const certificate = flags.string('tls-cert-file');
    const tls = certificate === '' ? {} : { tls: { certificate, key: flags.string('tls-private-key-file') } };
    return yield* serveGo(process, port, handler, {
      ...tls,
      onSignals: (signals) => {
        if (server.exitCode !== undefined && signals.includes('USR1')) return server.exitCode;
        if (delayMs === 0 || !signals.includes('TERM')) return signals.some(isEnding) ? 2 : undefined;
        endAfter(server, delayMs, 0);
        return undefined;
      },
    });
  },
};

function overridden(request: HttpServerRequest, target: string): HttpServerRequest {
  const [path = '/', query = ''] = target.split('?');
  return { ...request, method: 'GET', target, path, query, body: new Uint8Array(0) };
}

function endAfter(server: Server, delayMs: number, exitCode: number): void {
  const parent = server.process.pid;
  server.process.fork(function* (child) {
    yield* child.sleep(delayMs);
    server.exitCode = exitCode;
    child.kill(parent, 'USR1');
    return 0;
  });
}

function* route(server: Server, request: HttpServerRequest): Task<GoResponse> {
  const { process } = server;
  const form = formValues(request);
  switch (request.path) {
    case '/clientip':
      yield* log(process, 'GET /clientip');
      return { body: peerOf(request) };
    case '/serverport':
      yield* log(process, 'GET /serverport');
      return { body: String(request.local.port) };
    case '/header': {
      const key = form('key');
      yield* log(process, `GET /header?key=${key}`);
      return key === ''
        ? httpError(400, 'query param "key" was not specified')
        : { body: request.headers[key.toLowerCase()] ?? '' };
    }
    case '/dial':
      return yield* dial(process, form);
    case '/echo':
      return yield* echo(process, form);
    case '/exit':
      return yield* exit(server, form);
    case '/healthz':
      yield* log(process, 'GET /healthz');
      return { status: 200 };
    case '/hostname':
    case '/hostName':
      yield* log(process, `GET ${request.path}`);
      return { body: process.hostname };
    case '/redirect':
      return yield* redirect(process, request, form);
    case '/shell':
      return yield* shell(process, form);
    case '/shutdown':
      yield* log(process, 'GET /shutdown');
      endAfter(server, 0, 0);
      return { child: silence };
    case '/upload':
      return yield* upload(process, request);
    default:
      yield* log(process, 'GET /');
      return { body: `NOW: ${formatDate('%Y-%m-%d %H:%M:%S +0000 UTC', process.now())}` };
  }
}

function* silence(): Task<undefined> {
  return undefined;
}

const notAnInteger = (text: string) => ({
  body: `argument 'code' must be an integer or empty, got ${JSON.stringify(text)}\n`,
});

function* echo(process: Process, form: (name: string) => string): Task<GoResponse> {
  const code = form('code');
  yield* log(process, `GET /echo?msg=${form('msg')}&code=${code}`);
  if (code !== '' && !/^[1-9]\d\d$/.test(code)) return notAnInteger(code);
  return { status: code === '' ? 200 : Number(code), body: form('msg') };
}

function* redirect(process: Process, request: HttpServerRequest, form: (name: string) => string): Task<GoResponse> {
  const [location, code] = [form('location'), form('code')];
  yield* log(process, `${request.method} /redirect?msg=${location}&code=${code}`);
  if (code !== '' && !/^[1-9]\d\d$/.test(code)) return notAnInteger(code);
  return { status: code === '' ? 302 : Number(code), headers: { Location: location } };
}

function* exit(server: Server, form: (name: string) => string): Task<GoResponse> {
  const { process } = server;
  const [code, timeout, wait] = [form('code'), form('timeout'), form('wait')];
  yield* log(process, `GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`);
  for (const [name, text] of [
    ['timeout', timeout],
    ['wait', wait],
  ] as const) {
    if (text !== '' && parseGoDuration(text) === undefined)
      return {
        body: `argument '${name}' must be a valid golang duration or empty, got ${JSON.stringify(text)}\n`,
      };
  }
  if (code !== '' && !/^\d{1,3}$/.test(code))
    return { body: `argument 'code' must be an integer [0-127] or empty, got ${JSON.stringify(code)}\n` };
  const [waitMs, timeoutMs] = [parseGoDuration(wait) ?? 0, parseGoDuration(timeout) ?? 0];
  yield* log(
    process,
    `Will begin shutdown in ${formatGoDuration(waitMs)}, allowing ${formatGoDuration(timeoutMs)} for connections to close, then will exit with ${Number(code)}`,
  );
  endAfter(server, waitMs, Number(code));
  return { child: silence };
}

function* shell(process: Process, form: (name: string) => string): Task<GoResponse> {
  const command = form('shellCommand') || form('cmd');
  yield* log(process, `GET /shell?cmd=${command}`);
  return {
    *child(child) {
      const [read, write] = child.pipe();
      const output: Record<string, string> = {};
      try {
        const pid = child.spawn({ path: '/bin/sh', argv: ['/bin/sh', '-c', command], fds: { 1: write, 2: write } });
        child.close(write);
        const text = decode(yield* readAll(child, read));
        const ended = yield* child.waitpid(pid);
        if (text !== '') output['output'] = text;
        if (ended?.status.kind === 'exited' && ended.status.code !== 0)
          output['error'] = `exit status ${ended.status.code}`;
        if (ended?.status.kind === 'signaled')
          output['error'] = `signal: ${signalExitCode(ended.status.signal) === 137 ? 'killed' : 'terminated'}`;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        output['error'] = `fork/exec /bin/sh: ${error.message.toLowerCase()}`;
      }
      const shown = Object.entries(output).map(([name, value]) => `${name}:${value}`);
      yield* log(child, `Output: map[${shown.join(' ')}]`);
      return { body: JSON.stringify(output) };
    },
  };
}

/** The field `file` of a multipart form becomes a file of its own in /uploads. */
function* upload(process: Process, request: HttpServerRequest): Task<GoResponse> {
  yield* log(process, 'GET /upload');
  const data = fileOf(request);
  if (data === undefined) return { body: JSON.stringify({ error: 'Unable to upload file.' }) };
  let number = 0;
  while (process.access(`/uploads/upload${number}`, 'exists')) number += 1;
  const path = `/uploads/upload${number}`;
  try {
    process.writeFile(path, data, { mode: 0o700 });
    process.chmod(path, 0o700);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* log(process, `Unable to open file for write: open ${path}: ${error.message.toLowerCase()}`);
    return { body: JSON.stringify({ error: 'Unable to open file for write' }) };
  }
  yield* log(process, `Wrote upload to ${path}`);
  return { status: 201, body: JSON.stringify({ output: path }) };
}

function fileOf(request: HttpServerRequest): Uint8Array | undefined {
  const boundary = /boundary="?([^";]+)/.exec(request.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return undefined;
  for (const part of decode(request.body).split(`--${boundary}`)) {
    const end = part.indexOf('\r\n\r\n');
    if (end < 0 || !/name="file"/.test(part.slice(0, end))) continue;
    return encode(part.slice(end + 4).replace(/\r\n$/, ''));
  }
  return undefined;
}
