import type { KubeObject } from './object.ts';

/** Who asks, as authentication found out. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Who proves nothing. */
export const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** What a request's path is about. */
export interface RequestInfo {
  readonly group: string;
  readonly version: string;
  /** Empty for cluster-scoped objects and for requests across all namespaces. */
  readonly namespace: string;
  /** The plural, e.g. `pods`. */
  readonly resource: string;
  /** Empty for a collection. */
  readonly name: string;
  readonly subresource: string;
  /** The path begins with `watch`, as in the days before the query parameter of that name. */
  readonly watch?: boolean;
  /** What follows behind the subresource `proxy`. */
  readonly subpath?: readonly string[];
}

/**
 * A request to the API server. In-process callers pass `body` as a plain object (no JSON on the way); the HTTP front
 * passes the bytes it received together with their `content-type`.
 */
export interface ApiRequest {
  readonly method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without the query, e.g. `/api/v1/namespaces/default/pods/web`. Segments are percent-encoded. */
  readonly path: string;
  /** What the path is about, where it has been made of just that: then the server need not read it. */
  readonly info?: RequestInfo | undefined;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  /** Lower-case names. `accept` and `content-type` mean what they mean in HTTP. Values of a repeated header are lines. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Instead of `body` what is neither object nor text, with one character for each byte: a journal is text. */
  readonly bodyBytes?: string;
  /** The caller where the transport has authenticated it; absent means "authenticate by the headers". */
  readonly user?: UserInfo;
  /**
   * True for one who only looks on from outside the simulation: nobody is asked for his sake. What cannot be answered without
   * is answered with status 102 alone; asked as an input, it is answered like any other request.
   */
  readonly outside?: boolean;
  /**
   * True where the transport can write protobuf: then an answer's content type may say so. Its body is a plain object all the
   * same, and so are the events of its watch.
   */
  readonly writesProtobuf?: boolean;
  /** True for what the cluster's own components send as plain objects, which are no larger than what they have read. */
  readonly fromComponent?: boolean;
}

/**
 * What the API server answers. Exactly one of the following is there: `body` (a plain, immutable object, a string for
 * text, bytes for what is neither, or nothing), `watch`, `byteStream`, `session` or `later`.
 */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** For a watch: call it once to begin. */
  readonly watch?: StartWatch;
  /** For logs: call it once to begin. */
  readonly byteStream?: StartByteStream;
  /** For exec and attach: call it once to begin. */
  readonly session?: StartSession;
  /** With status 102: others (webhooks) are asked first, and the answer takes time. Call it to hear of it. */
  readonly later?: StartAnswer;
}

/**
 * `handle(request) → response`: the whole API server. Never throws; every failure is a Status in the body.
 *
 * @param sourceIp where the request comes from, as far as the transport knows
 */
export type ApiHandler = (request: ApiRequest, sourceIp?: string) => ApiResponse;

export interface WatchEvent<T = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  /** The object; for ERROR a Status. A Table where the request asked for one. */
  readonly object: T;
}

/** Receives what a stream carries. `end` is called once, last, when the server ends the stream. */
export interface WatchSink {
  /**
   * True for one who only looks on from outside the simulation: it is told at once, gets no periodic bookmarks of its
   * own and keeps time itself, so that what happens inside does not depend on it.
   */
  readonly outside?: boolean;
  event(event: WatchEvent): void;
  end(): void;
}

/** Begins the stream; the returned function stops it (after which the sink hears nothing more). */
export type StartWatch = (sink: WatchSink) => () => void;

export interface ByteSink {
  write(chunk: Uint8Array): void;
  end(): void;
}

/**
 * Calls the listener once, with the answer; the returned function says that the client has gone, which ends the request.
 * Where the connection to the server can break, `lost` hears of that instead; who does not ask for it gets the last answer.
 */
type StartAnswer = (listener: (response: ApiResponse) => void, lost?: () => void) => () => void;

export type StartByteStream = (sink: ByteSink) => () => void;

/** The client's end of an exec or attach session. */
export interface SessionSink {
  stdout(chunk: Uint8Array): void;
  stderr(chunk: Uint8Array): void;
  /** The session is over. `exitCode` is absent when the command could not be run; then `message` says why. */
  exit(result: { readonly exitCode?: number; readonly message?: string }): void;
}

/** The client's controls of an exec or attach session. */
export interface SessionControl {
  stdin(chunk: Uint8Array): void;
  closeStdin(): void;
  resize(columns: number, rows: number): void;
  /** The client has gone away. */
  close(): void;
}

export type StartSession = (sink: SessionSink) => SessionControl;
