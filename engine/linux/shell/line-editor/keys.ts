import type { Task } from '../../../sim/index.ts';
import { concatBytes, decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

/** What was typed: text, a named key (`left`, `ctrl-a`, `alt-b`), a paste, or the end of the input. */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'paste'; readonly text: string; readonly dropped: number }
  | { readonly kind: 'end' };

/** A paste is kept up to this size; the rest is counted and dropped. */
const MAX_PASTE_BYTES = 64 * 1024;

/** How long an escape key waits to turn out to be the beginning of a sequence. */
const ESCAPE_WAIT_MS = 40;

/** A paste in which nothing comes for so long has ended, even without its end mark. */
const PASTE_WAIT_MS = 500;

/** After so much plain text in a row it is no person typing: reads get larger. */
const BURST_BYTES = 512;

const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[2~': 'insert',
  '[3~': 'delete',
  '[4~': 'end',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[7~': 'home',
  '[8~': 'end',
  '[1;5C': 'alt-f',
  '[1;5D': 'alt-b',
  '[1;3C': 'alt-f',
  '[1;3D': 'alt-b',
  '[3;5~': 'alt-d',
  '[Z': 'shift-tab',
};

/** Reads keys from a terminal in raw mode, byte by byte: what follows a line belongs to the command it starts. */
export class KeyReader {
  readonly #process: Process;
  readonly #fd: number;
  #pending: Uint8Array = new Uint8Array(0);
  #burst = 0;

  constructor(process: Process, fd: number) {
    this.#process = process;
    this.#fd = fd;
  }

  /** Throws EINTR when a caught signal comes. */
  *next(): Task<Key> {
    const first = yield* this.#byte();
    if (first === undefined) return { kind: 'end' };
    if (first === 27) return yield* this.#escape();
    if (first < 32 || first === 127) {
      this.#burst = 0;
      return { kind: 'key', name: first === 127 ? 'backspace' : controlName(first) };
    }
    return { kind: 'text', text: yield* this.#text(first) };
  }

  *#byte(): Task<number | undefined> {
    if (this.#pending.length === 0) {
      this.#pending = yield* this.#process.read(this.#fd, this.#burst > BURST_BYTES ? 65_536 : 1);
    }
    const byte = this.#pending[0];
    this.#pending = this.#pending.subarray(1);
    return byte;
  }

  /** A character, or with it all plain text that has come already. */
  *#text(first: number): Task<string> {
    const bytes = [first];
    const length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    while (bytes.length < length) {
      const next = yield* this.#byte();
      if (next === undefined) break;
      bytes.push(next);
    }
    this.#burst += 1;
    const run = this.#pending.findIndex((byte) => byte < 32 || byte === 127);
    const plain = this.#pending.subarray(0, run < 0 ? this.#pending.length : run);
    this.#pending = this.#pending.subarray(plain.length);
    return decode(concatBytes([Uint8Array.from(bytes), plain]));
  }

  *#escape(): Task<Key> {
    this.#burst = 0;
    if (this.#pending.length === 0 && (yield* this.#process.poll([this.#fd], ESCAPE_WAIT_MS)).length === 0) {
      return { kind: 'key', name: 'escape' };
    }
    const second = yield* this.#byte();
    if (second === undefined) return { kind: 'end' };
    let sequence = String.fromCharCode(second);
    if (sequence !== '[' && sequence !== 'O') {
      return { kind: 'key', name: second === 127 ? 'alt-backspace' : `alt-${sequence.toLowerCase()}` };
    }
    // A control sequence ends with a byte from @ to ~. A hostile one does not end.
    for (let length = 0; length < 16; length++) {
      const next = yield* this.#byte();
      if (next === undefined) return { kind: 'end' };
      if (next < 32) {
        // No part of a sequence: a key of its own, Ctrl-C perhaps.
        this.#pending = concatBytes([Uint8Array.of(next), this.#pending]);
        return { kind: 'key', name: 'unknown' };
      }
      sequence += String.fromCharCode(next);
      if (next >= 64 && next <= 126) break;
    }
    if (sequence === '[200~') return yield* this.#paste();
    return { kind: 'key', name: SEQUENCES[sequence] ?? 'unknown' };
  }

  /** Bracketed paste: everything up to `ESC [ 201 ~`. */
  *#paste(): Task<Key> {
    const kept: Uint8Array[] = [];
    let size = 0;
    let dropped = 0;
    let tail: Uint8Array = this.#pending;
    this.#pending = new Uint8Array(0);
    for (;;) {
      const end = indexOfEnd(tail);
      // The end mark may be cut in two: its beginning is held back.
      const ready = end >= 0 ? end : Math.max(0, tail.length - 5);
      const room = Math.min(ready, MAX_PASTE_BYTES - size);
      if (room > 0) kept.push(tail.slice(0, room));
      size += Math.max(0, room);
      dropped += ready - Math.max(0, room);
      // The end mark is lost when the terminal could not hold all of the paste.
      const lost = end < 0 && (yield* this.#process.poll([this.#fd], PASTE_WAIT_MS)).length === 0;
      if (end >= 0 || lost) {
        this.#pending = end >= 0 ? tail.slice(end + 6) : new Uint8Array(0);
        const text = decode(concatBytes(kept)).replace(/\r\n?/g, '\n');
        return { kind: 'paste', text, dropped: lost ? dropped + 1 : dropped };
      }
      const more = yield* this.#process.read(this.#fd, 65_536);
      if (more.length === 0) return { kind: 'end' };
      tail = concatBytes([tail.subarray(ready), more]);
    }
  }
}

const PASTE_END = [27, 91, 50, 48, 49, 126];

function indexOfEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(27); at >= 0; at = bytes.indexOf(27, at + 1)) {
    if (PASTE_END.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}

function controlName(byte: number): string {
  if (byte === 13 || byte === 10) return 'enter';
  if (byte === 9) return 'tab';
  if (byte === 8) return 'backspace';
  return `ctrl-${String.fromCharCode(byte + 96)}`;
}
