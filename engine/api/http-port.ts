// How a component reaches an HTTP server in the network of the machine it runs on.

/** Ends a request that nobody waits for any more. */
export type CallOff = void | (() => void);

/** A request of a component to a server. */
export interface HttpRequest {
  readonly method: string;
  /** An address, or a name that the machine's resolver knows. */
  readonly host: string;
  readonly port: number;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Over TLS; in plain without. */
  readonly tls?: ServerTrust;
  /** For the whole exchange. None unless told. */
  readonly timeoutMs?: number;
  /** How long the connection may take to come about; `timeoutMs` unless told. */
  readonly connectTimeoutMs?: number;
}

/** What is expected of a server's certificate. */
interface ServerTrust {
  /** Whom it has to be for. */
  readonly serverName: string;
  /** PEM: whose signature is believed; without it, whom the machine believes. */
  readonly authorities?: string;
  /** Any certificate will do. */
  readonly insecure?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What came of it: an answer, or why there is none, in the words of Go's client (`dial tcp 10.96.0.9:443: connect: connection refused`). */
export type HttpOutcome = HttpAnswer | { readonly error: string };

/** The port to the network of the machine that the component runs on. `answered` is called once, later, unless it is called off. */
export type SendHttp = (request: HttpRequest, answered: (outcome: HttpOutcome) => void) => CallOff;

/** Of a component without a network. */
export const NO_NETWORK: SendHttp = (_request, answered) =>
  answered({ error: 'dial tcp: connect: network is unreachable' });
