// The Distinguished Encoding Rules, as far as certificates and keys need them. X.690

/** A value: its tag, its contents, and all of it with tag and length. */
export interface Der {
  readonly tag: number;
  readonly body: Uint8Array;
  readonly whole: Uint8Array;
}

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** What is no DER. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** The values that stand one after another. Throws DerError. */
export function readAll(bytes: Uint8Array): Der[] {
  const values: Der[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!;
    let length = bytes[at + 1] ?? 0;
    let start = at + 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4) throw new DerError('length of a value');
      length = 0;
      for (let index = 0; index < count; index++) length = length * 256 + (bytes[start + index] ?? 0);
      start += count;
    }
    const end = start + length;
    if (end > bytes.length) throw new DerError('value ends too early');
    values.push({ tag, body: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return values;
}

/** The one value there is, of a kind. Throws DerError. */
export function readOne(bytes: Uint8Array, tag: number): Der {
  const [value] = readAll(bytes);
  if (value?.tag !== tag) throw new DerError('another kind of value');
  return value;
}

export function write(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  const result = new Uint8Array(1 + size.length + length);
  result.set([tag, ...size]);
  let at = 1 + size.length;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** An unsigned number. */
export function writeInteger(bytes: Uint8Array): Uint8Array {
  return write(TAG.integer, bytes[0]! >= 0x80 ? Uint8Array.of(0) : new Uint8Array(0), bytes);
}

export function readOid({ body }: Der): string {
  const numbers: number[] = [Math.floor(body[0]! / 40), body[0]! % 40];
  let value = 0;
  for (const byte of body.subarray(1)) {
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(value);
      value = 0;
    }
  }
  return numbers.join('.');
}

export function writeOid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const groups = [number & 0x7f];
    for (let left = number >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return write(TAG.oid, Uint8Array.from(bytes));
}
