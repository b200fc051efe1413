import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { HttpProtocolError, type HttpResponse, type HttpResponseHead, httpRequest } from '../../http.ts';
import { printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { TlsError } from '../../tls/record.ts';
import type { Options } from '../options.ts';
import { program } from '../program.ts';
import { followUrl, type HttpUrl, parseUrl, resolveHost } from '../resolve.ts';
import { CurlError } from './curl-error.ts';
import { Delivery, isFollowed, titleCase } from './delivery.ts';
import { addressTold, CommandLineError, certificateOf, millisecondsOf, readOptions } from './options.ts';
import { type Content, type CurlRequest, contentOf, requestFor } from './request.ts';
import { secure } from './tls.ts';
import { type TransferFacts, writeOut } from './write-out.ts';

const MAX_REDIRECTS = 50;

/** curl(1). https://curl.se/docs/manpage.html */
export const curl = program(function* (process, args) {
  try {
    const options = readOptions(args);
    const urls = [...options.values('url'), ...options.operands];
    if (urls.length === 0)
      throw args.length === 0 ? new CommandLineError(undefined) : new CurlError(2, 'no URL specified');
    let exitCode = 0;
    for (const target of urls) exitCode = yield* retried(process, target, options);
    return exitCode;
  } catch (error) {
    if (!(error instanceof CurlError)) throw error;
    const isShort = error instanceof CommandLineError;
    yield* printError(process, isShort ? error.message : `curl: (${error.exitCode}) ${error.message}\n`);
    return error.exitCode;
  }
});

/** What may be gone a moment later. */
const TRANSIENT = [408, 429, 500, 502, 503, 504];
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 600_000;

function* retried(process: Process, target: string, options: Options): Task<number> {
  let left = Number(options.value('retry') ?? 0);
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS)) {
    const facts = yield* transfer(process, target, options);
    const { exitCode, response, errorMessage } = facts;
    const isRefused = exitCode === 7 && options.has('retry-connrefused');
    const status = response?.status ?? 0;
    const isTransient = exitCode === 28 || isRefused || TRANSIENT.includes(status);
    if (left <= 0 || !isTransient) return exitCode;
    const waitMs = millisecondsOf(options, 'retry-delay') ?? delayMs;
    const why = exitCode === 28 ? 'timeout' : isRefused ? 'connection refused' : 'HTTP error';
    const seconds = waitMs / 1000;
    const after = `Will retry in ${seconds} second${seconds === 1 ? '' : 's'}. ${left} ${left === 1 ? 'retry' : 'retries'} left.`;
    if (isTold(options) || errorMessage === '') yield* printError(process, `Warning: Problem: ${why}. ${after}\n`);
    left -= 1;
    yield* process.sleep(waitMs);
  }
}

function isTold(options: Options): boolean {
  return !options.has('s') || options.has('S');
}

/** One URL, and where it leads on to. */
function* transfer(process: Process, target: string, options: Options): Task<TransferFacts> {
  const facts = newFacts(target);
  const startMs = process.now();
  try {
    yield* follow(process, target, options, facts, startMs);
  } catch (error) {
    if (!(error instanceof CurlError)) throw error;
    facts.exitCode = error.exitCode;
    facts.errorMessage = error.message.split('\n')[0]!;
    if (isTold(options)) yield* printError(process, `curl: (${error.exitCode}) ${error.message}\n`);
  }
  facts.totalMs = process.now() - startMs;
  yield* writeOut(process, options, facts);
  return facts;
}

function newFacts(url: string): TransferFacts {
  return {
    url,
    effectiveUrl: url,
    method: 'GET',
    scheme: '',
    remote: undefined,
    response: undefined,
    redirects: 0,
    connects: 0,
    bytes: 0,
    sentBytes: 0,
    redirectUrl: undefined,
    fileName: undefined,
    verifyResult: 0,
    lookedUpMs: 0,
    connectedMs: 0,
    securedMs: 0,
    startedMs: 0,
    totalMs: 0,
    exitCode: 0,
    errorMessage: '',
  };
}

