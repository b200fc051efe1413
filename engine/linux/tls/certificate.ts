import { createSha256, hexOf } from '../hash.ts';
import { decode, encode } from '../stdio.ts';
import { type Der, DerError, readAll, readOid, readOne, TAG, write, writeInteger, writeOid } from './der.ts';
import { readPem } from './pem.ts';

/** An X.509 certificate. RFC 5280 */
export interface Certificate {
  readonly der: Uint8Array;
  readonly serial: string;
  readonly subject: Name;
  readonly issuer: Name;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Hexadecimal, of the key's own bits: what a private key has to fit. */
  readonly publicKey: string;
  readonly keyType: 'RSA' | 'EC' | 'other';
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
  readonly isAuthority: boolean;
  /** Object identifiers of what the key is for; absent where the certificate says nothing of it. */
  readonly extendedUsages?: readonly string[];
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** Attributes in order: `[['CN', 'foo'], ['O', 'bar']]`. */
export type Name = readonly (readonly [type: string, value: string])[];

const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '1.2.840.113549.1.9.1': 'emailAddress',
};
const RSA = '1.2.840.113549.1.1.1';
const EC = '1.2.840.10045.2.1';
export const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const ALTERNATIVE_NAMES = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_KEY = '2.5.29.14';
const AUTHORITY_KEY = '2.5.29.35';
const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const USAGES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;

/** The certificates of a PEM text, in order. Throws DerError for one that cannot be read. */
export function readCertificates(pem: string): readonly Certificate[] {
  return readPem(pem)
    .filter(({ label }) => label === 'CERTIFICATE')
    .map(({ bytes }) => readCertificate(bytes));
}

/** Throws DerError. */
export function readCertificate(der: Uint8Array): Certificate {
  const [tbs, , signature] = readAll(readOne(der, TAG.sequence).body);
  if (tbs === undefined || signature === undefined) throw new DerError('no certificate');
  const fields = readAll(tbs.body);
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [serial, , issuer, validity, subject, keyInfo, ...rest] = fields;
  if (keyInfo === undefined) throw new DerError('no certificate');
  const extensions = rest.find(({ tag }) => tag === 0xa3);
  const [notBefore, notAfter] = readAll(validity!.body);
  return {
    der,
    serial: hexOf(serial!.body),
    subject: readName(subject!),
    issuer: readName(issuer!),
    notBeforeMs: readTime(notBefore!),
    notAfterMs: readTime(notAfter!),
    ...readKeyInfo(keyInfo),
    ...readExtensions(extensions),
    signed: tbs.whole,
    signature: signature.body.subarray(1),
  };
}

export function readName({ body }: Der): Name {
  return readAll(body).flatMap((set) =>
    readAll(set.body).map((attribute) => {
      const [type, value] = readAll(attribute.body);
      const oid = readOid(type!);
      return [ATTRIBUTES[oid] ?? oid, decode(value!.body)] as const;
    }),
  );
}

function readTime({ tag, body }: Der): number {
  const text = decode(body);
  const full = tag === TAG.utcTime ? (Number(text.slice(0, 2)) < 50 ? `20${text}` : `19${text}`) : text;
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  if (match === null) throw new DerError('no time');
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
}

export function readKeyInfo({ body }: Der): Pick<Certificate, 'publicKey' | 'keyType'> {
  const [algorithm, bits] = readAll(body);
  const oid = readOid(readAll(algorithm!.body)[0]!);
  const key = bits!.body.subarray(1);
  if (oid === RSA) return { keyType: 'RSA', publicKey: hexOf(unsigned(readAll(readOne(key, TAG.sequence).body)[0]!)) };
  return { keyType: oid === EC ? 'EC' : 'other', publicKey: hexOf(key) };
}

/** Without the zero that keeps a number positive. */
export function unsigned({ body }: Der): Uint8Array {
  return body[0] === 0 ? body.subarray(1) : body;
}

type Extensions = Pick<Certificate, 'dnsNames' | 'addresses' | 'isAuthority' | 'extendedUsages'>;

/** @param block that holds their list */
export function readExtensions(block: Der | undefined): Extensions {
  const dnsNames: string[] = [];
  const addresses: string[] = [];
  let isAuthority = false;
  let extendedUsages: readonly string[] | undefined;
  for (const { body } of block === undefined ? [] : readAll(readOne(block.body, TAG.sequence).body)) {
    const parts = readAll(body);
    const oid = readOid(parts[0]!);
    const value = parts.at(-1)!.body;
    if (oid === BASIC_CONSTRAINTS) isAuthority = readAll(readOne(value, TAG.sequence).body)[0]?.body[0] === 0xff;
    if (oid === EXTENDED_KEY_USAGE) extendedUsages = readAll(readOne(value, TAG.sequence).body).map(readOid);
    if (oid !== ALTERNATIVE_NAMES) continue;
    for (const name of readAll(readOne(value, TAG.sequence).body)) {
      if (name.tag === 0x82) dnsNames.push(decode(name.body));
      else if (name.tag === 0x87 && name.body.length === 4) addresses.push([...name.body].join('.'));
    }
  }
  return { dnsNames, addresses, isAuthority, ...(extendedUsages && { extendedUsages }) };
}

/** Who signs a certificate. */
interface Issuer {
  readonly subject: Name;
  /** Of its RSA key. */
  readonly modulus: Uint8Array;
  /** Signs by RSA with SHA-256; a seal unless told. */
  readonly sign?: (bytes: Uint8Array) => Uint8Array;
}

