import type { Task } from '../../../sim/index.ts';
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
import { formatDate } from '../time.ts';
import { goError } from './runtime.ts';

export interface HttpsExchange {
  readonly method: string;
  /** An address, or a name. */
  readonly host: string;
  readonly port: number;
  /** Whom the certificate has to be for. */
  readonly serverName: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM; without it those that the machine knows. */
  readonly authorities?: string;
  readonly insecure?: boolean;
  readonly timeoutMs: number;
}

export type HttpsResult =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  /** In the words of net/http, without the `Post "…": ` before them. */
  | { readonly error: string };

const SYSTEM_STORE = '/etc/ssl/certs/ca-certificates.crt';
const DEADLINE = 'context deadline exceeded';

/** What a certificate is refused for. */
class CertificateError extends Error {}

/** One request over TLS as a program in Go makes it. */
export function* httpsExchange(process: Process, exchange: HttpsExchange): Task<HttpsResult> {
  const deadlineMs = process.now() + exchange.timeoutMs;
  const address = yield* resolveHost(process, exchange.host);
  if (address === undefined) return { error: `dial tcp: lookup ${exchange.host}: no such host` };
  let connected = false;
  try {
    const answer = yield* httpRequest(process, {
      ...exchange,
      host: address,
      timeoutMs: Math.max(1, deadlineMs - process.now()),
      onConnect: () => {
        connected = true;
      },
      secure: (fd) => secure(process, fd, exchange, deadlineMs),
    });
    return { status: answer.status, headers: answer.headers, body: decode(answer.body) };
  } catch (error) {
    return { error: wordsOf(error, connected ? undefined : `dial tcp ${address}:${exchange.port}: connect`) };
  }
}

function* secure(process: Process, fd: number, exchange: HttpsExchange, deadlineMs: number): Task<TlsConnection> {
  const { serverName, authorities } = exchange;
  const isName = !/^[\d.]+$/.test(serverName);
  const timeoutMs = Math.max(1, deadlineMs - process.now());
  const connection = yield* shakeHands(process, fd, { ...(isName ? { serverName } : {}), timeoutMs });
  if (exchange.insecure === true) return connection;
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

function wordsOf(error: unknown, dialing: string | undefined): string {
  if (error instanceof CertificateError) return error.message;
  if (error instanceof TlsError) {
    if (error.code === 'timeout') return DEADLINE;
    if (error.message === 'wrong version number') return 'http: server gave HTTP response to HTTPS client';
    return error.message.includes('eof') ? 'EOF' : `remote error: tls: ${error.message}`;
  }
  if (error instanceof HttpProtocolError) return `net/http: HTTP/1.x transport connection broken: ${error.message}`;
  if (error instanceof Errno) {
    if (error.code === 'ETIMEDOUT') return DEADLINE;
    if (dialing !== undefined) return goError(dialing, error);
    return error.code === 'ECONNRESET' ? 'EOF' : goError('read', error);
  }
  throw error;
}
