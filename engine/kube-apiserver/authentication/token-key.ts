import { Random } from '../../sim/index.ts';

/** The RSA key by which ServiceAccounts' tokens are known: `--service-account-signing-key-file`. */
export interface TokenKey {
  /** Its name in tokens and among the published keys (`kid`). */
  readonly id: string;
  readonly modulus: Uint8Array;
  /** Always the same for the same bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

const MODULUS_BYTES = 256;

/** A key for a server that stands alone: what it "signs" bears a checksum, which nobody else can check. */
export function checksumKey(seed: string): TokenKey {
  const random = new Random(`${seed}/service-account-key`);
  const modulus = Uint8Array.from({ length: MODULUS_BYTES }, () => random.below(256));
  const start = new DataView(modulus.buffer).getUint32(0);
  return {
    id: 'checksum',
    modulus,
    sign(bytes) {
      const signature = new Uint8Array(16);
      const view = new DataView(signature.buffer);
      for (let round = 0; round < 4; round++) view.setUint32(round * 4, checksum(bytes, start + round));
      return signature;
    },
  };
}

/** FNV-1a with a final mix. */
function checksum(bytes: Uint8Array, start: number): number {
  let hash = 0x811c9dc5 ^ start;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** RFC 4648, section 5, without padding. */
export function toBase64url(bytes: Uint8Array): string {
  // `apply` takes the bytes as they are; spreading them would make a list of them first.
  return lettersToBase64url(String.fromCharCode.apply(null, bytes as unknown as number[]));
}

/** The same for a text: its bytes in UTF-8. */
export function textToBase64url(text: string): string {
  // What is plain ASCII, as nearly everything is, is its own bytes.
  return /^[\0-\x7f]*$/.test(text) ? lettersToBase64url(text) : toBase64url(new TextEncoder().encode(text));
}

/** @param letters of which each is a byte */
function lettersToBase64url(letters: string): string {
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The text that was encoded. */
export function fromBase64url(text: string): string {
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)));
}
