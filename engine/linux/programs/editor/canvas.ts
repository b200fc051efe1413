import type { Task } from '../../../sim/index.ts';
import { KeyReader } from '../../shell/line-editor/keys.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { characterWidth } from '../../text-width.ts';
import type { Document } from './document.ts';

/** The whole screen, taken while an editor runs. */
export class Canvas {
  readonly keys: KeyReader;
  readonly #process: Process;
  #top = 0;
  #left = 0;

  constructor(process: Process) {
    this.#process = process;
    this.keys = new KeyReader(process, 0);
  }

  get columns(): number {
    return this.#process.windowSize(0).columns || 80;
  }

  get rows(): number {
    return this.#process.windowSize(0).rows || 24;
  }

  *open(): Task<void> {
    this.#process.setTerminalMode(0, 'raw');
    yield* this.write('\x1b[?1049h\x1b[?2004h');
  }

  /** Gives the screen back as it was. */
  *close(): Task<void> {
    yield* this.write('\x1b[?2004l\x1b[?1049l');
    this.#process.setTerminalMode(0, 'cooked');
  }

  restoreMode(): void {
    this.#process.setTerminalMode(0, 'cooked');
  }

  *write(text: string): Task<void> {
    yield* this.#process.write(1, encode(text));
  }

  /**
   * Draws the document between `header` and `footer` lines, with the cursor in it.
   *
   * @param empty what stands on rows beyond the end of the text: vi's `~`
   * @param numbers whether lines are numbered
   */
  *draw(
    document: Document,
    header: readonly string[],
    footer: readonly string[],
    empty: string,
    numbers = false,
  ): Task<void> {
    const margin = numbers ? Math.max(4, String(document.lines.length).length + 1) : 0;
    const columns = Math.max(1, this.columns - margin);
    const height = Math.max(1, this.rows - header.length - footer.length);
    const { row, column } = document.cursor;
    if (row < this.#top) this.#top = row;
    if (row >= this.#top + height) this.#top = row - height + 1;
    const x = columnOf(document.line, column);
    if (x < this.#left) this.#left = Math.max(0, x - 10);
    if (x >= this.#left + columns) this.#left = x - columns + 10;
    let text = '\x1b[?25l\x1b[H';
    for (const line of header) text += `${line}\x1b[K\r\n`;
    for (let at = 0; at < height; at++) {
      const line = document.lines[this.#top + at];
      const number = numbers ? `${String(this.#top + at + 1).padStart(margin - 1)} ` : '';
      text += `${line === undefined ? empty : number + visiblePart(line, this.#left, columns)}\x1b[K\r\n`;
    }
    text += footer.map((line) => `${line}\x1b[K`).join('\r\n');
    text += `\x1b[${header.length + row - this.#top + 1};${x - this.#left + 1 + margin}H\x1b[?25h`;
    yield* this.write(text);
  }
}

const TAB = 8;

/** The screen column of a place in a line. */
function columnOf(line: string, end: number): number {
  let x = 0;
  for (const character of line.slice(0, end)) x += widthAt(character, x);
  return x;
}

function widthAt(character: string, x: number): number {
  if (character === '\t') return TAB - (x % TAB);
  return character < ' ' || character === '\x7f' ? 2 : characterWidth(character);
}

/** What of a line is on the screen; control characters as `^X`, so that no file can drive the terminal. */
function visiblePart(line: string, left: number, columns: number): string {
  let x = 0;
  let text = '';
  for (const character of line) {
    const width = widthAt(character, x);
    if (x + width > left + columns) break;
    if (x >= left) {
      if (character === '\t') text += ' '.repeat(width);
      else if (character < ' ' || character === '\x7f') text += `^${String.fromCharCode(character.charCodeAt(0) ^ 64)}`;
      else text += /[\x80-\x9f\ud800-\udfff]/.test(character) && character.length === 1 ? '?' : character;
    }
    x += width;
  }
  return text;
}
