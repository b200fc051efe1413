const FIRST_BYTES = 1024;
const WIRE = { varint: 0, fixed64: 1, bytes: 2 } as const;

/**
 * Writes a message from its end to its beginning, as Go's encoder does: when the length of what is nested is needed, that
 * has been written. What stands last comes first.
 * https://protobuf.dev/programming-guides/encoding/
 */
export class BackwardWriter {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #start = FIRST_BYTES;

  /** How many bytes there are. */
  get length(): number {
    return this.#buffer.length - this.#start;
  }

  /** What has been written; nothing may be written after that. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start);
  }

  /** @param value two's complement of 64 bits when negative */
  integer(number: number, value: number): void {
    this.#varint(value);
    this.#varint(number * 8 + WIRE.varint);
  }

  double(number: number, value: number): void {
    this.#room(8);
    this.#start -= 8;
    this.#buffer.writeDoubleLE(value, this.#start);
    this.#varint(number * 8 + WIRE.fixed64);
  }

  text(number: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#room(length);
    this.#start -= length;
    this.#buffer.write(value, this.#start);
    this.#close(number, length);
  }

  bytesField(number: number, value: Uint8Array): void {
    this.raw(value);
    this.#close(number, value.length);
  }

  /** Ends (at its beginning) a message that reaches to where `length` was `before`. */
  message(number: number, before: number): void {
    this.#close(number, this.length - before);
  }

  raw(value: Uint8Array): void {
    this.#room(value.length);
    this.#start -= value.length;
    this.#buffer.set(value, this.#start);
  }

  #close(number: number, length: number): void {
    this.#varint(length);
    this.#varint(number * 8 + WIRE.bytes);
  }

  #varint(value: number): void {
    if (value >= 0 && value < 0x80) {
      this.#room(1);
      this.#buffer[--this.#start] = value;
      return;
    }
    const bytes: number[] = [];
    let rest = value < 0 ? BigInt.asUintN(64, BigInt(Math.trunc(value))) : BigInt(Math.trunc(value));
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    this.#room(bytes.length);
    this.#start -= bytes.length;
    this.#buffer.set(bytes, this.#start);
  }

  #room(wanted: number): void {
    if (this.#start >= wanted) return;
    const { length, bytes } = this;
    const larger = Buffer.allocUnsafe(Math.max(length + wanted, this.#buffer.length * 2));
    larger.set(bytes, larger.length - length);
    this.#start = larger.length - length;
    this.#buffer = larger;
  }
}
