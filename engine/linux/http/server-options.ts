import type { Task } from '../../sim/index.ts';
import type { Signal } from '../signal.ts';
import type { Process, SocketAddress } from '../syscalls.ts';
import type { HeadLimits, HttpHeaders } from './message.ts';

export interface HttpServerRequest {
  readonly method: string;
  /** As it came: path and query. */
  readonly target: string;
  /** The target's path, percent-decoded. */
  readonly path: string;
  /** Without the `?`; empty when there is none. */
  readonly query: string;
  readonly version: '1.0' | '1.1';
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
  readonly peer: SocketAddress;
  /** The end it came in at. */
  readonly local: SocketAddress;
  /** What was agreed on, of a connection with TLS. */
  readonly tls?: {
    readonly serverName: string | undefined;
    readonly protocol: string;
    readonly cipher: string;
    /** What the client has shown of itself, in DER, its own certificate first. Nobody has looked at it yet. */
    readonly clientChain: readonly Uint8Array[];
  };
}

export interface HttpServerResponse {
  /** 200 unless told. */
  readonly status?: number;
  /** What the status line says; that of RFC 9110 unless told. */
  readonly statusText?: string;
  /** Content-Length and Connection are added. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/**
 * An answer without a length: a forked child sends what is written as it comes, until it is over or the client has gone. The
 * connection ends with it.
 */
export interface StreamedResponse extends Pick<HttpServerResponse, 'status' | 'headers'> {
  /** Begins; the returned function ends it from the client's side. */
  readonly stream: (sink: { write(bytes: Uint8Array): void; end(): void }) => () => void;
}

/** The connection becomes another protocol's, which a server behind speaks: a forked child hands on what comes. */
export interface UpgradedResponse extends Pick<HttpServerResponse, 'headers'> {
  readonly behind: {
    /** The connection to that server; the child closes it. */
    readonly fd: number;
    /** What has come on it behind the head. */
    readonly first: Uint8Array;
    /** It ends when nothing has come for so long. */
    readonly idleMs: number;
  };
  /** It is over, and so many bytes went to the client. */
  readonly ended: (sent: number) => Task<void>;
}

/**
 * An answer that takes its time: a forked child works it out and ends the connection, so that nobody else waits for it.
 * Undefined ends the connection without a word.
 */
export interface ForkedResponse {
  readonly child: (child: Process) => Task<HttpServerResponse | StreamedResponse | UpgradedResponse | undefined>;
  /** Descriptors that the child has too, besides the standard ones. */
  readonly keeps?: readonly number[];
}

/** Undefined ends the connection without a word. */
/** What makes plain bytes of a connection's, and back: TLS. */
export interface SecureChannel {
  readonly tls: NonNullable<HttpServerRequest['tls']>;
  /**
   * Takes what has come: what it says in plain, what is to be sent back first, whether the other side has ended it or broken
   * the protocol, and whether it did not speak it at all.
   */
  receive(bytes: Uint8Array): {
    readonly plain: Uint8Array;
    readonly reply: Uint8Array;
    readonly isOver: boolean;
    readonly isPlain: boolean;
  };
  seal(bytes: Uint8Array): Uint8Array;
}

type Answer = HttpServerResponse | ForkedResponse | StreamedResponse | undefined;

export type HttpHandler = (request: HttpServerRequest) => Answer | Task<Answer>;

/** A request before its body has come. */
export type RequestHead = Omit<HttpServerRequest, 'body'>;

export type SignalVerdict = 'continue' | 'drain' | 'stop';

/** Other descriptors and other times that a server's one loop wakes up for. */
interface Alongside {
  readonly fds: readonly number[];
  /** One of the descriptors can be read. */
  readable(fd: number): Task<void>;
  /** When `onDue` is to be called next, on the machine's clock; undefined: not. */
  dueMs(): number | undefined;
  onDue(): 'continue' | 'stop';
}

export interface HttpServerOptions {
  /** A connection on which nothing complete arrives for so long is closed, with 408 if a request has begun. 60 s unless told. */
  readonly idleTimeoutMs?: number;
  /** A head that is not complete so long after it began ends the connection with 408; `idleTimeoutMs` after its last byte unless told. */
  readonly headerTimeoutMs?: number;
  /** 16 KiB unless told; beyond it 414 for the first line, else 431. */
  readonly headLimits?: HeadLimits;
  /** 1 MiB unless told; beyond it 413. */
  readonly maxBodyBytes?: number | ((head: RequestHead) => number);
  /** What connections at an address speak before HTTP. Who does not is answered with status 497. */
  readonly secure?: (local: SocketAddress) => SecureChannel | undefined;
  /** Whether a connection goes on after a child has answered on it; `onSignals` then hears of CHLD. */
  readonly resumesAfterChild?: boolean;
  /** Connections at a time; further ones wait in the backlog. 512 unless told. */
  readonly maxConnections?: number;
  /** Called when caught signals have come: `drain` stops accepting and returns once the requests under way are answered. */
  readonly onSignals?: (signals: readonly Signal[]) => SignalVerdict | Task<SignalVerdict>;
  /** What else this process sees to while it serves. */
  readonly alongside?: Alongside;
  /** What answers a request that is not HTTP or did not come whole; the bare status unless told. */
  readonly errorResponse?: (
    failure: HttpFailure,
  ) => HttpServerResponse | undefined | Task<HttpServerResponse | undefined>;
}

interface HttpFailure {
  readonly status: number;
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  /** As far as it came. */
  readonly startLine: string;
  readonly head: RequestHead | undefined;
}