/** Throws CurlError. */
function* follow(
  process: Process,
  target: string,
  options: Options,
  facts: TransferFacts,
  startMs: number,
): Task<void> {
  let url = parseUrl(target);
  if (url === undefined) throw new CurlError(3, `URL rejected: ${faultOf(target)}`);
  const limit = Number(options.value('max-redirs') ?? MAX_REDIRECTS);
  let content = yield* contentOf(process, options);
  for (;;) {
    if (url.scheme !== 'http' && url.scheme !== 'https')
      throw new CurlError(1, `Protocol "${url.scheme}" not supported`);
    facts.effectiveUrl = `${/^[a-z]+:\/\//i.test(target) || facts.redirects > 0 ? `${url.scheme}://` : ''}${hostPort(url)}${url.path}`;
    // Behind a socket of the file system names mean nothing, and are not looked up.
    const address =
      options.value('unix-socket') ??
      addressTold(options, url.host, url.port) ??
      (yield* resolveHost(process, url.host));
    if (address === undefined) throw new CurlError(6, `Could not resolve host: ${url.host}`);
    facts.lookedUpMs = process.now() - startMs;
    const delivery = new Delivery(process, url, options);
    const exchange: Exchange = new Exchange(process, url, address, delivery, facts, startMs);
    const response = yield* exchange.run(content);
    const location: string | undefined = response.headers['location'];
    const next: HttpUrl | undefined = location === undefined ? undefined : followUrl(url, location);
    if (location === undefined || !isFollowed(options, response)) {
      if (next !== undefined) facts.redirectUrl = `${next.scheme}://${hostPort(next)}${next.path}`;
      yield* delivery.end(response);
      return;
    }
    if (facts.redirects >= limit) throw new CurlError(47, `Maximum (${limit}) redirects followed`);
    if (next === undefined) throw new CurlError(3, 'URL rejected: Malformed input to a URL function');
    facts.redirects += 1;
    content = undefined;
    url = next;
  }
}

