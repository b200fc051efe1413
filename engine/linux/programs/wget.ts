import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { HttpProtocolError, type HttpResponse, httpRequest } from '../http.ts';
import { fail, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { TlsError } from '../tls/record.ts';
import { shakeHands, type TlsConnection } from '../tls/tls-client.ts';
import { getOptions, type Options } from './options.ts';
import { program, Usage } from './program.ts';
import { followUrl, type HttpUrl, parseUrl, resolveHost } from './resolve.ts';

const MAX_REDIRECTS = 5;

/** busybox's wget. */
export const wget = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'qO:T:SY:cU:P:o:t:nh:d:m:s',
    long: {
      quiet: 'q',
      'output-document': 'O',
      timeout: 'T',
      header: 'h',
      'post-data': 'd',
      spider: 's',
      'no-check-certificate': 'n',
      'server-response': 'S',
      'user-agent': 'U',
      tries: 't',
      method: 'm',
    },
  });
  return yield* download(process, args, options);
});

function* download(process: Process, args: readonly string[], options: Options): Task<number> {
  // --header and --post-data have no letters of their own.
  const longValues = (name: string) =>
    args.flatMap((argument, at) =>
      argument.startsWith(`--${name}=`)
        ? [argument.slice(name.length + 3)]
        : argument === `--${name}`
          ? [args[at + 1] ?? '']
          : [],
    );
  const target = options.operands[0];
  if (target === undefined) throw new Usage();
  let url = parseUrl(target);
  if (url === undefined) return yield* fail(process, `bad address '${target}'`);
  const say = function* (text: string): Task<void> {
    if (!options.has('q')) yield* printError(process, text);
  };
  for (let redirects = 0; ; redirects++) {
    if (url.scheme !== 'http' && url.scheme !== 'https')
      return yield* fail(process, `not an http or ftp url: ${target}`);
    const address = yield* resolveHost(process, url.host);
    if (address === undefined) return yield* fail(process, `bad address '${url.host}'`);
    yield* say(
      `Connecting to ${url.host}${url.port === 80 || url.port === 443 ? '' : `:${url.port}`} (${address}:${url.port})\n`,
    );
    const response = yield* exchange(process, url, address, options, longValues);
    if (typeof response === 'number') return response;
    if (options.has('S')) yield* printError(process, headersText(response));
    const { status, headers } = response;
    if ([301, 302, 303, 307, 308].includes(status) && headers['location'] !== undefined) {
      if (redirects >= MAX_REDIRECTS) return yield* fail(process, 'too many redirections');
      const next: HttpUrl | undefined = followUrl(url, headers['location']);
      if (next === undefined) return yield* fail(process, `bad redirection (no Location: header from server)`);
      url = next;
      continue;
    }
    if (status >= 400)
      return yield* fail(process, `server returned error: HTTP/${response.version} ${status} ${response.statusText}`);
    if (options.has('s') || args.includes('--spider')) {
      yield* say('remote file exists\n');
      return 0;
    }
    return yield* save(process, url, options, response, say);
  }
}

/** busybox's wget believes every server, and says so. */
function* greet(process: Process, fd: number, host: string): Task<TlsConnection> {
  yield* printError(process, 'wget: note: TLS certificate validation not implemented\n');
  return yield* shakeHands(process, fd, /^[\d.]+$/.test(host) ? {} : { serverName: host });
}

function* exchange(
  process: Process,
  url: HttpUrl,
  address: string,
  options: Options,
  longValues: (name: string) => string[],
): Task<HttpResponse | number> {
  const timeoutMs = Number(options.value('T') ?? 900) * 1000;
  const headers: Record<string, string> = {
    Host: url.port === 80 ? url.host : `${url.host}:${url.port}`,
    'User-Agent': options.value('U') ?? 'Wget',
  };
  for (const line of longValues('header')) headers[line.split(':')[0]!] = line.slice(line.indexOf(':') + 1).trim();
  const body = longValues('post-data')[0];
  if (body !== undefined) headers['Content-Type'] ??= 'application/x-www-form-urlencoded';
  try {
    return yield* httpRequest(process, {
      method: body === undefined ? 'GET' : 'POST',
      host: address,
      port: url.port,
      path: url.path,
      headers,
      timeoutMs,
      ...(url.scheme === 'https' ? { secure: (fd: number) => greet(process, fd, url.host) } : {}),
      ...(body === undefined ? {} : { body }),
    });
  } catch (error) {
    if (error instanceof TlsError) return yield* fail(process, `error in TLS handshake: ${error.message}`);
    if (error instanceof HttpProtocolError) return yield* fail(process, 'bad response from server');
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'ETIMEDOUT' && timeoutMs < 127_000) return yield* fail(process, 'download timed out');
    if (error.code === 'ECONNRESET') return yield* fail(process, 'error getting response: Connection reset by peer');
    return yield* fail(process, `can't connect to remote host (${address}): ${error.message}`);
  }
}

function headersText(response: HttpResponse): string {
  const lines = Object.entries(response.headers).map(([name, value]) => `  ${name}: ${value}\n`);
  return `  HTTP/${response.version} ${response.status} ${response.statusText}\n${lines.join('')}`;
}

function* save(
  process: Process,
  url: HttpUrl,
  options: Options,
  response: HttpResponse,
  say: (text: string) => Task<void>,
): Task<number> {
  const named = options.value('O');
  if (named === '-') {
    yield* say('writing to stdout\n');
    yield* process.write(1, response.body);
    yield* say(progress('-', response.body.length));
    yield* say('written to stdout\n');
    return 0;
  }
  const base = url.path.split('?')[0]!.split('/').at(-1)!;
  const path =
    named ?? `${options.value('P') === undefined ? '' : `${options.value('P')}/`}${base === '' ? 'index.html' : base}`;
  if (named === undefined && process.access(path, 'exists'))
    return yield* fail(process, `can't open '${path}': File exists`);
  yield* say(`saving to '${path}'\n`);
  try {
    // Not writeFile: what is named may be a device, such as /dev/null.
    const fd = process.open(path, { write: true, create: true, truncate: true });
    yield* process.write(fd, response.body);
    process.close(fd);
  } catch (error) {
    if (error instanceof Errno) return yield* fail(process, `can't open '${path}': ${error.message}`);
    throw error;
  }
  yield* say(progress(path, response.body.length));
  yield* say(`'${path}' saved\n`);
  return 0;
}

function progress(name: string, size: number): string {
  return `${name.slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}| ${String(size).padStart(5)}  0:00:00 ETA\n`;
}
