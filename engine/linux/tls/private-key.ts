import { hexOf } from '../hash.ts';
import { unsigned } from './certificate.ts';
import { type Der, DerError, readAll, readOne, TAG, write, writeInteger, writeOid } from './der.ts';
import { readPem, writePem } from './pem.ts';

/**
 * The public half of a private key, as `Certificate.publicKey` has it. Undefined where the key does not tell it.
 * Throws DerError when there is no key in the text.
 */
export function publicHalf(pem: string): string | undefined {
  const block = readPem(pem).find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined) throw new DerError('no private key');
  if (block.label === 'RSA PRIVATE KEY') return rsaModulus(block.bytes);
  if (block.label === 'EC PRIVATE KEY') return ecPoint(block.bytes);
  const [, algorithm, key] = readAll(readOne(block.bytes, TAG.sequence).body);
  if (algorithm === undefined || key === undefined) throw new DerError('no private key');
  const isRsa = hexOf(readAll(algorithm.body)[0]!.body) === '2a864886f70d010101';
  return isRsa ? rsaModulus(key.body) : ecPoint(key.body);
}

function rsaModulus(der: Uint8Array): string {
  const modulus: Der | undefined = readAll(readOne(der, TAG.sequence).body)[1];
  if (modulus === undefined) throw new DerError('no private key');
  return hexOf(unsigned(modulus));
}

function ecPoint(der: Uint8Array): string | undefined {
  const point = readAll(readOne(der, TAG.sequence).body).find(({ tag }) => tag === 0xa1);
  return point === undefined ? undefined : hexOf(readOne(point.body, TAG.bitString).body.subarray(1));
}

/**
 * A key in the form of an RSA key of 2048 bits, out of so many random bytes. It is one in form only: there are no primes behind
 * it, and what it signs is sealed, not signed (`seal` in `certificate.ts`).
 */
export function makePrivateKey(random: Uint8Array): { readonly pem: string; readonly modulus: Uint8Array } {
  const modulus = random.slice(0, KEY_BYTES);
  modulus[0]! |= 0x80;
  modulus[KEY_BYTES - 1]! |= 1;
  const part = (from: number, to: number) => {
    const bytes = random.slice(from, to);
    bytes[0] = (bytes[0]! & 0x7f) | 0x40;
    return writeInteger(bytes);
  };
  const key = write(
    TAG.sequence,
    writeInteger(Uint8Array.of(0)),
    writeInteger(modulus),
    writeInteger(Uint8Array.of(1, 0, 1)),
    part(0, 256),
    ...[0, 128, 64, 32, 96].map((from) => part(from, from + 128)),
  );
  const algorithm = write(TAG.sequence, writeOid('1.2.840.113549.1.1.1'), write(TAG.null));
  const der = write(TAG.sequence, writeInteger(Uint8Array.of(0)), algorithm, write(TAG.octetString, key));
  return { pem: writePem('PRIVATE KEY', der), modulus };
}

export const KEY_BYTES = 256;
