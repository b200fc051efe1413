import type { UserInfo } from '../../api/request.ts';
import { createSha256, hexOf } from '../../linux/hash.ts';
import { type Certificate, readCertificate, readCertificates } from '../../linux/tls/certificate.ts';
import { DerError } from '../../linux/tls/der.ts';
import { judgeChain } from '../../linux/tls/trust.ts';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';

/** Whom a certificate of an authority is for; both PEM. Undefined for one that is not believed now. */
export type CertificateUser = (certificate: string, authority: string, nowMs: number) => UserInfo | undefined;

/**
 * Whom the API server takes the bearer of a certificate for. Undefined for one that the cluster's CA has not signed, that is
 * not for clients, or whose time is not now.
 *
 * @param certificate PEM, as the authority's
 */
export function certificateUser(certificate: string, authority: string, nowMs: number): UserInfo | undefined {
  return ifReadable(() => {
    const chain = readCertificates(certificate);
    if (judgeChain(chain, readCertificates(authority), nowMs) !== undefined) return undefined;
    return userOf(chain[0]!);
  });
}

/** Whom a certificate (DER) that is believed is for; undefined for one that is not for clients. */
export function subjectUser(certificate: Uint8Array): UserInfo | undefined {
  return ifReadable(() => userOf(readCertificate(certificate)));
}

/**
 * CN is the user, each O a group. What says nothing of its use may be used for anything.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
 */
function userOf({ der, subject, extendedUsages: usages }: Certificate): UserInfo | undefined {
  if (usages !== undefined && !usages.includes(CLIENT_AUTH) && !usages.includes(ANY_USAGE)) return undefined;
  const all = (attribute: string) => subject.filter(([type]) => type === attribute).map(([, value]) => value);
  const [username] = all('CN');
  if (username === undefined) return undefined;
  const hash = createSha256();
  hash.update(der);
  return {
    username,
    groups: [...all('O'), 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${hexOf(hash.digest())}`] },
  };
}

function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
