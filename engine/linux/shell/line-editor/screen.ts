import { characterWidth } from '../../text-width.ts';

/** A place on the screen, counted from where the prompt begins. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** How a line looks: control characters as `^X`, line breaks as they are. */
function displayed(text: string): string {
  return text
    .replace(/[\x00-\x09\x0b-\x1f\x7f]/g, (character) => `^${String.fromCharCode(character.charCodeAt(0) ^ 64)}`)
    .replaceAll('\n', '\r\n');
}

/** Where the cursor is after `text` has been written from `from` on. */
function advance(from: Place, text: string, columns: number): Place {
  let { row, column } = from;
  for (const character of text) {
    if (character === '\r') {
      column = 0;
      continue;
    }
    if (character === '\n') {
      row += 1;
      continue;
    }
    const width = character >= ' ' && character <= '~' ? 1 : characterWidth(character);
    if (column + width > columns) {
      row += 1;
      column = 0;
    }
    column += width;
    if (column === columns) {
      row += 1;
      column = 0;
    }
  }
  return { row, column };
}

/** A prompt without what takes no room: escape sequences and the marks around them. */
function visibleText(prompt: string): string {
  return prompt.replace(/\x01[^\x02]*\x02|\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07/g, '');
}

/** Draws the line being edited, over as many rows as it takes. */
export class Screen {
  columns = 80;
  #cursor: Place = { row: 0, column: 0 };

  /** The output that shows prompt and text anew, with the cursor between `before` and `after`. */
  redraw(prompt: string, before: string, after: string): string {
    const up = this.#cursor.row > 0 ? `\x1b[${this.#cursor.row}A` : '';
    const shownBefore = displayed(before);
    const shownAfter = displayed(after);
    const start = advance({ row: 0, column: 0 }, visibleText(prompt), this.columns);
    const cursor = advance(start, shownBefore, this.columns);
    const end = advance(cursor, shownAfter, this.columns);
    this.#cursor = cursor;
    const text = `\r${up}\x1b[J${prompt.replace(/[\x01\x02]/g, '')}${shownBefore}${shownAfter}`;
    // A terminal wraps only with the next character: the cursor must be made to.
    const wrapped =
      end.column === 0 && end.row > 0 && !shownAfter.endsWith('\n') && !shownBefore.endsWith('\n') ? '\r\n' : '';
    const back = end.row > cursor.row ? `\x1b[${end.row - cursor.row}A` : '';
    return `${text}${wrapped}${back}\r${cursor.column > 0 ? `\x1b[${cursor.column}C` : ''}`;
  }

  /** The output for text typed at the end of the line: the text itself, where that is all it takes. */
  append(text: string): string | undefined {
    const shown = displayed(text);
    const cursor = advance(this.#cursor, shown, this.columns);
    if (cursor.column === 0) return undefined;
    this.#cursor = cursor;
    return shown;
  }

  /** The prompt has been written at the left edge. */
  begin(prompt: string): void {
    this.#cursor = advance({ row: 0, column: 0 }, visibleText(prompt), this.columns);
  }
}
