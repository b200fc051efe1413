import type { Cursor, Document } from './document.ts';
import { toLine } from './vi-lines.ts';

/** Where a motion leads. */
export function targetOf(document: Document, command: string, count: number, keepBlank: boolean): Cursor | undefined {
  const before = { ...document.cursor };
  for (let round = 0; round < count; round++) {
    if (!motion(document, command, keepBlank)) {
      document.moveTo(before.row, before.column);
      return undefined;
    }
  }
  // `dw` on a line's last word does not take the line end.
  let target = { ...document.cursor };
  if ((command === 'w' || command === 'e') && target.row > before.row)
    target = { row: before.row, column: document.lines[before.row]!.length };
  else if (command === 'e') target.column += 1;
  document.moveTo(before.row, before.column);
  return target;
}

/** Moves the cursor; false for what is no motion. */
export function motion(document: Document, command: string, keepBlank: boolean): boolean {
  const { row, column } = document.cursor;
  const { line } = document;
  switch (command) {
    case 'h':
      document.step(-1, false);
      return true;
    case 'l':
    case ' ':
      document.step(1, false);
      return true;
    case 'j':
      document.moveTo(row + 1, column);
      return true;
    case 'k':
      document.moveTo(row - 1, column);
      return true;
    case '0':
      document.moveTo(row, 0);
      return true;
    case '^':
      document.moveTo(row, /^\s*/.exec(line)![0].length);
      return true;
    case '$':
      document.moveTo(row, line.length);
      return true;
    case 'w': {
      const word =
        (keepBlank ? /^(?:\w+|[^\w\s]+|\s+)/ : /^(?:\w+|[^\w\s]+|)\s*/).exec(line.slice(column))?.[0].length ?? 0;
      if (column + word >= line.length && row < document.lines.length - 1 && !keepBlank)
        document.moveTo(row + 1, /^\s*/.exec(document.lines[row + 1]!)![0].length);
      else document.moveTo(row, column + word);
      return true;
    }
    case 'b': {
      const start = /(?:\w+|[^\w\s]+)\s*$/.exec(line.slice(0, column));
      if (start !== null) document.moveTo(row, start.index);
      else if (row > 0) document.moveTo(row - 1, document.lines[row - 1]!.length);
      return true;
    }
    case 'e': {
      const word = /^.?\s*(?:\w+|[^\w\s]+)/.exec(line.slice(column))?.[0].length ?? 1;
      document.moveTo(row, column + word - 1);
      return true;
    }
    case 'G':
      toLine(document, document.lines.length - 1);
      return true;
    default:
      return false;
  }
}
