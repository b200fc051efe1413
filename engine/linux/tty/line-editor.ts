import type { Signal } from '../signal.ts';
import type { TerminalSettings } from './terminal-settings.ts';

const EOF = 0x04;
const BACKSPACE = 0x08;
const NL = 0x0a;
const CR = 0x0d;
const KILL = 0x15;
const WERASE = 0x17;
const ERASE = 0x7f;
const SPACE = 0x20;
const TAB = 0x09;
const BELL = 0x07;

const SIGNAL_KEYS: Readonly<Record<number, Signal>> = { 3: 'INT', 26: 'TSTP', 28: 'QUIT' };

/** The signal that a key sends. */
export function signalOf(byte: number): Signal | undefined {
  return SIGNAL_KEYS[byte];
}

/** MAX_CANON: what does not fit on a line is lost. */
const MAX_LINE_BYTES = 4095;

const EMPTY = new Uint8Array(0);

export interface Edited {
  /** Finished lines with their newline; an empty one is an end of file. */
  readonly lines: readonly Uint8Array[];
  readonly signals: readonly Signal[];
  /** What the terminal shows in answer. */
  readonly echo: Uint8Array;
}

/** The line discipline in cooked mode: the line being typed. */
export class LineEditor {
  #line: number[] = [];

  /** What has been typed of the present line; starts a new one. */
  flush(): Uint8Array {
    const line = Uint8Array.from(this.#line);
    this.#line = [];
    return line;
  }

  /** @param room how many bytes of finished lines can be taken. */
  type(data: Uint8Array, room: number, settings: TerminalSettings): Edited {
    const lines: Uint8Array[] = [];
    const signals: Signal[] = [];
    const echo: number[] = [];
    let left = room;
    for (const key of data) {
      const byte = key === CR && settings.returnIsNewline ? NL : key;
      const signal = settings.signals ? signalOf(byte) : undefined;
      if (left <= 0 && signal === undefined) continue; // Nobody reads: the rest of the paste is lost.
      if (signal !== undefined) {
        signals.push(signal);
        lines.length = 0;
        this.#line = [];
        pushControl(echo, byte);
      } else if (byte === NL || byte === EOF) {
        if (byte === NL) this.#line.push(NL);
        if (this.#line.length <= left) {
          left -= Math.max(1, this.#line.length); // Ends of file take room as well.
          if (byte === NL) echo.push(NL);
          lines.push(this.flush());
        } else {
          this.#line = [];
          left = 0;
        }
      } else if (byte === ERASE || byte === BACKSPACE) this.#eraseCharacter(echo);
      else if (byte === KILL) while (this.#line.length > 0) this.#eraseCharacter(echo);
      else if (byte === WERASE) this.#eraseWord(echo);
      else this.#insert(byte, echo);
    }
    return { lines, signals, echo: echo.length === 0 ? EMPTY : Uint8Array.from(echo) };
  }

  #insert(byte: number, echo: number[]): void {
    if (this.#line.length >= MAX_LINE_BYTES) {
      if (echo.at(-1) !== BELL) echo.push(BELL);
      return;
    }
    this.#line.push(byte);
    if (byte < SPACE && byte !== TAB) pushControl(echo, byte);
    else echo.push(byte);
  }

  #eraseCharacter(echo: number[]): void {
    let byte = this.#line.pop();
    if (byte === undefined) return;
    // One character may be several bytes of UTF-8; a control character is shown as two.
    while (byte !== undefined && (byte & 0xc0) === 0x80) byte = this.#line.pop();
    const width = byte !== undefined && byte < SPACE && byte !== TAB ? 2 : 1;
    for (let i = 0; i < width; i++) echo.push(BACKSPACE, SPACE, BACKSPACE);
  }

  #eraseWord(echo: number[]): void {
    while (this.#line.at(-1) === SPACE) this.#eraseCharacter(echo);
    while (this.#line.length > 0 && this.#line.at(-1) !== SPACE) this.#eraseCharacter(echo);
  }
}

function pushControl(echo: number[], byte: number): void {
  echo.push(0x5e, byte + 0x40);
}
