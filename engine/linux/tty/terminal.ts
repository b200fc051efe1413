import type { Pid } from '../kernel/pid-namespace.ts';
import type { Signal } from '../signal.ts';
import { ByteQueue } from '../vfs/byte-queue.ts';
import type { Inode } from '../vfs/inode.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import { LineEditor, signalOf } from './line-editor.ts';
import { RAW, SANE, type TerminalSettings } from './terminal-settings.ts';

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
  /** Woken when the emulator has read some of what it is shown, where it is a process. */
  readonly writeQueue = new WaitQueue();
  /** Whether the emulator has more to read than it gets done. */
  isFull: (() => boolean) | undefined;
  /** Open descriptions of the processes' end, and what is done when the last is closed. */
  slaves = 0;
  onDeserted: (() => void) | undefined;
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
  /** In cooked mode. */
  #settings = SANE;
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

  /** As stty(1) has set it. What a program sets for itself for a while (`setMode`) does not change that. */
  get settings(): TerminalSettings {
    return this.#settings;
  }

  setSettings(settings: TerminalSettings): void {
    const before = this.#effective;
    this.#settings = settings;
    this.#afterChange(before);
  }

  setMode(mode: 'cooked' | 'raw'): void {
    if (mode === this.#mode) return;
    const before = this.#effective;
    this.#mode = mode;
    this.#afterChange(before);
  }

  get #effective(): TerminalSettings {
    return this.#mode === 'raw' ? RAW : this.#settings;
  }

  /** What was typed and not yet read becomes readable in the other way. */
  #afterChange(before: TerminalSettings): void {
    const { canonical } = this.#effective;
    if (canonical === before.canonical) return;
    if (!canonical) {
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
    if (this.#effective.canonical) this.#edit(data);
    else this.#typeUnedited(data);
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
    this.writeQueue.wake();
  }

  // The processes' side

  get readable(): boolean {
    return this.#hungUp || (this.#effective.canonical ? this.#lines.length > this.#nextLine : this.#input.length > 0);
  }

  read(max: number): Uint8Array | undefined {
    if (this.#hungUp) return EMPTY;
    if (!this.readable) return undefined;
    if (!this.#effective.canonical) return this.#input.take(max);
    const length = this.#lines[this.#nextLine]!;
    if (length > max) this.#lines[this.#nextLine] = length - max;
    else if (++this.#nextLine === this.#lines.length) this.#setLines([]);
    return this.#input.take(Math.min(length, max));
  }

  /** NL goes out as CR NL. A terminal's raw mode usually switches that off; here it stays on, and CR NL stays as it is. */
  write(data: Uint8Array): void {
    if (!this.#effective.newlineReturns) {
      this.#show(data);
      return;
    }
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

  /** Each key is read as it is typed. */
  #typeUnedited(data: Uint8Array): void {
    const { echo, signals, returnIsNewline } = this.#effective;
    const room = Math.max(0, MAX_INPUT_BYTES - this.#input.length);
    const typed: number[] = [];
    for (const key of data) {
      const byte = key === CR && returnIsNewline ? NL : key;
      const signal = signals ? signalOf(byte) : undefined;
      if (signal === undefined) {
        if (typed.length < room) typed.push(byte);
      } else {
        typed.length = 0;
        this.#input.clear();
        this.#signalForeground(signal);
      }
    }
    this.#input.push(Uint8Array.from(typed));
    if (echo) this.write(data);
  }

  #edit(data: Uint8Array): void {
    this.#editor ??= new LineEditor();
    const room = MAX_INPUT_BYTES - this.#input.length - (this.#lines.length - this.#nextLine);
    const { lines, signals, echo } = this.#editor.type(data, room, this.#settings);
    if (this.#settings.echo) this.write(echo);
    if (signals.length > 0) {
      this.#input.clear();
      this.#setLines([]);
    }
    for (const line of lines) {
      this.#input.push(line);
      this.#lines.push(line.length);
    }
    for (const signal of signals) this.#signalForeground(signal);
  }

  #signalForeground(signal: Signal): void {
    if (this.foreground !== undefined) this.#signalGroup(this.foreground, signal);
  }
}
