// SHA-512 (FIPS 180-4), which CoreDNS tells of its configuration: the browser's own digest is asynchronous.

const ROUNDS = 80;
const WORD = 64n;
const MASK = (1n << WORD) - 1n;
const BLOCK_BYTES = 128;

/** The first 64 bits behind the point of the square or cube root of a prime, exactly. */
function rootFraction(prime: number, degree: 2n | 3n): bigint {
  const scaled = BigInt(prime) << (WORD * degree);
  let low = 0n;
  let high = 1n << (WORD + 8n);
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle;
  }
  return low & MASK;
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

function rotate(word: bigint, by: bigint): bigint {
  return ((word >> by) | (word << (WORD - by))) & MASK;
}

const PRIMES = firstPrimes(ROUNDS);
const CONSTANTS: readonly bigint[] = PRIMES.map((prime) => rootFraction(prime, 3n));
const BEGINNING: readonly bigint[] = PRIMES.slice(0, 8).map((prime) => rootFraction(prime, 2n));

/** The digest in lower-case hexadecimal. It is slow, and meant for a few kilobytes. */
export function sha512(message: Uint8Array): string {
  const state = [...BEGINNING];
  const padded = new Uint8Array(Math.ceil((message.length + 17) / BLOCK_BYTES) * BLOCK_BYTES);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  for (let block = 0; block < padded.length; block += BLOCK_BYTES) compress(state, view, block);
  return state.map((word) => word.toString(16).padStart(16, '0')).join('');
}

function compress(state: bigint[], view: DataView, block: number): void {
  const words: bigint[] = [];
  for (let at = 0; at < ROUNDS; at++) {
    if (at < 16) {
      words.push(view.getBigUint64(block + at * 8));
      continue;
    }
    const [first, second] = [words[at - 15]!, words[at - 2]!];
    const low = rotate(first, 1n) ^ rotate(first, 8n) ^ (first >> 7n);
    const high = rotate(second, 19n) ^ rotate(second, 61n) ^ (second >> 6n);
    words.push((words[at - 16]! + low + words[at - 7]! + high) & MASK);
  }
  let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  for (let at = 0; at < ROUNDS; at++) {
    const sum = rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n);
    const first = h + sum + ((e & f) ^ (~e & MASK & g)) + CONSTANTS[at]! + words[at]!;
    const second = (rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & MASK, c, b, a, (first + second) & MASK];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index]! + word) & MASK;
}
