import { cbc, gcm } from '@noble/ciphers/aes.js';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { concatBytes, encode } from '../../linux/stdio.ts';
import { type BytesTransformer, TransformError } from './transformer.ts';

// How bytes are encrypted: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#providers
// After k8s.io/apiserver pkg/storage/value/encrypt.

/** So many random bytes. */
export type DrawBytes = (count: number) => Uint8Array;

export type MakeCipher = (secret: Uint8Array, draw: DrawBytes) => BytesTransformer;

const BLOCK = 16;
const TOO_SHORT = 'the stored data was shorter than the required size';

/** AES in CBC mode with padding as in PKCS #7; nothing tells whether it was tampered with. */
export const aesCbc: MakeCipher = (secret, draw) => ({
  read(stored) {
    if (stored.length < BLOCK) throw new TransformError(TOO_SHORT);
    const data = stored.subarray(BLOCK);
    if (data.length % BLOCK !== 0) throw new TransformError('the stored data is not a multiple of the block size');
    if (data.length === 0) throw new TransformError(NOT_PADDED);
    const padded = cbc(secret, stored.subarray(0, BLOCK), { disablePadding: true }).decrypt(data);
    return { plain: unpadded(padded), stale: false };
  },
  write(plain) {
    const iv = draw(BLOCK);
    return concatBytes([iv, cbc(secret, iv).encrypt(plain)]);
  },
});

const NOT_PADDED = 'invalid PKCS7 data (empty or not padded)';

/** What a wrong key has decrypted hardly ever ends as it should. */
function unpadded(bytes: Uint8Array): Uint8Array {
  const padding = bytes.at(-1)!;
  if (padding === 0 || padding > bytes.length) throw new TransformError(NOT_PADDED);
  const size = bytes.length - padding;
  if (!bytes.subarray(size).every((byte) => byte === padding)) throw new TransformError('invalid padding on input');
  return bytes.subarray(0, size);
}

const GCM_NONCE = 12;

/** AES in Galois counter mode: a value belongs to its key of etcd, and to no other. */
export const aesGcm: MakeCipher = (secret, draw) => ({
  read(stored, key) {
    if (stored.length < GCM_NONCE) throw new TransformError(TOO_SHORT);
    const cipher = gcm(secret, stored.subarray(0, GCM_NONCE), encode(key));
    const open = () => cipher.decrypt(stored.subarray(GCM_NONCE));
    return { plain: opened(open, 'cipher: message authentication failed'), stale: false };
  },
  write(plain, key) {
    const nonce = draw(GCM_NONCE);
    return concatBytes([nonce, gcm(secret, nonce, encode(key)).encrypt(plain)]);
  },
});

const BOX_NONCE = 24;
const BOX_OVERHEAD = 16;

/** XSalsa20 and Poly1305, as NaCl's secretbox. */
export const secretbox: MakeCipher = (secret, draw) => ({
  read(stored) {
    if (stored.length < BOX_NONCE + BOX_OVERHEAD) throw new TransformError(TOO_SHORT);
    const cipher = xsalsa20poly1305(secret, stored.subarray(0, BOX_NONCE));
    const open = () => cipher.decrypt(stored.subarray(BOX_NONCE));
    return { plain: opened(open, 'output array was not large enough for encryption'), stale: false };
  },
  write(plain) {
    const nonce = draw(BOX_NONCE);
    return concatBytes([nonce, xsalsa20poly1305(secret, nonce).encrypt(plain)]);
  },
});

/** The library throws when a seal is broken. */
function opened(open: () => Uint8Array, otherwise: string): Uint8Array {
  try {
    return open();
  } catch {
    throw new TransformError(otherwise);
  }
}
