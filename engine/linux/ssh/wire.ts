import { concatBytes, decode, encode } from '../stdio.ts';

// How the protocol writes its data. RFC 4251, section 5

/** What a message, a key or a signature is made of. */
export type Field = number | boolean | string | Uint8Array;

/** A message number as it is, numbers as `uint32`, texts and bytes as `string`. */
export function writeMessage(number: number, ...fields: readonly Field[]): Uint8Array {
  return concatBytes([Uint8Array.of(number), writeFields(...fields)]);
}

export function writeFields(...fields: readonly Field[]): Uint8Array {
  return concatBytes(fields.flatMap(piecesOf));
}

function piecesOf(field: Field): Uint8Array[] {
  if (typeof field === 'number') return [uint32(field)];
  if (typeof field === 'boolean') return [Uint8Array.of(field ? 1 : 0)];
  const bytes = typeof field === 'string' ? encode(field) : field;
  return [uint32(bytes.length), bytes];
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** What breaks the protocol's rules: whoever hears it hangs up. */
export class SshError extends Error {
  override readonly name = 'SshError';
}

/** Takes fields off a message from its front. Throws SshError where there are none. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(): number {
    const at = this.#forward(4);
    return readUint32(this.#bytes, at);
  }

  boolean(): boolean {
    return this.#bytes[this.#forward(1)] !== 0;
  }

  bytes(): Uint8Array {
    const length = this.number();
    const at = this.#forward(length);
    return this.#bytes.slice(at, at + length);
  }

  text(): string {
    return decode(this.bytes());
  }

  #forward(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new SshError('message too short');
    this.#at += count;
    return at;
  }
}
