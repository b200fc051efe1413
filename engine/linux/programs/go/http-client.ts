import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { Errno } from '../../errno.ts';
import { HttpProtocolError, httpRequest } from '../../http.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type Certificate, readCertificates } from '../../tls/certificate.ts';
import { readChain } from '../../tls/chain.ts';
import { DerError } from '../../tls/der.ts';
import { TlsError } from '../../tls/record.ts';
import { DISTRUST, shakeHands, type TlsConnection } from '../../tls/tls-client.ts';
import { isFor, judgeChain } from '../../tls/trust.ts';
import { resolveHost } from '../resolve.ts';
import { goError } from './runtime.ts';

export interface HttpExchange {
  readonly method: string;
  /** An address, or a name. */
  readonly host: string;
  readonly port: number;
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

interface ServerTrust {
  /** Whom the certificate has to be for. */
  readonly serverName: string;
  /** PEM; without it those that the machine knows. */
  readonly authorities?: string;
  readonly insecure?: boolean;
}

export type HttpResult =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }
  /** In the words of net/http, without the `Post "…": ` before them. */
  | { readonly error: string };

const SYSTEM_STORE = '/etc/ssl/certs/ca-certificates.crt';
const DEADLINE = 'context deadline exceeded';
/** What net/http's default transport allows for a handshake. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** What a certificate is refused for. */
class CertificateError extends Error {}

/** One request as a program in Go makes it. */
export function* httpExchange(process: Process, exchange: HttpExchange): Task<HttpResult> {
  const { host, port, tls, timeoutMs } = exchange;
  const deadlineMs = timeoutMs === undefined ? undefined : process.now() + timeoutMs;
  const leftMs = () => (deadlineMs === undefined ? undefined : Math.max(1, deadlineMs - process.now()));
  const address = yield* resolveHost(process, host);
  if (address === undefined) return { error: `dial tcp: lookup ${host}: no such host` };
  let phase: Phase = 'dial';
  const left = leftMs();
  try {
    const { status, headers, body } = yield* httpRequest(process, {
      ...exchange,
      host: address,
      ...(left === undefined ? {} : { timeoutMs: left }),
      onConnect: () => {
        phase = 'exchange';
      },
      ...(tls && {
        *secure(fd: number) {
          phase = 'handshake';
          const connection = yield* secure(process, fd, tls, leftMs() ?? HANDSHAKE_TIMEOUT_MS);
          phase = 'exchange';
          return connection;
        },
      }),
    });
    return { status, headers, body };
  } catch (error) {
    const late = deadlineMs === undefined ? LATE[phase](`${address}:${port}`) : DEADLINE;
    return { error: wordsOf(error, late, phase === 'dial' ? `dial tcp ${address}:${port}: connect` : undefined) };
  }
}

type Phase = 'dial' | 'handshake' | 'exchange';

/** What took too long, where the exchange as a whole has no limit. */
const LATE: Readonly<Record<Phase, (address: string) => string>> = {
  dial: (address) => `dial tcp ${address}: i/o timeout`,
  handshake: () => 'net/http: TLS handshake timeout',
  exchange: () => DEADLINE,
};

function* secure(process: Process, fd: number, trust: ServerTrust, timeoutMs: number): Task<TlsConnection> {
  const { serverName, authorities } = trust;
  const isName = !/^[\d.]+$/.test(serverName);
  const connection = yield* shakeHands(process, fd, { ...(isName ? { serverName } : {}), timeoutMs });
  if (trust.insecure === true) return connection;
  const chain = readChain(connection.chain);
  const problem = problemOf(chain, trusted(process, authorities), serverName, process.now());
  if (problem === undefined) return connection;
  yield* process.write(fd, DISTRUST);
  throw new CertificateError(`tls: failed to verify certificate: x509: ${problem}`);
}

function trusted(process: Process, authorities: string | undefined): readonly Certificate[] {
  try {
    return readCertificates(authorities ?? decode(process.readFile(SYSTEM_STORE)));
  } catch (error) {
    if (error instanceof Errno || error instanceof DerError) return [];
    throw error;
  }
}

/** Why a server is not believed, as crypto/x509 says it. The name is looked at first. */
function problemOf(
  chain: readonly Certificate[],
  anchors: readonly Certificate[],
  host: string,
  nowMs: number,
): string | undefined {
  const [own] = chain;
  if (own === undefined) return 'certificate signed by unknown authority';
  const distrust = judgeChain(chain, anchors, nowMs);
  if (distrust !== undefined && (distrust.code === 9 || distrust.code === 10)) return outdated(chain, nowMs);
  if (!isNamed(own, host)) return wrongName(own, host);
  return distrust === undefined ? undefined : 'certificate signed by unknown authority';
}

/** Go no longer looks at the common name. */
function isNamed(own: Certificate, host: string): boolean {
  return own.dnsNames.length + own.addresses.length > 0 && isFor(own, host);
}

function wrongName({ dnsNames, addresses, subject }: Certificate, host: string): string {
  if (/^[\d.]+$/.test(host)) {
    if (addresses.length === 0) return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
    return `certificate is valid for ${addresses.join(', ')}, not ${host}`;
  }
  if (dnsNames.length > 0) return `certificate is valid for ${dnsNames.join(', ')}, not ${host}`;
  if (addresses.length === 0 && subject.some(([type]) => type === 'CN'))
    return 'certificate relies on legacy Common Name field, use SANs instead';
  return `certificate is not valid for any names, but wanted to match ${host}`;
}

function outdated(chain: readonly Certificate[], nowMs: number): string {
  const now = timeText(nowMs);
  const early = chain.find(({ notBeforeMs }) => nowMs < notBeforeMs);
  const late = chain.find(({ notAfterMs }) => nowMs > notAfterMs);
  const why =
    early === undefined
      ? `current time ${now} is after ${timeText(late?.notAfterMs ?? nowMs)}`
      : `current time ${now} is before ${timeText(early.notBeforeMs)}`;
  return `certificate has expired or is not yet valid: ${why}`;
}

function timeText(ms: number): string {
  return formatDate('%Y-%m-%dT%H:%M:%SZ', ms);
}

/** @param late what a time-out is called @param dialing what failed, before there was a connection */
function wordsOf(error: unknown, late: string, dialing: string | undefined): string {
  if (error instanceof CertificateError) return error.message;
  if (error instanceof TlsError) {
    if (error.code === 'timeout') return late;
    if (error.message === 'wrong version number') return 'http: server gave HTTP response to HTTPS client';
    return error.message.includes('eof') ? 'EOF' : `remote error: tls: ${error.message}`;
  }
  if (error instanceof HttpProtocolError) return `net/http: HTTP/1.x transport connection broken: ${error.message}`;
  if (error instanceof Errno) {
    if (error.code === 'ETIMEDOUT') return late;
    if (dialing !== undefined) return goError(dialing, error);
    return error.code === 'ECONNRESET' ? 'EOF' : goError('read', error);
  }
  throw error;
}
