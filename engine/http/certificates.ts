import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type GeneralNameType,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a server over HTTPS needs, and what its first user does. */
export interface Certificates {
  /** PEM. */
  readonly authority: string;
  readonly server: KeyPair;
  /** kubernetes-admin of the group system:masters, as kubeadm makes it before version 1.29. */
  readonly admin: KeyPair;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Clocks of clients may be behind. */
const SLACK_MS = 60 * 60_000;
const LIFE_MS = 365 * 24 * 60 * 60_000;

/** Who signs: its certificate and keys. */
interface Authority {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/**
 * A certificate authority of this very start and what it signs; its own key is forgotten afterwards.
 * https://kubernetes.io/docs/setup/best-practices/certificates/
 *
 * @param hosts names and addresses under which clients reach the server.
 */
export async function makeCertificates(hosts: readonly string[]): Promise<Certificates> {
  cryptoProvider.set(webcrypto as Crypto);
  const authority = await makeAuthority();
  const names = hosts.map((value) => ({ type: (/^[\d.]+$|:/.test(value) ? 'ip' : 'dns') as GeneralNameType, value }));
  const server = sign(authority, [{ CN: ['kube-apiserver'] }], ExtendedKeyUsage.serverAuth, [
    new SubjectAlternativeNameExtension(names),
  ]);
  const admin = sign(authority, [{ O: ['system:masters'] }, { CN: ['kubernetes-admin'] }], ExtendedKeyUsage.clientAuth);
  return { authority: authority.certificate.toString('pem'), server: await server, admin: await admin };
}

async function makeAuthority(): Promise<Authority> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...common(),
    name: [{ CN: ['kubernetes'] }],
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
    ],
  });
  return { certificate, keys };
}

async function sign(
  { certificate, keys }: Authority,
  subject: JsonName,
  usage: ExtendedKeyUsage,
  more: readonly Extension[] = [],
): Promise<KeyPair> {
  const own = await makeKeys();
  const signed = await X509CertificateGenerator.create({
    ...common(),
    subject,
    issuer: certificate.subjectName,
    publicKey: own.publicKey,
    signingKey: keys.privateKey,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([usage]),
      ...more,
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', own.privateKey);
  return { certificate: signed.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function common() {
  const now = Date.now();
  return {
    // Positive, hence the leading zero.
    serialNumber: `00${randomBytes(15).toString('hex')}`,
    notBefore: new Date(now - SLACK_MS),
    notAfter: new Date(now + LIFE_MS),
    signingAlgorithm: ALGORITHM,
  };
}
