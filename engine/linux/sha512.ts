// SHA-512 (FIPS 180-4), which CoreDNS tells of its configuration: the browser's own digest is asynchronous.
// Words of 64 bits are pairs of 32 here, the high half before the low one: big integers took milliseconds of every boot.

const ROUNDS = 80;
const WORD = 64n;
const HALF = 2 ** 32;
const BLOCK_BYTES = 128;

/** The first 64 bits behind the point of the square or cube root of a prime, exactly. */
function rootFraction(prime: number, degree: 2n | 3n): bigint {
  const scaled = BigInt(prime) << (WORD * degree);
  const guess = BigInt(Math.floor((degree === 2n ? Math.sqrt(prime) : Math.cbrt(prime)) * 2 ** 48)) << 16n;
  // One step of Newton's method makes a hundred bits of fifty.
  let root = ((degree - 1n) * guess + scaled / guess ** (degree - 1n)) / degree;
  while (root ** degree > scaled) root -= 1n;
  while ((root + 1n) ** degree <= scaled) root += 1n;
  return BigInt.asUintN(64, root);
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

function halvesOf(words: readonly bigint[]): readonly number[] {
  return words.flatMap((word) => [Number(word >> 32n) | 0, Number(word & 0xffffffffn) | 0]);
}

const PRIMES = firstPrimes(ROUNDS);
const CONSTANTS = halvesOf(PRIMES.map((prime) => rootFraction(prime, 3n)));
const BEGINNING = halvesOf(PRIMES.slice(0, 8).map((prime) => rootFraction(prime, 2n)));

/** The digest in lower-case hexadecimal. */
export function sha512(message: Uint8Array): string {
  const state = Int32Array.from(BEGINNING);
  const padded = new Uint8Array(Math.ceil((message.length + 17) / BLOCK_BYTES) * BLOCK_BYTES);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  const words = new Int32Array(2 * ROUNDS);
  for (let block = 0; block < padded.length; block += BLOCK_BYTES) {
    for (let half = 0; half < 32; half++) words[half] = view.getInt32(block + half * 4);
    extend(words);
    compress(state, words);
  }
  return [...state].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

/** One half of a word turned right by less than 32 bits; `other` is the half from which bits come in. */
function turn(half: number, other: number, by: number): number {
  return (half >>> by) | (other << (32 - by));
}

/** Makes eighty words of sixteen. */
function extend(words: Int32Array): void {
  for (let at = 32; at < 2 * ROUNDS; at += 2) {
    const [h, l] = [words[at - 30]!, words[at - 29]!];
    const [high, low] = [words[at - 4]!, words[at - 3]!];
    const sum =
      ((turn(l, h, 1) ^ turn(l, h, 8) ^ turn(l, h, 7)) >>> 0) +
      ((turn(low, high, 19) ^ turn(high, low, 29) ^ turn(low, high, 6)) >>> 0) +
      (words[at - 31]! >>> 0) +
      (words[at - 13]! >>> 0);
    words[at] =
      (turn(h, l, 1) ^ turn(h, l, 8) ^ (h >>> 7)) +
      (turn(high, low, 19) ^ turn(low, high, 29) ^ (high >>> 6)) +
      words[at - 32]! +
      words[at - 14]! +
      Math.floor(sum / HALF);
    words[at + 1] = sum;
  }
}

function compress(state: Int32Array, words: Int32Array): void {
  // a to h of the standard, in this order.
  const s = Int32Array.from(state);
  for (let at = 0; at < 2 * ROUNDS; at += 2) {
    const [eh, el, ah, al] = [s[8]!, s[9]!, s[0]!, s[1]!];
    const lowFirst =
      (s[15]! >>> 0) +
      ((turn(el, eh, 14) ^ turn(el, eh, 18) ^ turn(eh, el, 9)) >>> 0) +
      (((el & s[11]!) ^ (~el & s[13]!)) >>> 0) +
      (CONSTANTS[at + 1]! >>> 0) +
      (words[at + 1]! >>> 0);
    const highFirst =
      s[14]! +
      (turn(eh, el, 14) ^ turn(eh, el, 18) ^ turn(el, eh, 9)) +
      ((eh & s[10]!) ^ (~eh & s[12]!)) +
      CONSTANTS[at]! +
      words[at]! +
      Math.floor(lowFirst / HALF);
    const lowSecond =
      ((turn(al, ah, 28) ^ turn(ah, al, 2) ^ turn(ah, al, 7)) >>> 0) +
      (((al & s[3]!) ^ (al & s[5]!) ^ (s[3]! & s[5]!)) >>> 0);
    const highSecond =
      (turn(ah, al, 28) ^ turn(al, ah, 2) ^ turn(al, ah, 7)) + ((ah & s[2]!) ^ (ah & s[4]!) ^ (s[2]! & s[4]!));
    const lowE = (s[7]! >>> 0) + (lowFirst >>> 0);
    const lowA = (lowFirst >>> 0) + lowSecond;
    const highD = s[6]!;
    s.copyWithin(2, 0, 14);
    s[8] = highD + highFirst + Math.floor(lowE / HALF);
    s[9] = lowE;
    s[0] = highFirst + highSecond + Math.floor(lowA / HALF);
    s[1] = lowA;
  }
  for (let half = 14; half >= 0; half -= 2) {
    const low = (state[half + 1]! >>> 0) + (s[half + 1]! >>> 0);
    state[half] = state[half]! + s[half]! + Math.floor(low / HALF);
    state[half + 1] = low;
  }
}
