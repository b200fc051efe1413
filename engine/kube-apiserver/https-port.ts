/** A request of this server to another one, over TLS. */
export interface HttpsRequest {
  readonly method: string;
  /** An address, or a name that the machine's resolver knows. */
  readonly host: string;
  readonly port: number;
  /** Whom the certificate has to be for. */
  readonly serverName: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM: whose signature is believed; without it, whom the machine believes. */
  readonly authorities?: string;
  /** Any certificate will do. */
  readonly insecure?: boolean;
  readonly timeoutMs: number;
}

/** What came of it: an answer, or why there is none, in the words of Go's client (`dial tcp 10.96.0.9:443: connect: connection refused`). */
export type HttpsOutcome =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly error: string };

/** The port to the network of the machine that the server runs on. `answered` is called once, later. */
export type SendHttps = (request: HttpsRequest, answered: (outcome: HttpsOutcome) => void) => void;
