import type { UserInfo } from '../api/request.ts';
import { createSha256, hexOf } from '../linux/hash.ts';
import { readCertificates } from '../linux/tls/certificate.ts';
import { DerError } from '../linux/tls/der.ts';
import { judgeChain } from '../linux/tls/trust.ts';

/**
 * Whom the API server takes the bearer of a certificate for: CN is the user, each O a group. Undefined for one that the
 * cluster's CA has not signed, or whose time is not now.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
 *
 * @param certificate PEM, as the authority's
 */
export function certificateUser(certificate: string, authority: string, nowMs: number): UserInfo | undefined {
  try {
    const chain = readCertificates(certificate);
    const [own] = chain;
    if (own === undefined || judgeChain(chain, readCertificates(authority), nowMs) !== undefined) return undefined;
    const all = (attribute: string) => own.subject.filter(([type]) => type === attribute).map(([, value]) => value);
    const [username] = all('CN');
    if (username === undefined) return undefined;
    const hash = createSha256();
    hash.update(own.der);
    return {
      username,
      groups: [...all('O'), 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${hexOf(hash.digest())}`] },
    };
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