/** What a new certificate is to say. */
export interface CertificateRequest {
  readonly subject: Name;
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
  readonly isAuthority?: boolean;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The key that it is for, as `publicKeyInfo` writes it or a request had it. */
  readonly keyInfo: Uint8Array;
  /** Whether servers or clients show it; not said unless told. */
  readonly usages?: readonly ('serverAuth' | 'clientAuth')[];
  readonly issuer: Issuer;
  readonly serial: Uint8Array;
}

export function writeCertificate(request: CertificateRequest): Uint8Array {
  const algorithm = write(TAG.sequence, writeOid(SHA256_WITH_RSA), write(TAG.null));
  const extensions = writeExtensions(request);
  const signed = write(
    TAG.sequence,
    write(0xa0, writeInteger(Uint8Array.of(2))),
    writeInteger(request.serial),
    algorithm,
    writeName(request.issuer.subject),
    write(TAG.sequence, writeTime(request.notBeforeMs), writeTime(request.notAfterMs)),
    writeName(request.subject),
    request.keyInfo,
    ...(extensions.length === 0 ? [] : [write(0xa3, write(TAG.sequence, ...extensions))]),
  );
  const { modulus, sign } = request.issuer;
  const signature = sign === undefined ? seal(modulus, signed) : sign(signed);
  return write(TAG.sequence, signed, algorithm, write(TAG.bitString, Uint8Array.of(0), signature));
}

/** What a certificate, or a request for one, says beyond its subject. */
export function writeExtensions({
  isAuthority,
  usages = [],
  dnsNames = [],
  addresses = [],
  issuer,
}: Partial<CertificateRequest>): readonly Uint8Array[] {
  const extension = (oid: string, critical: boolean, value: Uint8Array) =>
    write(TAG.sequence, writeOid(oid), ...(critical ? [Uint8Array.of(1, 1, 0xff)] : []), write(TAG.octetString, value));
  const names = [
    ...dnsNames.map((name) => write(0x82, encode(name))),
    ...addresses.map((address) => write(0x87, addressBytes(address))),
  ];
  return [
    ...(isAuthority === true
      ? [
          extension(KEY_USAGE, true, write(TAG.bitString, Uint8Array.of(2, 0xa4))),
          extension(BASIC_CONSTRAINTS, true, write(TAG.sequence, Uint8Array.of(1, 1, 0xff))),
          ...(issuer === undefined
            ? []
            : [extension(SUBJECT_KEY, false, write(TAG.octetString, keyIdentifier(issuer.modulus)))]),
        ]
      : []),
    ...(issuer === undefined || isAuthority === true
      ? []
      : [extension(AUTHORITY_KEY, false, write(TAG.sequence, write(0x80, keyIdentifier(issuer.modulus))))]),
    ...(usages.length > 0
      ? [
          extension(KEY_USAGE, true, write(TAG.bitString, Uint8Array.of(5, 0xa0))),
          extension(EXTENDED_KEY_USAGE, false, write(TAG.sequence, ...usages.map((usage) => writeOid(USAGES[usage])))),
        ]
      : []),
    ...(names.length > 0 ? [extension(ALTERNATIVE_NAMES, false, write(TAG.sequence, ...names))] : []),
  ];
}

/** By what a certificate names its issuer's key, as Go does: a part of its digest. RFC 7093 */
function keyIdentifier(modulus: Uint8Array): Uint8Array {
  const hash = createSha256();
  hash.update(modulus);
  return hash.digest().slice(0, 20);
}

/** @param address IPv4, or IPv6 in any of its forms without an embedded IPv4 address */
function addressBytes(address: string): Uint8Array {
  if (!address.includes(':')) return Uint8Array.from(address.split('.'), Number);
  const [head = [], tail] = address.split('::').map((half) => half.split(':').filter((part) => part !== ''));
  const groups = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return Uint8Array.from([...groups].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16)]));
}

export function writeName(name: Name): Uint8Array {
  const attributes = name.map(([type, value]) => {
    const oid = Object.keys(ATTRIBUTES).find((each) => ATTRIBUTES[each] === type) ?? type;
    return write(TAG.set, write(TAG.sequence, writeOid(oid), write(TAG.utf8, encode(value))));
  });
  return write(TAG.sequence, ...attributes);
}

function writeTime(ms: number): Uint8Array {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return Number(text.slice(0, 4)) < 2050
    ? write(TAG.utcTime, encode(text.slice(2)))
    : write(TAG.generalizedTime, encode(text));
}

export function publicKeyInfo(modulus: Uint8Array): Uint8Array {
  const key = write(TAG.sequence, writeInteger(modulus), writeInteger(Uint8Array.of(1, 0, 1)));
  return write(
    TAG.sequence,
    write(TAG.sequence, writeOid(RSA), write(TAG.null)),
    write(TAG.bitString, Uint8Array.of(0), key),
  );
}

/**
 * What stands for a signature by the keys that are made here: a digest of the signer's public key and of what is signed. Whoever
 * knows the public key could make one; nobody here tries.
 */
export function seal(modulus: Uint8Array, signed: Uint8Array): Uint8Array {
  const hash = createSha256();
  hash.update(modulus);
  hash.update(signed);
  const digest = hash.digest();
  const sealed = new Uint8Array(modulus.length);
  for (let at = 0; at < sealed.length; at += digest.length) sealed.set(digest.subarray(0, sealed.length - at), at);
  return sealed;
}
