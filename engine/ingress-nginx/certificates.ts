import type { Secret } from '../api/kinds.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { isFor, makeOwnCertificate, RANDOM_BYTES, randomBytes, readKeyPair } from '../linux/tls.ts';
import type { Task } from '../sim/index.ts';
import type { HostServer } from './model.ts';
import type { WatchedCluster } from './watched-cluster.ts';

export const CERTIFICATES = '/etc/ingress-controller/ssl';
export const FAKE_CERTIFICATE = `${CERTIFICATES}/default-fake-certificate.pem`;

const YEAR_MS = 365 * 24 * 3_600_000;

/** What hosts without a certificate of their own show: one that nobody can believe. */
export function* writeFakeCertificate(process: Process): Task<void> {
  const notBeforeMs = process.now();
  const { certificate, key } = makeOwnCertificate(
    {
      subject: [
        ['O', 'Acme Co'],
        ['CN', 'Kubernetes Ingress Controller Fake Certificate'],
      ],
      dnsNames: ['ingress.local'],
      notBeforeMs,
      notAfterMs: notBeforeMs + YEAR_MS,
    },
    yield* randomBytes(process, RANDOM_BYTES),
  );
  process.writeFile(FAKE_CERTIFICATE, certificate + key, { mode: 0o600 });
}

/** The certificate of a host, as nginx reads it, or why it has none. */
export function certificateOf(
  cluster: WatchedCluster,
  { host, tlsSecret }: HostServer,
): { readonly pem: string } | { readonly complaints: readonly string[] } {
  if (tlsSecret === undefined || tlsSecret === '') return { complaints: [] };
  const secret = cluster.secret(tlsSecret);
  const refused = (...complaints: readonly string[]) => ({ complaints });
  if (secret === undefined)
    return refused(
      `Error getting SSL certificate "${tlsSecret}": local SSL certificate ${tlsSecret} was not found. Using default certificate`,
    );
  const certificate = textOf(secret, 'tls.crt');
  const key = textOf(secret, 'tls.key');
  const pair = certificate === undefined || key === undefined ? undefined : readKeyPair(certificate, key);
  if (pair === undefined || typeof pair === 'string') {
    const why =
      pair === undefined
        ? 'secret contains no keypair or CA certificate'
        : `unexpected error creating SSL Cert: ${{ 'no certificate': 'no valid PEM formatted block found', 'no key': 'tls: failed to find any PEM data in key input', mismatch: 'tls: private key does not match public key' }[pair]}`;
    return refused(
      `error obtaining X.509 certificate: "${tlsSecret}": ${why}`,
      `Error getting SSL certificate "${tlsSecret}": local SSL certificate ${tlsSecret} was not found. Using default certificate`,
    );
  }
  if (host !== '_' && !isFor(pair.chain[0]!, host))
    return refused(
      `Unexpected error validating SSL certificate "${tlsSecret}" for server "${host}": x509: certificate is valid for ${pair.chain[0]!.dnsNames.join(', ')}, not ${host}`,
      `SSL certificate "${tlsSecret}" does not contain a Common Name or Subject Alternative Name for server "${host}"`,
      'Using default certificate',
    );
  return { pem: `${certificate!.trimEnd()}\n${key!.trimEnd()}\n` };
}

function textOf({ data }: Secret, name: string): string | undefined {
  const value = data !== undefined && Object.hasOwn(data, name) ? data[name] : undefined;
  return value === undefined ? undefined : decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
}
