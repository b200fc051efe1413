import { Errno } from '../../linux/errno.ts';
import {
  type ForkedResponse,
  type HttpServerRequest,
  type HttpServerResponse,
  type SecureChannel,
  type StreamedResponse,
  serveHttp,
} from '../../linux/http.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';
import { printError } from '../../linux/stdio.ts';
import type { Process, Program, SocketAddress } from '../../linux/syscalls.ts';
import type { TaskGroup } from '../../linux/task-group.ts';
import { makeOwnCertificate, RANDOM_BYTES, randomBytes, readKeyPair, TlsServer } from '../../linux/tls.ts';
import type { Task } from '../../sim/index.ts';

/** A component under way inside its process. */
export interface RunningComponent {
  stop(): void;
  /** What its health endpoint says; healthy unless told. */
  healthy?(): boolean;
  /** What its port answers to everybody, where that is more than health. */
  answer?(request: HttpServerRequest): HttpServerResponse | ForkedResponse | StreamedResponse;
  /** What the process does besides answering; tasks may be added at any time. */
  readonly threads?: TaskGroup;
  /** What it says at its end when it cannot go on: the process has then failed. */
  lastWords?(): Task<void> | undefined;
  /** Further ports. */
  readonly ports?: readonly ComponentPort[];
}

/** A port of a component's beside the one for its health. */
export interface ComponentPort {
  readonly port: number;
  /** What is spoken there before HTTP. */
  readonly secure?: () => SecureChannel;
  answer(request: HttpServerRequest): HttpServerResponse;
}

export interface ComponentOptions {
  readonly healthAddress: string;
  readonly healthPort: number;
  /** Whether it serves over TLS: with a certificate that it makes for itself, or one that is there. Undefined for one that is no good. */
  readonly tls?: true | ((process: Process) => Task<(() => SecureChannel) | undefined>);
  /** What is wrong with its command line, in its own words. */
  readonly checkFlags?: (argv: readonly string[]) => string | undefined;
  /** Starts the component, after waiting for what it needs; undefined when that does not come. */
  readonly start: (process: Process) => RunningComponent | Task<RunningComponent | undefined>;
}

/**
 * A control-plane component as a program: it runs as long as its process does, answers its health checks over HTTP and
 * ends with exit code 0 on SIGTERM or SIGINT, unless it says that it cannot go on. (All of the control plane's real ones serve health over TLS; but for the API server it
 * is plain HTTP here.)
 */
export function componentProgram(options: ComponentOptions): Program {
  return function* (process): Task<number> {
    process.setSignalAction('TERM', 'catch');
    process.setSignalAction('INT', 'catch');
    const problem = options.checkFlags?.(process.argv);
    if (problem !== undefined) {
      yield* printError(process, `Error: ${problem}\n`);
      return 1;
    }
    const starting = options.start(process);
    const component = 'next' in starting ? yield* starting : starting;
    if (component === undefined) return 1;
    try {
      const fd = process.listen(options.healthPort, options.healthAddress);
      const { ports = [] } = component;
      const further = ports.map(({ port }) => process.listen(port, '0.0.0.0'));
      const portAt = (local: SocketAddress) => ports.find(({ port }) => port === local.port);
      const answer = (request: HttpServerRequest) => {
        const port = portAt(request.local);
        if (port !== undefined) return port.answer(request);
        if (component.answer !== undefined) return component.answer(request);
        const healthy = component.healthy?.() !== false;
        return { status: healthy ? 200 : 500, body: healthy ? 'ok' : 'unhealthy' };
      };
      const tls = options.tls === true ? ownTls : options.tls;
      const secure = tls === undefined ? undefined : yield* tls(process);
      if (tls !== undefined && secure === undefined) return 1;
      const serving = serveHttp(process, [fd, ...further], answer, {
        onSignals: () => 'stop',
        maxBodyBytes: MAX_BODY_BYTES,
        secure: (local) => {
          const port = portAt(local);
          return port === undefined ? secure?.() : port.secure?.();
        },
        errorResponse: ({ status }) => (status === NO_TLS ? PLAIN_AT_TLS : { status }),
      });
      yield* component.threads === undefined ? serving : besides(component.threads, serving);
      const lastWords = component.lastWords?.();
      if (lastWords === undefined) return 0;
      yield* lastWords;
      return 1;
    } finally {
      component.stop();
    }
  };
}

/** By which a server says to itself that somebody does not speak TLS where that is spoken. */
const NO_TLS = 497;

/** What net/http says then. */
const PLAIN_AT_TLS: HttpServerResponse = { status: 400, body: 'Client sent an HTTP request to an HTTPS server.\n' };

/** What the API server reads of a request at most. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** As `MaybeDefaultWithSelfSignedCerts` of k8s.io/apiserver: who asks has to take the certificate on trust. */
function* ownTls(process: Process): Task<() => SecureChannel> {
  const nowMs = process.now();
  const random = yield* randomBytes(process, RANDOM_BYTES);
  const subject = [['CN', `localhost@${Math.floor(nowMs / 1000)}`]] as const;
  const validity = { notBeforeMs: nowMs, notAfterMs: nowMs + YEAR_MS };
  const { certificate, key } = makeOwnCertificate({ subject, dnsNames: ['localhost'], ...validity }, random);
  const pair = readKeyPair(certificate, key);
  if (typeof pair === 'string') throw new Error(`a new certificate is none: ${pair}`);
  const chain = pair.chain.map(({ der }) => der);
  return () => new TlsServer(() => chain, random.slice(0, 32));
}

/** Serves as one of the process's threads, until a signal comes. */
function* besides(threads: TaskGroup, serving: Task<void>): Task<void> {
  threads.start(serving);
  try {
    yield* threads.run();
  } catch (error) {
    if (!(error instanceof Errno && error.code === 'EINTR')) throw error;
  }
}

/** The values of `--name=a,b` on a command line; undefined when the flag is not there. */
export function flagList(argv: readonly string[], name: string): readonly string[] | undefined {
  const value = flagValue(argv, name);
  return value === undefined ? undefined : commaSeparated(value);
}

/** `a,b` as a list; nothing of what is empty. */
export function commaSeparated(text: string): readonly string[] {
  return text.split(',').filter((each) => each !== '');
}
