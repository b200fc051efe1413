import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import {
  type ForkedResponse,
  type HttpServerRequest,
  type HttpServerResponse,
  type SecureChannel,
  serveHttp,
} from '../../http.ts';
import type { Signal } from '../../signal.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { fatal, goError, isEnding } from './runtime.ts';
import { type ServerCertificate, serverTls } from './server-tls.ts';

export type GoResponse = HttpServerResponse | ForkedResponse;
export type GoHandler = (request: HttpServerRequest) => GoResponse | Task<GoResponse>;

export interface GoServerOptions {
  /** Which of the machine's addresses it listens at; all unless told. */
  readonly address?: string;
  /** What signals mean: an exit code ends the program. Without it those that end a Go program do. */
  readonly onSignals?: (signals: readonly Signal[]) => number | undefined;
  /** `ListenAndServeTLS`. */
  readonly tls?: ServerCertificate;
}

/**
 * net/http's server on a port until a signal comes; returns the exit code. What a handler leaves out is as net/http fills
 * it in: the date, and the type of the body, as far as it looks like a page.
 */
export function* serveGo(
  process: Process,
  port: number,
  handler: GoHandler,
  options: GoServerOptions = {},
): Task<number> {
  let listener: number;
  try {
    listener = process.listen(port, options.address);
  } catch (error) {
    return yield* fatal(process, goError(`listen tcp ${options.address ?? ''}:${port}: bind`, error));
  }
  let secure: (() => SecureChannel) | undefined;
  if (options.tls !== undefined) {
    const tls = yield* secured(process, options.tls);
    if ('problem' in tls) return yield* fatal(process, tls.problem);
    secure = tls.channel;
  }
  let exitCode = 2;
  const onSignals = (signals: readonly Signal[]) => {
    const code =
      options.onSignals === undefined ? (signals.some(isEnding) ? 2 : undefined) : options.onSignals(signals);
    if (code === undefined) return 'continue';
    exitCode = code;
    return 'stop';
  };
  const complete = (response: HttpServerResponse): HttpServerResponse => ({
    ...response,
    headers: {
      ...(response.body === undefined || response.body.length === 0
        ? {}
        : { 'Content-Type': contentTypeOf(response.body) }),
      Date: formatDate('%a, %d %b %Y %H:%M:%S GMT', process.now()),
      ...response.headers,
    },
  });
  const answer = function* (request: HttpServerRequest): Task<GoResponse> {
    yield* process.compute(0.2);
    const given = handler(request);
    const response = 'next' in given ? yield* given : given;
    if (!('child' in response)) return complete(response);
    return {
      *child(child) {
        const late = yield* response.child(child);
        return late === undefined ? undefined : complete(late);
      },
    };
  };
  yield* serveHttp(process, listener, answer, {
    onSignals,
    maxBodyBytes: 16 * 1024 * 1024,
    ...(secure === undefined ? {} : { secure }),
  });
  return exitCode;
}

function* secured(process: Process, source: ServerCertificate): ReturnType<typeof serverTls> {
  try {
    return yield* serverTls(process, source);
  } catch (error) {
    if (!('certificate' in source)) throw error;
    const path = process.access(source.certificate, 'read') ? source.key : source.certificate;
    return { problem: goError(`open ${path}`, error) };
  }
}

/** What `DetectContentType` takes for a page: https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type */
const PAGE =
  /^[\t\n\f\r ]*<(!--|(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)(?=[ >]))/i;

function contentTypeOf(body: string | Uint8Array): string {
  const start = typeof body === 'string' ? body.slice(0, 512) : decode(body.subarray(0, 512));
  return PAGE.test(start) ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
}

/** What `http.Error` and `http.NotFound` send. */
export function httpError(status: number, text: string): HttpServerResponse {
  return { status, headers: { 'X-Content-Type-Options': 'nosniff' }, body: `${text}\n` };
}

/** Values of the query and of a form in the body, as `FormValue` finds them; empty when there is none. */
export function formValues(request: HttpServerRequest): (name: string) => string {
  const query = new URLSearchParams(request.query);
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const body = new URLSearchParams(isForm ? new TextDecoder().decode(request.body) : '');
  return (name) => body.get(name) ?? query.get(name) ?? '';
}

/** An address as Go shows it: `10.244.1.2:43210`. */
export function peerOf(request: HttpServerRequest): string {
  return `${request.peer.address}:${request.peer.port}`;
}
