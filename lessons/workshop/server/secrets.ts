import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** A name that cannot be guessed: 256 bits, fit for a URL. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Letters that are not taken for one another, on a wall or read aloud. */
const CODE_LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const CODE_LENGTH = 6;

/** What is written on the wall. Short, so guessing is slowed (`guesses.ts`). */
export function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('');
}

/** A code as people type it: lower case, with blanks or a dash. */
export function plainCode(typed: string): string {
  return typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** What is kept of a secret. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in a time that tells nothing of where they differ. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest());
}
