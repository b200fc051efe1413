import type { Pid } from '../kernel/pid-namespace.ts';
import type { Signal } from '../signal.ts';
import { ByteQueue } from '../vfs/byte-queue.ts';
import type { Inode } from '../vfs/inode.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import { LineEditor } from './line-editor.ts';

/** Unread input kept at most; what a paste brings beyond it is lost. */
const MAX_INPUT_BYTES = 1024 * 1024;
/** Output kept while no emulator listens. */
const MAX_BACKLOG_BYTES = 64 * 1024;

const CR = 0x0d;
const NL = 0x0a;
const EMPTY = new Uint8Array(0);

export interface TerminalOptions {
  readonly number: number;
  readonly columns: number;
  readonly rows: number;
  /** Sends a signal to a process group. */
  readonly signalGroup: (group: Pid, signal: Signal) => void;
}

/**
 * A pseudo-terminal: what the emulator types goes through the line discipline to the processes, what they write goes
 * to the emulator. https://man7.org/linux/man-pages/man7/pty.7.html
 */
export class Terminal {
  readonly number: number;
  readonly readQueue = new WaitQueue();
  columns: number;
  rows: number;
  session: Pid | undefined;
  foreground: Pid | undefined;
  /** The node /dev/pts/<number>. Set right after construction. */
  inode!: Inode;
  readonly #signalGroup: TerminalOptions['signalGroup'];
  readonly #input = new ByteQueue();
  readonly #backlog = new ByteQueue();
  /** In cooked mode a read returns at most one line: the lengths of those in #input. 0 is an end of file. */
  #lines: number[] = [];
  /** Where in #lines the next one is: shifting a long list for each line would be quadratic. */
  #nextLine = 0;
  #mode: 'cooked' | 'raw' = 'cooked';
  #editor: LineEditor | undefined;
  #listener: ((data: Uint8Array) => void) | undefined;
  #hungUp = false;
  #lastWritten = 0;

  constructor(options: TerminalOptions) {
    this.number = options.number;
    this.columns = options.columns;
    this.rows = options.rows;
    this.#signalGroup = options.signalGroup;
  }

  /** The emulator has gone. */
  get hungUp(): boolean {
    return this.#hungUp;
  }

  get mode(): 'cooked' | 'raw' {
    return this.#mode;
  }

  /** What was typed and not yet read becomes readable in the other mode. */
  setMode(mode: 'cooked' | 'raw'): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    if (mode === 'raw') {
      this.#setLines([]);
      if (this.#editor !== undefined) this.#input.push(this.#editor.flush());
    } else {
      this.#setLines(this.#input.length > 0 ? [this.#input.length] : []);
    }
    this.readQueue.wake();
  }

  // The emulator's side

  type(data: Uint8Array): void {
    if (this.#hungUp || data.length === 0) return;
    if (this.#mode === 'raw') this.#pushRaw(data);
    else this.#edit(data);
    this.readQueue.wake();
  }

  listen(listener: (data: Uint8Array) => void): void {
    this.#listener = listener;
    if (this.#backlog.length > 0) listener(this.#backlog.take(MAX_BACKLOG_BYTES));
  }

  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.rows) return;
    this.columns = columns;
    this.rows = rows;
    if (this.foreground !== undefined) this.#signalGroup(this.foreground, 'WINCH');
  }

  hangUp(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    const { session, foreground } = this;
    for (const group of new Set([session, foreground])) {
      if (group === undefined) continue;
      this.#signalGroup(group, 'HUP');
      this.#signalGroup(group, 'CONT');
    }
    this.readQueue.wake();
  }

  // The processes' side

  get readable(): boolean {
    return this.#hungUp || (this.#mode === 'raw' ? this.#input.length > 0 : this.#lines.length > this.#nextLine);
  }

  read(max: number): Uint8Array | undefined {
    if (this.#hungUp) return EMPTY;
    if (!this.readable) return undefined;
    if (this.#mode === 'raw') return this.#input.take(max);
    const length = this.#lines[this.#nextLine]!;
    if (length > max) this.#lines[this.#nextLine] = length - max;
    else if (++this.#nextLine === this.#lines.length) this.#setLines([]);
    return this.#input.take(Math.min(length, max));
  }

  /** NL goes out as CR NL. A terminal's raw mode usually switches that off; here it stays on, and CR NL stays as it is. */
  write(data: Uint8Array): void {
    let count = 0;
    let last = this.#lastWritten;
    for (const byte of data) {
      if (byte === NL && last !== CR) count += 1;
      last = byte;
    }
    if (count === 0) {
      this.#lastWritten = last;
      this.#show(data);
      return;
    }
    const out = new Uint8Array(data.length + count);
    let at = 0;
    last = this.#lastWritten;
    for (const byte of data) {
      if (byte === NL && last !== CR) out[at++] = CR;
      out[at++] = byte;
      last = byte;
    }
    this.#lastWritten = last;
    this.#show(out);
  }

  #setLines(lines: number[]): void {
    this.#lines = lines;
    this.#nextLine = 0;
  }

  #show(data: Uint8Array): void {
    if (data.length === 0 || this.#hungUp) return;
    if (this.#listener !== undefined) this.#listener(data);
    else if (this.#backlog.length + data.length <= MAX_BACKLOG_BYTES) this.#backlog.push(data.slice());
  }

  #pushRaw(data: Uint8Array): void {
    const room = MAX_INPUT_BYTES - this.#input.length;
    if (room > 0) this.#input.push(data.slice(0, room));
  }

  #edit(data: Uint8Array): void {
    this.#editor ??= new LineEditor();
    const room = MAX_INPUT_BYTES - this.#input.length - (this.#lines.length - this.#nextLine);
    const { lines, signals, echo } = this.#editor.type(data, room);
    this.write(echo);
    if (signals.length > 0) {
      this.#input.clear();
      this.#setLines([]);
    }
    for (const line of lines) {
      this.#input.push(line);
      this.#lines.push(line.length);
    }
    for (const signal of signals) if (this.foreground !== undefined) this.#signalGroup(this.foreground, signal);
  }
}