function faultOf(target: string): string {
  return /^[a-z]+:\/\/([:/?#]|$)/i.test(target) ? 'No host part in the URL' : 'Malformed input to a URL function';
}

function hostPort({ scheme, host, port }: HttpUrl): string {
  return port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;
}

/** One request and its answer. */
class Exchange {
  readonly #process: Process;
  readonly #url: HttpUrl;
  /** Of a machine, or the path of a socket. */
  readonly #address: string;
  readonly #port: number;
  readonly #delivery: Delivery;
  readonly #facts: TransferFacts;
  readonly #startMs: number;
  /** What `-v` has still to tell of the handshake. */
  readonly #told: string[] = [];

  constructor(
    process: Process,
    url: HttpUrl,
    address: string,
    delivery: Delivery,
    facts: TransferFacts,
    startMs: number,
  ) {
    this.#process = process;
    this.#url = url;
    this.#address = address;
    this.#port = delivery.options.has('unix-socket') ? 0 : url.port;
    this.#delivery = delivery;
    this.#facts = facts;
    this.#startMs = startMs;
  }

  /** Throws CurlError. */
  *run(content: Content | undefined): Task<HttpResponse> {
    const { options } = this.#delivery;
    const request = yield* requestFor(this.#process, options, this.#url, content);
    this.#facts.method = request.method;
    this.#facts.scheme = this.#url.scheme;
    if (options.has('v')) yield* printError(this.#process, `*   Trying ${this.#address}:${this.#port}...\n`);
    const beginMs = this.#process.now();
    try {
      const response = yield* this.#ask(request);
      if (!this.#delivery.hasBegun) yield* this.#begun(request, response);
      this.#facts.sentBytes = request.body?.length ?? 0;
      return response;
    } catch (error) {
      yield* this.#tell(request);
      throw this.#failure(error, this.#process.now() - beginMs);
    } finally {
      this.#facts.bytes = this.#delivery.bytes;
      this.#facts.fileName = this.#delivery.fileName;
    }
  }

  #ask(request: CurlRequest): Task<HttpResponse> {
    const { method, path, headers, body } = request;
    const { options } = this.#delivery;
    const timeoutMs = millisecondsOf(options, 'max-time');
    const connectTimeoutMs = millisecondsOf(options, 'connect-timeout');
    const facts = this.#facts;
    const sinceStart = () => this.#process.now() - this.#startMs;
    return httpRequest(this.#process, {
      method,
      host: this.#address,
      port: this.#port,
      ...(options.has('unix-socket') && { unixSocket: this.#address }),
      path,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
      onConnect: () => {
        facts.connects += 1;
        facts.remote = { address: this.#address, port: this.#port };
        facts.connectedMs = sinceStart();
      },
      ...(this.#url.scheme === 'https' && { secure: (fd: number) => this.#secure(fd, connectTimeoutMs ?? timeoutMs) }),
      maxBodyBytes: Number.POSITIVE_INFINITY,
      onPiece: (piece: Uint8Array, head: HttpResponseHead) => this.#take(request, piece, head),
    });
  }

  *#secure(fd: number, timeoutMs: number | undefined) {
    const { options } = this.#delivery;
    const certificate = certificateOf(options);
    const connection = yield* secure(this.#process, fd, {
      host: this.#url.host,
      insecure: options.has('k'),
      authorities: options.value('cacert'),
      ...(certificate === undefined ? {} : { certificate }),
      timeoutMs,
      tell: (line) => this.#told.push(line),
      judged: (code) => {
        this.#facts.verifyResult = code;
      },
    });
    this.#facts.securedMs = this.#process.now() - this.#startMs;
    return connection;
  }

  *#take(request: CurlRequest, piece: Uint8Array, head: HttpResponseHead): Task<void> {
    if (!this.#delivery.hasBegun) yield* this.#begun(request, head);
    yield* this.#delivery.take(piece, head);
  }

  *#begun(request: CurlRequest, head: HttpResponseHead): Task<void> {
    this.#facts.response = head;
    this.#facts.startedMs = this.#process.now() - this.#startMs;
    yield* this.#tell(request, head);
    yield* this.#delivery.begin(head);
  }

  /** What `-v` wants. */
  *#tell(request: CurlRequest, head?: HttpResponseHead): Task<void> {
    if (!this.#delivery.options.has('v')) return;
    for (const line of this.#told.splice(0)) yield* printError(this.#process, `* ${line}\n`);
    if (head !== undefined)
      yield* printError(this.#process, verboseText(this.#url, this.#address, this.#port, request, head));
  }

  #failure(error: unknown, elapsedMs: number): CurlError {
    const { hasBegun, bytes, options } = this.#delivery;
    const { host, port } = this.#url;
    if (error instanceof CurlError) return error;
    if (error instanceof HttpProtocolError) return new CurlError(1, 'Received HTTP/0.9 when not allowed');
    if (error instanceof TlsError)
      return new CurlError(
        56,
        `OpenSSL SSL_read: OpenSSL/3.5.1: error:${error.code}:SSL routines::${error.message}, errno 0`,
      );
    if (!(error instanceof Errno)) throw error;
    const elapsed = Math.round(elapsedMs);
    const unreachable = `Failed to connect to ${host} port ${port} after ${elapsed} ms: Could not connect to server`;
    switch (error.code) {
      case 'ETIMEDOUT':
        if (this.#facts.remote !== undefined)
          return new CurlError(28, `Operation timed out after ${elapsed} milliseconds with ${bytes} bytes received`);
        return new CurlError(
          28,
          options.has('m') || options.has('connect-timeout')
            ? `Connection timed out after ${elapsed} milliseconds`
            : unreachable,
        );
      case 'ECONNRESET':
        return hasBegun
          ? new CurlError(18, 'transfer closed with outstanding read data remaining')
          : new CurlError(52, 'Empty reply from server');
      default:
        return new CurlError(7, unreachable);
    }
  }
}

function verboseText(
  url: HttpUrl,
  address: string,
  port: number,
  { method, path, headers }: CurlRequest,
  response: HttpResponseHead,
): string {
  const sent = Object.entries(headers).map(([name, value]) => `> ${name}: ${value}\n`);
  const got = Object.entries(response.headers).map(([name, value]) => `< ${titleCase(name)}: ${value}\n`);
  return (
    `* Connected to ${url.host} (${address}) port ${port}\n> ${method} ${path} HTTP/1.1\n${sent.join('')}> \n* Request completely sent off\n` +
    `< HTTP/${response.version} ${response.status} ${response.statusText}\n${got.join('')}< \n`
  );
}
