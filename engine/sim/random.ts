/**
 * A stream of pseudo-random numbers (sfc32). Each stream is named, so drawing one more number in one place never
 * changes what another place draws.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  /** Of the UUID that is being drawn. */
  readonly #letters: number[] = [...UUID_FORM];

  constructor(seed: string) {
    this.#a = hash32(seed, 0x9e3779b9);
    this.#b = hash32(seed, 0x243f6a88);
    this.#c = hash32(seed, 0xb7e15162);
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1). */
  float(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** An integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.float() * limit);
  }

  /** `baseMs` stretched by a factor in [1, 1 + fraction), as `wait.Jitter` of the Go client does. */
  jitter(baseMs: number, fraction: number): number {
    return baseMs * (1 + this.float() * fraction);
  }

  /** A version 4 UUID. */
  uuid(): string {
    const first = this.uint32();
    const second = this.uint32();
    const third = this.uint32();
    const fourth = this.uint32();
    const version = 0x4000 | (second & 0x0fff);
    const variant = 0x8000 | ((third >>> 16) & 0x3fff);
    const codes = this.#letters;
    writeHex(codes, 0, first, 8);
    writeHex(codes, 9, second >>> 16, 4);
    writeHex(codes, 14, version, 4);
    writeHex(codes, 19, variant, 4);
    writeHex(codes, 24, third & 0xffff, 4);
    writeHex(codes, 28, fourth, 8);
    // In one piece: a string put together by `+` keeps its parts, in memory and from the JSON encoder's fast path.
    return String.fromCharCode.apply(null, codes);
  }

  /** So many 32-bit integers, each as eight hexadecimal digits. */
  hex(integers: number): string {
    const codes = new Array<number>(8 * integers);
    for (let at = 0; at < codes.length; at += 8) writeHex(codes, at, this.uint32(), 8);
    return String.fromCharCode.apply(null, codes);
  }

  /** The suffix that `generateName` appends: no vowels, so no words come out. */
  nameSuffix(length: number): string {
    let suffix = '';
    for (let i = 0; i < length; i++) suffix += SUFFIX_LETTERS[this.below(SUFFIX_LETTERS.length)];
    return suffix;
  }
}

const UUID_FORM: readonly number[] = Array.from('00000000-0000-0000-0000-000000000000', codeOf);
const HEX_DIGITS: readonly number[] = Array.from('0123456789abcdef', codeOf);

function codeOf(letter: string): number {
  return letter.charCodeAt(0);
}

/** Writes a number as so many hexadecimal digits from a place on. */
function writeHex(codes: number[], from: number, number: number, digits: number): void {
  for (let at = from + digits - 1, rest = number; at >= from; at--, rest >>>= 4) codes[at] = HEX_DIGITS[rest & 15]!;
}

/** The alphabet of k8s.io/apimachinery/pkg/util/rand. */
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** FNV-1a over the string's UTF-16 code units with a final avalanche; different `basis` values give independent hashes. */
export function hash32(text: string, basis: number): number {
  return hashEnd(hashText(hashStart(basis), text));
}

/** The beginning of `hash32` for a text that comes in parts. */
export function hashStart(basis: number): number {
  return (0x811c9dc5 ^ basis) | 0;
}

/** Goes on with the next part. */
export function hashText(begun: number, text: string): number {
  let hash = begun;
  for (let i = 0; i < text.length; i++) {
    hash = hashCharacter(hash, text.charCodeAt(i));
  }
  return hash;
}

export function hashCharacter(begun: number, code: number): number {
  return Math.imul(begun ^ code, 0x01000193);
}

export function hashEnd(begun: number): number {
  let hash = begun;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
