import { DONE, type Task } from '../sim/index.ts';
import { Errno } from './errno.ts';
import type { Process } from './syscalls.ts';

// What the C library gives a program beyond system calls: text in and out of descriptors.

const ENCODER = new TextEncoder();
const STRICT_DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes that are not UTF-8 live in strings as U+DC80…U+DCFF, as Python's `surrogateescape` does, and come back as they were. */
const ESCAPE = 0xdc00;

/** Up to here a loop is faster than the platform's encoder, and the bytes lie within the heap. */
const SHORT_LENGTH = 64;

/** Text as UTF-8; escaped bytes become themselves again. */
export function encode(text: string): Uint8Array {
  if (text.length <= SHORT_LENGTH) {
    const bytes = new Uint8Array(text.length);
    let at = 0;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit >= 0x80) break;
      bytes[at] = unit;
    }
    if (at === text.length) return bytes;
  }
  if (text.isWellFormed()) return ENCODER.encode(text);
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      i += 1;
      continue;
    }
    pieces.push(ENCODER.encode(text.slice(start, i)));
    pieces.push(
      unit >= ESCAPE + 0x80 && unit <= ESCAPE + 0xff ? Uint8Array.of(unit - ESCAPE) : ENCODER.encode('\ufffd'),
    );
    start = i + 1;
  }
  pieces.push(ENCODER.encode(text.slice(start)));
  return concatBytes(pieces);
}

/** UTF-8 as text; bytes that are not UTF-8 are escaped, so that `encode(decode(bytes))` is `bytes`. */
export function decode(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  try {
    return STRICT_DECODER.decode(bytes);
  } catch {
    return decodeEscaping(bytes);
  }
}

function decodeEscaping(bytes: Uint8Array): string {
  let text = '';
  let valid = 0;
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    text += STRICT_DECODER.decode(bytes.subarray(valid, i)) + String.fromCharCode(ESCAPE + bytes[i]!);
    i += 1;
    valid = i;
  }
  return text + STRICT_DECODER.decode(bytes.subarray(valid));
}

/** How many bytes the UTF-8 sequence at `at` has; 0 when there is none. RFC 3629, section 4. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  const second = bytes[at + 1]!;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  let size = 0;
  for (const piece of pieces) size += piece.length;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/** Writes text to standard output. */
export function print(process: Process, text: string): Task<void> {
  return text === '' ? DONE : process.write(1, encode(text));
}

/** Writes text to standard error. */
export function printError(process: Process, text: string): Task<void> {
  return text === '' ? DONE : process.write(2, encode(text));
}

/** The name a program calls itself by in its messages: the last part of argv[0]. */
export function programName(process: Process): string {
  const argv0 = process.argv[0] ?? '';
  return argv0.slice(argv0.lastIndexOf('/') + 1).replace(/^-/, '');
}

/** Prints `<program>: <message>` to standard error and returns the exit code: `return yield* fail(process, '…')`. */
export function* fail(process: Process, message: string, exitCode = 1): Task<number> {
  yield* printError(process, `${programName(process)}: ${message}\n`);
  return exitCode;
}

/** Everything up to the end of the file. Beyond `limit` bytes it throws EFBIG: nothing in a simulation needs more. */
export function* readAll(process: Process, fd: number, limit = 64 * 1024 * 1024): Task<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const piece = yield* process.read(fd);
    if (piece.length === 0) return pieces.length === 0 ? piece : concatBytes(pieces);
    size += piece.length;
    if (size > limit) throw new Errno('EFBIG');
    pieces.push(piece);
  }
}

export interface LineReader {
  /** The next line without its newline; undefined at the end. */
  next(): Task<string | undefined>;
  /** Whether the line read last ended in a newline (the last line of a file may not). */
  readonly terminated: boolean;
}

/** A program has no memory for more of its input than this, whatever the machine has: a page has less. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
/** What a program holds anyway. */
const BUFFER_BYTES = 1024 * 1024;

/**
 * Accounts for what a program holds of its input while it looks for the end of a line. The buffer doubles when it is full.
 *
 * @throws Errno ENOMEM for more than any program gets; beyond its control group's limit it is killed.
 */
export function holdInput(process: Process, bytes: number): void {
  if (bytes > MAX_HELD_BYTES) throw new Errno('ENOMEM');
  if (bytes > BUFFER_BYTES) process.setMemory(2 ** Math.ceil(Math.log2(bytes)));
}

/** Reads a descriptor line by line, however its bytes arrive. */
export function lineReader(process: Process, fd: number): LineReader {
  let chunk: Uint8Array = new Uint8Array(0);
  let at = 0;
  let terminated = true;
  return {
    get terminated() {
      return terminated;
    },
    *next() {
      let pieces: Uint8Array[] | undefined;
      let size = 0;
      for (;;) {
        const newline = chunk.indexOf(10, at);
        if (newline >= 0) {
          const tail = chunk.subarray(at, newline);
          at = newline + 1;
          terminated = true;
          return decode(pieces === undefined ? tail : concatBytes([...pieces, tail]));
        }
        if (at < chunk.length) {
          pieces ??= [];
          pieces.push(chunk.subarray(at));
          size += chunk.length - at;
          holdInput(process, size);
        }
        at = 0;
        chunk = yield* process.read(fd);
        if (chunk.length === 0) {
          terminated = false;
          return pieces === undefined ? undefined : decode(concatBytes(pieces));
        }
      }
    },
  };
}
