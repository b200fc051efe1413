import type { Task } from '../../../sim/index.ts';
import { encode, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type Certificate, publicKeyInfo, readKeyInfo } from '../../tls/certificate.ts';
import { readAll, readOne, TAG } from '../../tls/der.ts';
import { readPem, writePem } from '../../tls/pem.ts';
import { publicHalf } from '../../tls/private-key.ts';
import { OpensslError, type Words } from './words.ts';

/** A certificate's SubjectPublicKeyInfo: the key, and by what it works. */
function keyInfoOf({ der }: Pick<Certificate, 'der'>): Uint8Array {
  const [body] = readAll(readOne(der, TAG.sequence).body);
  // Before it stand the serial, the signature's algorithm, the issuer, the validity and the subject; a version may come first.
  const fields = readAll(body!.body).filter(({ tag }) => tag !== 0xa0);
  return fields[5]!.whole;
}

/** `openssl x509 -pubkey` */
export function publicKeyPem(certificate: Certificate): string {
  return writePem('PUBLIC KEY', keyInfoOf(certificate)).trimEnd();
}

/** `openssl rsa`: what `pkey` does, of RSA keys. */
export function* rsa(process: Process, words: Words): Task<number> {
  const key = yield* readKey(words);
  if (words.has('modulus')) yield* print(process, `Modulus=${key.modulus.toUpperCase()}\n`);
  if (!words.has('noout')) yield* printError(process, 'writing RSA key\n');
  yield* put(process, words, key);
  return 0;
}

/** `openssl pkey`: a key in another form, or its public half. https://docs.openssl.org/3.5/man1/openssl-pkey/ */
export function* pkey(process: Process, words: Words): Task<number> {
  yield* put(process, words, yield* readKey(words));
  return 0;
}

interface Key {
  readonly label: string;
  readonly bytes: Uint8Array;
  /** In hexadecimal. */
  readonly modulus: string;
}

function* readKey(words: Words): Task<Key> {
  const path = words.value('in');
  const text = path === undefined ? yield* words.input() : words.file(path);
  const isPublic = words.has('pubin');
  const block = readPem(text).find(({ label }) => label.endsWith(isPublic ? 'PUBLIC KEY' : 'PRIVATE KEY'));
  if (block === undefined) {
    throw new OpensslError(`Could not find ${isPublic ? 'public' : 'private'} key from ${path ?? '<stdin>'}`);
  }
  if (isPublic) return { ...block, modulus: readKeyInfo(readOne(block.bytes, TAG.sequence)).publicKey };
  const modulus = publicHalf(text);
  if (modulus === undefined) throw new OpensslError('the key does not tell its public half');
  if (!words.has('pubout')) return { ...block, modulus };
  if (block.label === 'EC PRIVATE KEY') throw new OpensslError('only the public halves of RSA keys can be written');
  const bytes = Uint8Array.from(modulus.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return { label: 'PUBLIC KEY', bytes: publicKeyInfo(bytes), modulus };
}

function* put(process: Process, words: Words, { label, bytes }: Key): Task<void> {
  if (words.has('noout')) return;
  const isDer = words.value('outform')?.toLowerCase() === 'der';
  const data = isDer ? bytes : encode(writePem(label, bytes));
  const path = words.value('out');
  if (path === undefined) yield* process.write(1, data);
  else process.writeFile(path, data, { mode: 0o600 });
}
