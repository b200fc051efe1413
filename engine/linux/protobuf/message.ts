import { encode } from '../stdio.ts';
import {
  isEnum,
  type Message,
  type MessageDescriptor,
  type MessageInput,
  type MessageSet,
  shapeOf,
} from './descriptor.ts';
import { packVarints, readFields, readPacked, WireError, type WireValue, WireWriter } from './wire.ts';

export type { Message, MessageInput, MessageSet } from './descriptor.ts';

type Plain = Record<string, unknown>;

/** Keeps recursion bounded, as the real libraries do. */
const MAX_DEPTH = 100;
const NOTHING = new Uint8Array(0);
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A message in the wire format. What equals its zero value is not written. Throws Error for what the set does not know. */
export function encodeMessage<S extends MessageSet, M extends keyof S & string>(
  set: S,
  name: M,
  message: MessageInput<S, M>,
): Uint8Array {
  return encodeFields(set, name, message as Plain);
}

/**
 * A message from the wire format. Fields that the set does not know are left out.
 *
 * @throws WireError for what is no such message
 */
export function decodeMessage<S extends MessageSet, M extends keyof S & string>(
  set: S,
  name: M,
  bytes: Uint8Array,
): Message<S, M> {
  return decodeFields(set, name, bytes, 0) as Message<S, M>;
}

function descriptorOf(set: MessageSet, name: string): MessageDescriptor {
  const descriptor = Object.hasOwn(set, name) ? set[name]! : undefined;
  if (descriptor === undefined || isEnum(descriptor)) throw new Error(`no message ${name} is described`);
  return descriptor;
}

function encodeFields(set: MessageSet, name: string, message: Plain): Uint8Array {
  const writer = new WireWriter();
  for (const [field, [number, type]] of Object.entries(descriptorOf(set, name))) {
    const value = Object.hasOwn(message, field) ? message[field] : undefined;
    if (value === undefined) continue;
    const { shape, of, key = 'string' } = shapeOf(type);
    if (shape === 'repeated') writeRepeated(writer, set, number, of, value as readonly unknown[]);
    else if (shape === 'map') {
      for (const [entryKey, entryValue] of Object.entries(value as Plain)) {
        const entry = new WireWriter();
        writeSingle(entry, set, 1, key, key === 'string' ? entryKey : Number(entryKey), false);
        writeSingle(entry, set, 2, of, entryValue, false);
        writer.bytesField(number, entry.bytes);
      }
    } else writeSingle(writer, set, number, of, value, shape === 'single');
  }
  return writer.bytes;
}

function writeRepeated(
  writer: WireWriter,
  set: MessageSet,
  number: number,
  of: string,
  values: readonly unknown[],
): void {
  if (values.length === 0) return;
  if (isVarint(set, of)) {
    writer.bytesField(number, packVarints(values.map((value) => varintOf(set, of, value))));
    return;
  }
  for (const value of values) writeSingle(writer, set, number, of, value, false);
}

function writeSingle(
  writer: WireWriter,
  set: MessageSet,
  number: number,
  of: string,
  value: unknown,
  skipZero: boolean,
): void {
  if (isVarint(set, of)) {
    const integer = varintOf(set, of, value);
    if (integer !== 0n || !skipZero) writer.varint(number, integer);
  } else if (of === 'double') {
    if (value !== 0 || !skipZero) writer.double(number, value as number);
  } else if (of === 'string' || of === 'bytes') {
    const bytes = typeof value === 'string' ? encode(value) : (value as Uint8Array);
    if (bytes.length > 0 || !skipZero) writer.bytesField(number, bytes);
  } else writer.bytesField(number, encodeFields(set, of, value as Plain));
}

function isVarint(set: MessageSet, of: string): boolean {
  return of === 'bool' || /^u?int(32|64)$/.test(of) || enumOf(set, of) !== undefined;
}

function enumOf(set: MessageSet, of: string): readonly string[] | undefined {
  const descriptor = Object.hasOwn(set, of) ? set[of]! : undefined;
  return descriptor !== undefined && isEnum(descriptor) ? descriptor : undefined;
}

