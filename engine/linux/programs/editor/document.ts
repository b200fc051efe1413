import { Errno } from '../../errno.ts';
import { decode, encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

export interface Cursor {
  row: number;
  /** In UTF-16 units of the line. */
  column: number;
}

/** Larger files are not edited. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_UNDO = 100;
/** Copies for undo are kept of documents up to so many lines. */
const MAX_UNDO_LINES = 20_000;

interface Snapshot extends Readonly<Cursor> {
  readonly lines: string[];
}

/** A text being edited: lines, a cursor, what was cut, and the way back. */
export class Document {
  lines: string[] = [''];
  readonly cursor: Cursor = { row: 0, column: 0 };
  modified = false;
  /** How often the text has been changed. */
  changes = 0;
  path: string | undefined;
  #isNew = false;
  #undo: Snapshot[] = [];
  /** What was undone and can be done again. */
  #redo: Snapshot[] = [];

  /** Whether the file did not exist when it was opened. */
  get isNew(): boolean {
    return this.#isNew;
  }

  /** Returns what is wrong, if the file cannot be edited. */
  load(process: Process, path: string): string | undefined {
    this.path = path;
    try {
      const bytes = process.readFile(path);
      if (bytes.length > MAX_FILE_BYTES) return `file too large (${bytes.length} bytes)`;
      const text = decode(bytes);
      this.lines = text.replace(/\n$/, '').split('\n');
      return undefined;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (error.code !== 'ENOENT') return error.message;
      this.#isNew = true;
      return undefined;
    }
  }

  /** Writes the file in place; returns what is wrong, if something is. */
  save(process: Process, path = this.path): string | undefined {
    if (path === undefined || path === '') return 'No file name';
    try {
      process.writeFile(path, encode(this.text));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return error.message;
    }
    this.path = path;
    this.modified = false;
    this.#isNew = false;
    return undefined;
  }

  get text(): string {
    return this.lines.length === 1 && this.lines[0] === '' ? '' : `${this.lines.join('\n')}\n`;
  }

  get line(): string {
    return this.lines[this.cursor.row]!;
  }

  /** Notes the state before a change, for `undo`. */
  mark(): void {
    this.modified = true;
    this.changes += 1;
    this.#redo = [];
    if (this.lines.length > MAX_UNDO_LINES) return;
    this.#undo.push({ lines: [...this.lines], ...this.cursor });
    if (this.#undo.length > MAX_UNDO) this.#undo.shift();
  }

  undo(): boolean {
    const before = this.#undo.pop();
    if (before === undefined) return false;
    this.#redo.push({ lines: this.lines, ...this.cursor });
    this.#restore(before);
    return true;
  }

  redo(): boolean {
    const after = this.#redo.pop();
    if (after === undefined) return false;
    this.#undo.push({ lines: this.lines, ...this.cursor });
    this.#restore(after);
    return true;
  }

  #restore({ lines, row, column }: Snapshot): void {
    this.lines = lines;
    this.moveTo(row, column);
  }

  moveTo(row: number, column: number): void {
    this.cursor.row = Math.max(0, Math.min(row, this.lines.length - 1));
    this.cursor.column = Math.max(0, Math.min(column, this.line.length));
  }

  /** One to the left or right, over line ends when `wrap` is set. */
  step(by: -1 | 1, wrap: boolean): void {
    const { row, column } = this.cursor;
    const pair =
      by > 0
        ? /^[\ud800-\udbff][\udc00-\udfff]/.test(this.line.slice(column))
        : /[\ud800-\udbff][\udc00-\udfff]$/.test(this.line.slice(0, column));
    const next = column + by * (pair ? 2 : 1);
    if (next >= 0 && next <= this.line.length) this.moveTo(row, next);
    else if (wrap && by < 0 && row > 0) this.moveTo(row - 1, this.lines[row - 1]!.length);
    else if (wrap && by > 0 && row < this.lines.length - 1) this.moveTo(row + 1, 0);
  }

  insert(text: string): void {
    const { row, column } = this.cursor;
    const [head, tail] = [this.line.slice(0, column), this.line.slice(column)];
    const pieces = text.split('\n');
    if (pieces.length === 1) {
      this.lines[row] = head + text + tail;
      this.cursor.column = column + text.length;
      return;
    }
    const last = pieces.at(-1)!;
    this.lines = [
      ...this.lines.slice(0, row),
      head + pieces[0]!,
      ...pieces.slice(1, -1),
      last + tail,
      ...this.lines.slice(row + 1),
    ];
    this.moveTo(row + pieces.length - 1, last.length);
  }

  /** Takes out what is between the cursor and another place on the same line or across line ends; returns it. */
  removeTo(row: number, column: number): string {
    const here = this.cursor;
    const forward = row > here.row || (row === here.row && column > here.column);
    const [from, to] = forward ? [{ ...here }, { row, column }] : [{ row, column }, { ...here }];
    const taken = this.lines.slice(from.row, to.row + 1);
    const last = taken.length - 1;
    const text = taken
      .map((line, at) => line.slice(at === 0 ? from.column : 0, at === last ? to.column : undefined))
      .join('\n');
    const joined = this.lines[from.row]!.slice(0, from.column) + this.lines[to.row]!.slice(to.column);
    this.lines.splice(from.row, to.row - from.row + 1, joined);
    this.moveTo(from.row, from.column);
    return text;
  }

  /** Takes out whole lines. */
  removeLines(row: number, count: number): string[] {
    const removed = this.lines.splice(row, count);
    if (this.lines.length === 0) this.lines = [''];
    this.moveTo(row, 0);
    return removed;
  }

  /** The next place of a text after the cursor, going round at the end. */
  find(text: string, backward = false): Cursor | undefined {
    const { row, column } = this.cursor;
    const count = this.lines.length;
    for (let offset = 0; offset <= count; offset++) {
      const at = (row + (backward ? -offset : offset) + count * 2) % count;
      const line = this.lines[at]!;
      const found = backward
        ? line.lastIndexOf(text, offset === 0 ? column - 1 : line.length)
        : line.indexOf(text, offset === 0 ? column + 1 : 0);
      if (found >= 0 && !(backward && offset === 0 && column === 0)) return { row: at, column: found };
    }
    return undefined;
  }
}
