// Reads Go struct tags out of a linked Go program: they carry what no published schema does, such as protobuf field
// numbers. Layout after the Go runtime's internal/abi/type.go (abi.Type, abi.StructType, abi.UncommonType).

export interface GoField {
  readonly name: string;
  readonly tag: string;
  /** Whether its type is a pointer. */
  readonly pointer: boolean;
}

export interface GoStruct {
  /** E.g. `k8s.io/api/core/v1`. */
  readonly packagePath: string;
  /** E.g. `PodSpec`. */
  readonly name: string;
  readonly fields: readonly GoField[];
}

const KIND = { pointer: 22, struct: 25 } as const;
const KIND_MASK = 31;
const TFLAG_UNCOMMON = 1;
const NAME_TAGGED = 2;
const MAX_FIELDS = 400;
const MAX_NAME = 300;
const MAX_TAG = 4000;

/** The named structs with tagged fields of a 64-bit little-endian ELF executable. */
export function* readGoStructs(program: Buffer): Generator<GoStruct> {
  const types = readOnlySection(program);
  for (let at = 0; at + 96 < types.bytes.length; at += 8) {
    const struct = types.structAt(at);
    if (struct !== undefined) yield struct;
  }
}

/** `.rodata`, where the linker puts types first: offsets to names count from its start. */
function readOnlySection(program: Buffer): TypeSection {
  if (program.readUInt32BE(0) !== 0x7f454c46) throw new Error('not an ELF program');
  const table = Number(program.readBigUInt64LE(0x28));
  const entrySize = program.readUInt16LE(0x3a);
  const count = program.readUInt16LE(0x3c);
  const header = (index: number) => {
    const start = table + index * entrySize;
    const word = (offset: number) => Number(program.readBigUInt64LE(start + offset));
    return { name: program.readUInt32LE(start), address: word(0x10), offset: word(0x18), size: word(0x20) };
  };
  const names = header(program.readUInt16LE(0x3e));
  for (let index = 0; index < count; index++) {
    const { name, address, offset, size } = header(index);
    const start = names.offset + name;
    if (program.toString('latin1', start, start + 8) !== '.rodata\0') continue;
    return new TypeSection(program.subarray(offset, offset + size), address);
  }
  throw new Error('the program has no .rodata');
}

class TypeSection {
  readonly bytes: Buffer;
  readonly #address: number;

  constructor(bytes: Buffer, address: number) {
    this.bytes = bytes;
    this.#address = address;
  }

  /** The struct type whose descriptor is at an offset, if one is. */
  structAt(at: number): GoStruct | undefined {
    const { bytes } = this;
    if ((bytes[at + 23]! & KIND_MASK) !== KIND.struct || (bytes[at + 20]! & TFLAG_UNCOMMON) === 0) return undefined;
    const first = this.#pointer(at + 56);
    const count = Number(bytes.readBigUInt64LE(at + 64));
    if (first === undefined || count === 0 || count > MAX_FIELDS) return undefined;
    if (Number(bytes.readBigUInt64LE(at + 72)) !== count) return undefined;
    const fields: GoField[] = [];
    for (let index = 0; index < count; index++) {
      const field = this.#fieldAt(first + index * 24);
      if (field === undefined) return undefined;
      fields.push(field);
    }
    const name = this.#nameAt(bytes.readInt32LE(at + 40))?.name.replace(/^\*?\w+\./, '');
    const packagePath = this.#nameAt(bytes.readInt32LE(at + 80))?.name;
    return name === undefined || packagePath === undefined ? undefined : { packagePath, name, fields };
  }

  #fieldAt(at: number): GoField | undefined {
    if (at + 24 > this.bytes.length) return undefined;
    const nameAt = this.#pointer(at);
    const typeAt = this.#pointer(at + 8);
    if (nameAt === undefined || typeAt === undefined) return undefined;
    const named = this.#nameAt(nameAt);
    return named && { ...named, pointer: (this.bytes[typeAt + 23]! & KIND_MASK) === KIND.pointer };
  }

  /** The offset that the pointer at an offset leads to, if that is in this section. */
  #pointer(at: number): number | undefined {
    const target = Number(this.bytes.readBigUInt64LE(at)) - this.#address;
    return target >= 0 && target < this.bytes.length - 24 ? target : undefined;
  }

  #nameAt(at: number): Omit<GoField, 'pointer'> | undefined {
    if (at < 0 || at + MAX_NAME + MAX_TAG > this.bytes.length) return undefined;
    const flags = this.bytes[at]!;
    const name = this.#text(at + 1, MAX_NAME);
    if (name === undefined) return undefined;
    const tag = (flags & NAME_TAGGED) === 0 ? undefined : this.#text(name.end, MAX_TAG);
    return { name: name.text, tag: tag?.text ?? '' };
  }

  /** A text after its length, which is a varint of at most two bytes here. */
  #text(at: number, most: number): { readonly text: string; readonly end: number } | undefined {
    const low = this.bytes[at]!;
    const long = low >= 0x80;
    const length = long ? (low & 0x7f) | (this.bytes[at + 1]! << 7) : low;
    const start = at + (long ? 2 : 1);
    return length > most
      ? undefined
      : { text: this.bytes.toString('utf8', start, start + length), end: start + length };
  }
}
