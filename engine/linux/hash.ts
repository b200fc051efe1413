/** A digest being computed. */
export interface Hash {
  update(data: Uint8Array): void;
  digest(): Uint8Array;
}

export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648: so many characters of it, of which each takes five bits. */
export function base32(bytes: Uint8Array, characters: number): string {
  let text = '';
  for (let bit = 0; text.length < characters; bit += 5) {
    const pair = (bytes[bit >> 3]! << 8) | bytes[(bit >> 3) + 1]!;
    text += BASE32[(pair >> (11 - (bit & 7))) & 31];
  }
  return text;
}

/** Cuts the data into blocks of 64 bytes and pads the last as MD5 and the SHA family do. */
function blockHash(state: Int32Array, compress: (data: DataView, start: number) => void, littleEndian: boolean): Hash {
  const block = new Uint8Array(64);
  const view = new DataView(block.buffer);
  let filled = 0;
  let total = 0;
  return {
    update(data) {
      total += data.length;
      let at = 0;
      if (filled > 0) {
        at = Math.min(64 - filled, data.length);
        block.set(data.subarray(0, at), filled);
        filled += at;
        if (filled < 64) return;
        compress(view, 0);
      }
      // Whole blocks are read where they are.
      const given = new DataView(data.buffer, data.byteOffset, data.length);
      for (; at + 64 <= data.length; at += 64) compress(given, at);
      block.set(data.subarray(at));
      filled = data.length - at;
    },
    digest() {
      const bits = total * 8;
      block[filled++] = 0x80;
      if (filled > 56) {
        block.fill(0, filled);
        compress(view, 0);
        filled = 0;
      }
      block.fill(0, filled, 56);
      view.setUint32(littleEndian ? 56 : 60, bits % 2 ** 32, littleEndian);
      view.setUint32(littleEndian ? 60 : 56, Math.floor(bits / 2 ** 32), littleEndian);
      compress(view, 0);
      const result = new DataView(new ArrayBuffer(state.length * 4));
      for (let at = 0; at < state.length; at++) result.setInt32(at * 4, state[at]!, littleEndian);
      return new Uint8Array(result.buffer);
    },
  };
}

function rotateLeft(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count));
}

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const MD5_SINES = Int32Array.from({ length: 64 }, (_, at) => Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32) | 0);

/** RFC 1321. */
export function createMd5(): Hash {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  return blockHash(
    state,
    (data, start) => {
      let [a, b, c, d] = state as unknown as [number, number, number, number];
      for (let at = 0; at < 64; at++) {
        const round = at >> 4;
        const mix =
          round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
        const word =
          round === 0 ? at : round === 1 ? (5 * at + 1) & 15 : round === 2 ? (3 * at + 5) & 15 : (7 * at) & 15;
        const sum = (a + mix + MD5_SINES[at]! + data.getInt32(start + word * 4, true)) | 0;
        [a, d, c, b] = [d, c, b, (b + rotateLeft(sum, MD5_SHIFTS[round * 4 + (at & 3)]!)) | 0];
      }
      for (const [at, word] of [a, b, c, d].entries()) state[at] = state[at]! + word;
    },
    true,
  );
}

/** RFC 3174. */
export function createSha1(): Hash {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const words = new Int32Array(80);
  const constants = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];
  return blockHash(
    state,
    (data, start) => {
      for (let at = 0; at < 16; at++) words[at] = data.getInt32(start + at * 4);
      for (let at = 16; at < 80; at++)
        words[at] = rotateLeft(words[at - 3]! ^ words[at - 8]! ^ words[at - 14]! ^ words[at - 16]!, 1);
      let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
      for (let at = 0; at < 80; at++) {
        const round = Math.floor(at / 20);
        const mix = round === 0 ? (b & c) | (~b & d) : round === 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        const sum = (rotateLeft(a, 5) + mix + e + constants[round]! + words[at]!) | 0;
        [e, d, c, b, a] = [d, c, rotateLeft(b, 30), a, sum];
      }
      for (const [at, word] of [a, b, c, d, e].entries()) state[at] = state[at]! + word;
    },
    false,
  );
}

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. FIPS 180-4, section 4.2.2. */
const SHA256_CONSTANTS = Int32Array.from(primes(64), (prime) => Math.floor((Math.cbrt(prime) % 1) * 2 ** 32) | 0);
/** Of the square roots of the first 8. Section 5.3.3. */
const SHA256_START = Int32Array.from(primes(8), (prime) => Math.floor((Math.sqrt(prime) % 1) * 2 ** 32) | 0);

function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

/** FIPS 180-4. */
export function createSha256(): Hash {
  const state = SHA256_START.slice();
  return blockHash(state, (data, start) => compressSha256(state, data, start), false);
}

function rotateRight(value: number, count: number): number {
  return (value >>> count) | (value << (32 - count));
}

/** Room for the message schedule of the block that is being compressed: nothing is kept in it from one to the next. */
const SHA256_WORDS = new Int32Array(64);

function compressSha256(state: Int32Array, data: DataView, start: number): void {
  const words = SHA256_WORDS;
  for (let at = 0; at < 16; at++) words[at] = data.getInt32(start + at * 4);
  for (let at = 16; at < 64; at++) {
    const x = words[at - 15]!;
    const y = words[at - 2]!;
    const s0 = rotateRight(x, 7) ^ rotateRight(x, 18) ^ (x >>> 3);
    const s1 = rotateRight(y, 17) ^ rotateRight(y, 19) ^ (y >>> 10);
    words[at] = (words[at - 16]! + s0 + words[at - 7]! + s1) | 0;
  }
  // One by one, here and below: an array a round would be most of what a booting cluster allocates for its tokens.
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let at = 0; at < 64; at++) {
    const s1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + SHA256_CONSTANTS[at]! + words[at]!) | 0;
    const s0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
  state[4] = state[4]! + e;
  state[5] = state[5]! + f;
  state[6] = state[6]! + g;
  state[7] = state[7]! + h;
}
