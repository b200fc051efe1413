// The protobuf wire format: https://protobuf.dev/programming-guides/encoding/

/** Bytes that are no protobuf message. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** The value of one field as it stands on the wire, before anyone knows its type. */
export type WireValue =
  | { readonly type: 'varint'; readonly value: bigint }
  | { readonly type: 'fixed'; readonly bytes: Uint8Array }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array };

export interface WireField {
  readonly number: number;
  readonly value: WireValue;
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const MAX_VARINT_BYTES = 10;

/** The fields of a message, in the order they were written. @throws WireError */
export function* readFields(message: Uint8Array): Generator<WireField> {
  const reader = new Reader(message);
  while (!reader.done) {
    const key = Number(reader.varint());
    const number = Math.floor(key / 8);
    if (number === 0) throw new WireError('illegal tag 0');
    yield { number, value: readValue(reader, key & 7, number) };
  }
}

function readValue(reader: Reader, wireType: number, number: number): WireValue {
  switch (wireType) {
    case WIRE.varint:
      return { type: 'varint', value: reader.varint() };
    case WIRE.fixed64:
      return { type: 'fixed', bytes: reader.take(8) };
    case WIRE.fixed32:
      return { type: 'fixed', bytes: reader.take(4) };
    case WIRE.bytes:
      return { type: 'bytes', bytes: reader.take(Number(reader.varint())) };
    default:
      throw new WireError(`illegal wireType ${wireType} of field ${number}`);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let small = 0;
    // Most are short; only long ones need the arithmetic of large integers.
    for (let index = 0; index < 4; index++) {
      const byte = this.#next();
      small |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return BigInt(small);
    }
    let value = BigInt(small);
    for (let index = 4; index < MAX_VARINT_BYTES; index++) {
      const byte = this.#next();
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError('integer overflow');
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new WireError('unexpected EOF');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #next(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new WireError('unexpected EOF');
    return byte;
  }
}

/** Writes a message field by field. */
export class WireWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** @param value as two's complement of 64 bits when negative */
  varint(number: number, value: bigint): void {
    this.#varint(number * 8 + WIRE.varint);
    this.#varint(BigInt.asUintN(64, value));
  }

  double(number: number, value: number): void {
    this.#varint(number * 8 + WIRE.fixed64);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    this.#append(bytes);
  }

  bytesField(number: number, value: Uint8Array): void {
    this.#varint(number * 8 + WIRE.bytes);
    this.#varint(value.length);
    this.#append(value);
  }

  #varint(value: number | bigint): void {
    const piece: number[] = [];
    let rest = BigInt(value);
    for (; rest >= 0x80n; rest >>= 7n) piece.push(Number(rest & 0x7fn) | 0x80);
    piece.push(Number(rest));
    this.#append(piece);
  }

  #append(piece: ArrayLike<number>): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2));
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }
}

/** Varints written one after the other without tags: a packed field. @throws WireError */
export function* readPacked(bytes: Uint8Array): Generator<bigint> {
  const reader = new Reader(bytes);
  while (!reader.done) yield reader.varint();
}

export function packVarints(values: readonly bigint[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = BigInt.asUintN(64, value);
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
  }
  return Uint8Array.from(bytes);
}
