import type { Task } from '../../../sim/index.ts';
import { print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type Name, publicKeyInfo, readCertificates, writeCertificate } from '../../tls/certificate.ts';
import { DerError } from '../../tls/der.ts';
import { writePem } from '../../tls/pem.ts';
import { KEY_BYTES, makePrivateKey, publicHalf } from '../../tls/private-key.ts';
import { readSigningRequest, type SigningRequest, writeSigningRequest } from '../../tls/signing-request.ts';
import { randomBytes } from '../../tls/tls-client.ts';
import { isSelfSigned } from '../../tls/trust.ts';
import { lineName, requestText, subjectName } from './certificate-text.ts';
import { OpensslError, type Words } from './words.ts';

const DAY_MS = 86_400_000;

/** `genrsa` and `genpkey`. */
export function* writeKey(process: Process, path: string | undefined): Task<number> {
  const { pem } = makePrivateKey(yield* randomBytes(process, KEY_BYTES));
  yield* put(process, path, pem, 0o600);
  return 0;
}

function* put(process: Process, path: string | undefined, text: string, mode = 0o644): Task<void> {
  if (path === undefined) yield* print(process, text);
  else process.writeFile(path, text, { mode });
}

interface Wanted {
  readonly subject: Name;
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
}

/** `subjectAltName = DNS:a, IP:1.2.3.4` */
function alternativeNames(texts: readonly string[]): Omit<Wanted, 'subject'> {
  const names = texts
    .filter((text) => /^\s*subjectAltName\s*=/.test(text))
    .flatMap((text) => text.slice(text.indexOf('=') + 1).split(','))
    .map((name) => name.trim());
  const of = (kind: string) => names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  return { dnsNames: of('DNS:'), addresses: of('IP:') };
}

/** `req`: a certificate that signs itself, with `-x509`, or a request for somebody else to sign. */
export function* request(process: Process, words: Words): Task<number> {
  const subject = words.value('subj');
  if (subject === undefined)
    throw new OpensslError('questions about the subject are not asked here: give it with -subj');
  const wanted: Wanted = { subject: subjectName(subject), ...alternativeNames(words.all('addext')) };
  const modulus = yield* keyFor(process, words);
  if (!words.has('x509')) {
    yield* put(process, words.value('out'), writeSigningRequest(wanted, modulus));
    return 0;
  }
  yield* certify(process, words, wanted, publicKeyInfo(modulus), { subject: wanted.subject, modulus });
  return 0;
}

/** `req` without `-new`: what a request says. */
export function* showRequest(process: Process, words: Words): Task<number> {
  const path = words.value('in');
  const asked = readRequest(path === undefined ? yield* words.input() : words.file(path), path ?? '<stdin>');
  if (words.has('verify')) {
    const verdict = isSelfSigned(asked) ? 'OK' : 'failure';
    yield* printError(process, `Certificate request self-signature verify ${verdict}\n`);
  }
  const text = words.has('text') ? requestText(asked) : [];
  const subject = words.has('subject') ? [`subject=${lineName(asked.subject)}`] : [];
  for (const line of [...text, ...subject]) yield* print(process, `${line}\n`);
  if (!words.has('noout')) yield* put(process, words.value('out'), writePem('CERTIFICATE REQUEST', asked.der));
  return 0;
}

function readRequest(pem: string, path: string): SigningRequest {
  try {
    return readSigningRequest(pem);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new OpensslError(`Unable to load X509 request from ${path}`);
  }
}

/** The key that is named, or a new one. */
function* keyFor(process: Process, words: Words): Task<Uint8Array> {
  const path = words.value('key');
  if (path !== undefined) return modulusOf(words.file(path), path);
  const { pem, modulus } = makePrivateKey(yield* randomBytes(process, KEY_BYTES));
  yield* printError(process, '-----\n');
  yield* put(process, words.value('keyout') ?? 'privkey.pem', pem, 0o600);
  return modulus;
}

function modulusOf(pem: string, path: string): Uint8Array {
  const half = publicHalf(pem);
  if (half === undefined) throw new OpensslError(`Could not find private key from ${path}`);
  return bytesOf(half);
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function* certify(
  process: Process,
  words: Words,
  wanted: Wanted,
  key: Uint8Array,
  issuer: { readonly subject: Name; readonly modulus: Uint8Array },
): Task<void> {
  const notBeforeMs = process.now();
  const serial = yield* randomBytes(process, 20);
  serial[0] = (serial[0]! & 0x7f) | 1;
  const der = writeCertificate({
    ...wanted,
    isAuthority: words.has('x509') && !words.has('req'),
    notBeforeMs,
    notAfterMs: notBeforeMs + Number(words.value('days') ?? 30) * DAY_MS,
    keyInfo: key,
    issuer,
    serial,
  });
  yield* put(process, words.value('out'), writePem('CERTIFICATE', der));
}

/** `x509 -req`: signs a request as an authority. */
export function* sign(process: Process, words: Words): Task<number> {
  const path = words.value('in') ?? '';
  const asked = readRequest(words.file(path), path);
  const [authority] = readCertificates(words.file(words.value('CA') ?? ''));
  if (authority === undefined) throw new OpensslError('Could not find CA certificate');
  const key = words.value('CAkey') ?? words.value('CA') ?? '';
  const signer = modulusOf(words.file(key), key);
  const extensions = words.value('extfile') === undefined ? [] : words.file(words.value('extfile')!).split('\n');
  const told = alternativeNames(extensions);
  const copied = words.value('copy_extensions') !== undefined;
  const names = told.dnsNames.length + told.addresses.length > 0 || !copied ? told : asked;
  yield* printError(
    process,
    `Certificate request self-signature ok\nsubject=${asked.subject.map(([type, name]) => `${type}=${name}`).join(', ')}\n`,
  );
  const wanted = { subject: asked.subject, dnsNames: names.dnsNames, addresses: names.addresses };
  yield* certify(process, words, wanted, asked.keyInfo, { subject: authority.subject, modulus: signer });
  return 0;
}
