import { createMd5 } from '../hash.ts';
import { concatBytes, encode } from '../stdio.ts';

function digest(...pieces: readonly Uint8Array[]): Uint8Array {
  const hash = createMd5();
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** MD5 a thousand times over, as Apache's htpasswd and `openssl passwd -apr1` do. https://httpd.apache.org/docs/2.4/misc/password_encryptions.html */
export function apr1Password(password: string, salt: string): string {
  const key = encode(password);
  const grain = encode(salt);
  const inner = digest(key, grain, key);
  const pieces: Uint8Array[] = [key, encode('$apr1$'), grain];
  for (let left = key.length; left > 0; left -= 16) pieces.push(inner.subarray(0, Math.min(16, left)));
  for (let bits = key.length; bits > 0; bits >>= 1)
    pieces.push((bits & 1) === 1 ? Uint8Array.of(0) : key.subarray(0, 1));
  let result = digest(concatBytes(pieces));
  for (let round = 0; round < 1000; round++) {
    const parts = [round % 2 === 1 ? key : result];
    if (round % 3 !== 0) parts.push(grain);
    if (round % 7 !== 0) parts.push(key);
    parts.push(round % 2 === 1 ? result : key);
    result = digest(...parts);
  }
  let text = '';
  const letters = (value: number, count: number) => {
    for (let at = 0; at < count; at++) text += ALPHABET[(value >> (6 * at)) & 63];
  };
  for (const [a, b, c] of [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ] as const)
    letters((result[a]! << 16) | (result[b]! << 8) | result[c]!, 4);
  letters(result[11]!, 2);
  return `$apr1$${salt}$${text}`;
}
