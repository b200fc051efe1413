import type { Cursor, Document } from './document.ts';
import type { BlockInsert, NormalState } from './vi-state.ts';

/** What a key does to a block (`ctrl-v`): `I` and `A` type before and behind it, the others take it out. */
export function endBlock(document: Document, state: NormalState, key: string, from: Cursor, to: Cursor): void {
  const [left, right] = [Math.min(from.column, to.column), Math.max(from.column, to.column) + 1];
  const rows = document.lines.slice(from.row, to.row + 1);
  state.clip = { text: rows.map((line) => line.slice(left, right)).join('\n'), wholeLines: false };
  document.moveTo(from.row, left);
  if (key === 'y') return;
  document.mark();
  if (key === 'd' || key === 'c') {
    for (const [at, line] of rows.entries()) document.lines[from.row + at] = line.slice(0, left) + line.slice(right);
    document.moveTo(from.row, left);
    if (key === 'd') return;
  }
  const column = key === 'A' ? Math.min(right, document.line.length) : left;
  document.moveTo(from.row, column);
  state.block = { first: from.row, last: to.row, column, length: document.line.length };
  state.insert = true;
}

/** After the insert: what was typed comes to the other lines that reach so far, and the cursor to the block. */
export function repeatInsert(document: Document, state: NormalState, block: BlockInsert): void {
  state.block = undefined;
  const { first, last, column, length } = block;
  const line = document.lines[first] ?? '';
  const typed = line.slice(column, column + line.length - length);
  for (let row = first + 1; row <= last && row < document.lines.length; row++) {
    const other = document.lines[row]!;
    if (other.length >= column) document.lines[row] = other.slice(0, column) + typed + other.slice(column);
  }
  document.moveTo(first, column);
}
