import { decode, encode } from '../../stdio.ts';
import type { FileType } from '../../syscalls.ts';

/** A member of an archive. */
export interface TarEntry {
  readonly name: string;
  readonly type: FileType | 'hardlink';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  readonly groupName: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** Of links. */
  readonly target: string;
}

export const BLOCK_BYTES = 512;

const TYPE_FLAGS: Readonly<Record<string, TarEntry['type']>> = {
  '0': 'file',
  '\0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};

const FLAG_OF = Object.fromEntries(
  Object.entries(TYPE_FLAGS)
    .filter(([flag]) => flag !== '\0')
    .map(([flag, type]) => [type, flag]),
);

/** The header of an entry, in the format of POSIX with GNU's long names. */
export function tarHeader(entry: TarEntry): Uint8Array[] {
  const long: Uint8Array[] = [];
  if (encode(entry.name).length > 100) long.push(...longName('L', entry.name));
  if (encode(entry.target).length > 100) long.push(...longName('K', entry.target));
  return [...long, header(entry, FLAG_OF[entry.type] ?? '0')];
}

function longName(flag: string, name: string): Uint8Array[] {
  const bytes = encode(`${name}\0`);
  const entry = {
    name: '././@LongLink',
    type: 'file',
    mode: 0,
    uid: 0,
    gid: 0,
    userName: 'root',
    groupName: 'root',
    modifiedMs: 0,
    target: '',
  } as const;
  return [header({ ...entry, size: bytes.length }, flag), padded(bytes)];
}

/** Bytes up to a whole number of blocks. */
export function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES);
  whole.set(bytes);
  return whole;
}

function header(entry: TarEntry, flag: string): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  const put = (at: number, length: number, bytes: Uint8Array) => block.set(bytes.subarray(0, length), at);
  const octal = (at: number, length: number, value: number) =>
    put(
      at,
      length,
      encode(
        `${Math.max(0, value)
          .toString(8)
          .padStart(length - 1, '0')}\0`,
      ),
    );
  put(0, 100, encode(entry.name));
  octal(100, 8, entry.mode);
  octal(108, 8, entry.uid);
  octal(116, 8, entry.gid);
  octal(124, 12, entry.size);
  octal(136, 12, Math.floor(entry.modifiedMs / 1000));
  put(148, 8, encode('        '));
  put(156, 1, encode(flag));
  put(157, 100, encode(entry.target));
  put(257, 8, encode('ustar  \0'));
  put(265, 32, encode(entry.userName));
  put(297, 32, encode(entry.groupName));
  put(148, 8, encode(`${checksum(block).toString(8).padStart(6, '0')}\0 `));
  return block;
}

function checksum(block: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < BLOCK_BYTES; at++) sum += at >= 148 && at < 156 ? 32 : block[at]!;
  return sum;
}

/** The bytes are no archive. */
export class TarError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** The entries of an archive with their content. Throws TarError, after what could be read has been given out. */
export function* tarEntries(bytes: Uint8Array): Generator<{ entry: TarEntry; content: Uint8Array }> {
  const long: { L?: string; K?: string } = {};
  if (bytes.length > 0 && bytes.length < BLOCK_BYTES) throw new TarError('This does not look like a tar archive');
  for (let at = 0; at + BLOCK_BYTES <= bytes.length; ) {
    const block = bytes.subarray(at, at + BLOCK_BYTES);
    at += BLOCK_BYTES;
    if (block.every((byte) => byte === 0)) return;
    const number = (from: number, length: number) => Number.parseInt(text(block, from, length).trim() || '0', 8);
    if (number(148, 8) !== checksum(block)) throw new TarError('This does not look like a tar archive');
    const size = number(124, 12);
    const content = bytes.subarray(at, at + size);
    at += Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    const flag = text(block, 156, 1) || '\0';
    if (flag === 'L' || flag === 'K') {
      long[flag] = decode(content).replace(/\0.*$/s, '');
      continue;
    }
    if (flag === 'x' || flag === 'g') {
      if (flag === 'x') Object.assign(long, paxNames(decode(content)));
      continue;
    }
    if (content.length < size) throw new TarError('Unexpected EOF in archive');
    const prefix = text(block, 257, 6) === 'ustar' ? text(block, 345, 155) : '';
    const name = text(block, 0, 100);
    const entry: TarEntry = {
      name: long.L ?? (prefix === '' ? name : `${prefix}/${name}`),
      type: TYPE_FLAGS[flag] ?? 'file',
      mode: number(100, 8) & 0o7777,
      uid: number(108, 8),
      gid: number(116, 8),
      userName: text(block, 265, 32),
      groupName: text(block, 297, 32),
      size,
      modifiedMs: number(136, 12) * 1000,
      target: long.K ?? text(block, 157, 100),
    };
    delete long.L;
    delete long.K;
    yield { entry, content };
  }
}

function text(block: Uint8Array, from: number, length: number): string {
  return decode(block.subarray(from, from + length)).replace(/\0.*$/s, '');
}

/** `path` and `linkpath` of a pax header: lines of length, blank, key=value. */
function paxNames(text: string): { L?: string; K?: string } {
  const found: { L?: string; K?: string } = {};
  for (const match of text.matchAll(/\d+ (path|linkpath)=([^\n]*)\n/g))
    found[match[1] === 'path' ? 'L' : 'K'] = match[2]!;
  return found;
}
