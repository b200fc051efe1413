import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type Certificate, type Name, readCertificates } from '../../tls/certificate.ts';
import { readChain } from '../../tls/chain.ts';
import { DerError } from '../../tls/der.ts';
import { TlsError } from '../../tls/record.ts';
import { DISTRUST, shakeHands, type TlsConnection } from '../../tls/tls-client.ts';
import { CIPHER, PROTOCOL } from '../../tls/tls-server.ts';
import { isFor, judgeChain } from '../../tls/trust.ts';
import { clientChain } from './client-certificate.ts';
import { CurlError } from './curl-error.ts';

interface Wishes {
  readonly host: string;
  readonly insecure: boolean;
  /** A file with the certificates that are trusted. */
  readonly authorities: string | undefined;
  /** The file of the client's own certificate, and that of its key. */
  readonly certificate?: { readonly path: string; readonly key: string };
  readonly timeoutMs: number | undefined;
  /** Hears what `-v` tells. */
  readonly tell: (line: string) => void;
  /** Hears what came of judging the server, by OpenSSL's numbers. */
  readonly judged?: (code: number) => void;
}

const SYSTEM_STORE = '/etc/ssl/certs/ca-certificates.crt';

const MORE = `More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the webpage mentioned above.`;

/** Greets the server and judges what it shows. Throws CurlError. */
export function* secure(process: Process, fd: number, wishes: Wishes): Task<TlsConnection> {
  const trusted = trustedBy(process, wishes);
  const { host, tell, timeoutMs, certificate } = wishes;
  const ownChain = certificate === undefined ? [] : clientChain(process, certificate);
  tell('TLSv1.3 (OUT), TLS handshake, Client hello (1):');
  if (!wishes.insecure) tell(` CAfile: ${wishes.authorities ?? SYSTEM_STORE}`);
  const connection = yield* greet(process, fd, host, timeoutMs, ownChain);
  const request = connection.wasAsked ? ['Request CERT (13)'] : [];
  for (const message of ['Server hello (2)', ...request, 'Certificate (11)', 'Finished (20)'])
    tell(`TLSv1.3 (IN), TLS handshake, ${message}:`);
  for (const message of [...(connection.wasAsked ? ['Certificate (11)'] : []), 'Finished (20)'])
    tell(`TLSv1.3 (OUT), TLS handshake, ${message}:`);
  tell(`SSL connection using ${PROTOCOL} / ${CIPHER} / x25519 / RSASSA-PSS`);
  const chain = readChain(connection.chain);
  const own = chain[0];
  if (own === undefined) throw new CurlError(35, 'TLS connect error: error:0A000130:SSL routines::unexpected message');
  for (const line of certificateLines(own)) tell(line);
  const distrust = judgeChain(chain, trusted, process.now());
  wishes.judged?.(distrust?.code ?? 0);
  if (wishes.insecure) {
    tell(
      distrust === undefined
        ? ' SSL certificate verify ok.'
        : ` SSL certificate verify result: ${distrust.reason} (${distrust.code}), continuing anyway.`,
    );
    return connection;
  }
  if (distrust !== undefined) {
    yield* process.write(fd, DISTRUST);
    throw new CurlError(60, `SSL certificate problem: ${distrust.reason}\n${MORE}`);
  }
  if (!isFor(own, host)) throw new CurlError(60, `${mismatch(own, host)}\n${MORE}`);
  tell(' SSL certificate verify ok.');
  return connection;
}

function* greet(
  process: Process,
  fd: number,
  host: string,
  timeoutMs: number | undefined,
  ownChain: readonly Uint8Array[],
): Task<TlsConnection> {
  try {
    return yield* shakeHands(process, fd, {
      ...(/^[\d.]+$/.test(host) ? {} : { serverName: host }),
      ownChain,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  } catch (error) {
    if (error instanceof TlsError) {
      if (error.code === 'timeout') throw new CurlError(28, error.message);
      throw new CurlError(35, `TLS connect error: error:${error.code}:SSL routines::${error.message}`);
    }
    if (error instanceof Errno && error.code === 'ECONNRESET')
      throw new CurlError(35, 'Recv failure: Connection reset by peer');
    throw error;
  }
}

function trustedBy(process: Process, { authorities, insecure }: Wishes): readonly Certificate[] {
  const path = authorities ?? SYSTEM_STORE;
  try {
    const certificates = readCertificates(decode(process.readFile(path)));
    if (certificates.length > 0 || authorities === undefined) return certificates;
  } catch (error) {
    if (!(error instanceof Errno || error instanceof DerError)) throw error;
    if (authorities === undefined) return [];
  }
  if (insecure) return [];
  throw new CurlError(77, `error adding trust anchors from file: ${path}`);
}

function mismatch({ subject, dnsNames, addresses }: Certificate, host: string): string {
  const kind = /^[\d.]+$/.test(host) ? 'ipv4 address' : 'host name';
  if (dnsNames.length + addresses.length > 0)
    return `SSL: no alternative certificate subject name matches target ${kind} '${host}'`;
  const common = subject.find(([type]) => type === 'CN')?.[1];
  return common === undefined
    ? 'SSL: unable to obtain common name from peer certificate'
    : `SSL: certificate subject name '${common}' does not match target hostname '${host}'`;
}

function certificateLines({ subject, issuer, notBeforeMs, notAfterMs }: Certificate): readonly string[] {
  return [
    'Server certificate:',
    ` subject: ${nameText(subject)}`,
    ` start date: ${dateText(notBeforeMs)}`,
    ` expire date: ${dateText(notAfterMs)}`,
    ` issuer: ${nameText(issuer)}`,
  ];
}

function nameText(name: Name): string {
  return name.map(([type, value]) => `${type}=${value}`).join('; ');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Jan  2 15:04:05 2026 GMT` */
function dateText(ms: number): string {
  const date = new Date(ms);
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()} GMT`;
}
