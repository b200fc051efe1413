import { type CertificateRequest, publicKeyInfo, writeCertificate } from './certificate.ts';
import { writePem } from './pem.ts';
import { KEY_BYTES, makePrivateKey } from './private-key.ts';

/** Random bytes that a new key and its certificate take. */
export const RANDOM_BYTES = KEY_BYTES + 20;

/** A new key with a certificate that it has signed itself, both PEM. */
export function makeOwnCertificate(
  request: Omit<CertificateRequest, 'keyInfo' | 'issuer' | 'serial'>,
  random: Uint8Array,
): { readonly certificate: string; readonly key: string } {
  const { pem, modulus } = makePrivateKey(random);
  const issuer = { subject: request.subject, modulus };
  const der = writeCertificate({
    ...request,
    keyInfo: publicKeyInfo(modulus),
    issuer,
    serial: random.slice(KEY_BYTES),
  });
  return { certificate: writePem('CERTIFICATE', der), key: pem };
}