function varintOf(set: MessageSet, of: string, value: unknown): bigint {
  if (of === 'bool') return value === true ? 1n : 0n;
  const names = enumOf(set, of);
  const number = names === undefined ? (value as number) : names.indexOf(value as string);
  if (!Number.isInteger(number) || (names !== undefined && number < 0)) {
    throw new Error(`${String(value)} is no ${of}`);
  }
  return BigInt(number);
}

function decodeFields(set: MessageSet, name: string, bytes: Uint8Array, depth: number): Plain {
  if (depth > MAX_DEPTH) throw new WireError('exceeded max recursion depth');
  const descriptor = descriptorOf(set, name);
  const byNumber = new Map<number, string>();
  const message: Plain = {};
  for (const [field, [number, type]] of Object.entries(descriptor)) {
    byNumber.set(number, field);
    message[field] = zeroOf(set, type);
  }
  for (const { number, value } of readFields(bytes)) {
    const field = byNumber.get(number);
    if (field === undefined) continue;
    const { shape, of, key = 'string' } = shapeOf(descriptor[field]![1]);
    if (shape === 'repeated') (message[field] as unknown[]).push(...readRepeated(set, of, value, depth));
    else if (shape === 'map') readEntry(set, message[field] as Plain, key, of, value, depth);
    else message[field] = readSingle(set, of, value, depth);
  }
  return message;
}

function zeroOf(set: MessageSet, type: string): unknown {
  const { shape, of } = shapeOf(type);
  if (shape === 'repeated') return [];
  if (shape === 'map') return {};
  return shape === 'optional' ? undefined : zeroOfSingle(set, of);
}

function zeroOfSingle(set: MessageSet, of: string): unknown {
  if (of === 'string') return '';
  if (of === 'bytes') return NOTHING;
  if (of === 'bool') return false;
  if (of === 'double' || /^u?int(32|64)$/.test(of)) return 0;
  return enumOf(set, of)?.[0];
}

function readRepeated(set: MessageSet, of: string, value: WireValue, depth: number): readonly unknown[] {
  if (!isVarint(set, of) || value.type !== 'bytes') return [readSingle(set, of, value, depth)];
  return [...readPacked(value.bytes)].map((integer) => fromVarint(set, of, integer));
}

function readEntry(set: MessageSet, map: Plain, key: string, of: string, entry: WireValue, depth: number): void {
  let name = key === 'string' ? '' : '0';
  let value = isVarint(set, of) || of === 'double' ? zeroOfSingle(set, of) : undefined;
  for (const field of readFields(bytesOf(entry))) {
    if (field.number === 1) name = String(readSingle(set, key, field.value, depth));
    else if (field.number === 2) value = readSingle(set, of, field.value, depth);
  }
  value ??= readSingle(set, of, { type: 'bytes', bytes: NOTHING }, depth);
  // Not an assignment: a key may be `__proto__`.
  Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true });
}

function readSingle(set: MessageSet, of: string, value: WireValue, depth: number): unknown {
  if (isVarint(set, of)) {
    if (value.type !== 'varint') throw new WireError('wrong wireType');
    return fromVarint(set, of, value.value);
  }
  switch (of) {
    case 'string':
      return textOf(bytesOf(value));
    case 'bytes':
      return bytesOf(value).slice();
    case 'double': {
      if (value.type !== 'fixed' || value.bytes.length !== 8) throw new WireError('wrong wireType');
      return new DataView(value.bytes.buffer, value.bytes.byteOffset, 8).getFloat64(0, true);
    }
    default:
      return decodeFields(set, of, bytesOf(value), depth + 1);
  }
}

/** A value that an enum does not know counts as its zero. */
function fromVarint(set: MessageSet, of: string, value: bigint): unknown {
  if (of === 'bool') return value !== 0n;
  const names = enumOf(set, of);
  if (names !== undefined) return names[Number(BigInt.asIntN(32, value))] ?? names[0];
  if (of.startsWith('u')) return Number(of === 'uint32' ? BigInt.asUintN(32, value) : value);
  return Number(BigInt.asIntN(of === 'int32' ? 32 : 64, value));
}

function bytesOf(value: WireValue): Uint8Array {
  if (value.type !== 'bytes') throw new WireError('wrong wireType');
  return value.bytes;
}

function textOf(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    throw new WireError('string field contains invalid UTF-8');
  }
}
