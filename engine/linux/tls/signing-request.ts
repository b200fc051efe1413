import {
  type Name,
  publicKeyInfo,
  readExtensions,
  readName,
  SHA256_WITH_RSA,
  seal,
  writeExtensions,
  writeName,
} from './certificate.ts';
import { DerError, readAll, readOid, readOne, TAG, write, writeInteger, writeOid } from './der.ts';
import { readPem, writePem } from './pem.ts';

/** A request to sign a certificate. RFC 2986 (PKCS #10) */
export interface SigningRequest {
  readonly subject: Name;
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
  /** The key that it is for, as it stands in certificates. */
  readonly keyInfo: Uint8Array;
  readonly der: Uint8Array;
}

export const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const LABEL = 'CERTIFICATE REQUEST';

/** The first request of a PEM text. Throws DerError. */
export function readSigningRequest(pem: string): SigningRequest {
  const block = readPem(pem).find(({ label }) => label.endsWith(LABEL));
  if (block === undefined) throw new DerError('no certificate request');
  const [info] = readAll(readOne(block.bytes, TAG.sequence).body);
  const [, subject, keyInfo, attributes] = info === undefined ? [] : readAll(info.body);
  if (subject === undefined || keyInfo === undefined) throw new DerError('no certificate request');
  let names = readExtensions(undefined);
  for (const attribute of attributes === undefined ? [] : readAll(attributes.body)) {
    const [type, values] = readAll(attribute.body);
    if (type !== undefined && values !== undefined && readOid(type) === EXTENSION_REQUEST)
      names = readExtensions(values);
  }
  const { dnsNames, addresses } = names;
  return { subject: readName(subject), dnsNames, addresses, keyInfo: keyInfo.whole, der: block.bytes };
}

/** A request for a key that was made here. */
export function writeSigningRequest(wanted: Omit<SigningRequest, 'keyInfo' | 'der'>, modulus: Uint8Array): string {
  const extensions = writeExtensions(wanted);
  const asked = write(TAG.sequence, writeOid(EXTENSION_REQUEST), write(TAG.set, write(TAG.sequence, ...extensions)));
  const info = write(
    TAG.sequence,
    writeInteger(Uint8Array.of(0)),
    writeName(wanted.subject),
    publicKeyInfo(modulus),
    write(0xa0, ...(extensions.length === 0 ? [] : [asked])),
  );
  const algorithm = write(TAG.sequence, writeOid(SHA256_WITH_RSA), write(TAG.null));
  const signature = write(TAG.bitString, Uint8Array.of(0), seal(modulus, info));
  return writePem(LABEL, write(TAG.sequence, info, algorithm, signature));
}
