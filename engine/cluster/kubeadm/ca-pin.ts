import { createSha256, hexOf } from '../../linux/hash.ts';
import { readCertificates } from '../../linux/tls/certificate.ts';
import { publicKeyInfo } from '../../linux/tls.ts';

/**
 * What a CA's public key is known by: `sha256:` and the digest of its SubjectPublicKeyInfo, as RFC 7469 pins keys.
 *
 * @param certificate PEM
 */
export function pinOf(certificate: string): string {
  const [{ publicKey } = { publicKey: '' }] = readCertificates(certificate);
  const modulus = Uint8Array.from(publicKey.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const hash = createSha256();
  hash.update(publicKeyInfo(modulus));
  return `sha256:${hexOf(hash.digest())}`;
}
