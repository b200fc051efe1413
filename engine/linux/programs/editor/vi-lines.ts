import { Regex, RegexError } from '../../regex.ts';
import type { Document } from './document.ts';
import type { ViSettings } from './vi-settings.ts';

/** Where the first character of a line stands that is no blank. */
export function indentOf(line: string): number {
  return /^\s*/.exec(line)![0].length;
}

/** To a line, on its first character that is no blank, as most motions to lines do. */
export function toLine(document: Document, row: number): void {
  document.moveTo(row, 0);
  document.moveTo(document.cursor.row, indentOf(document.line));
}

/** `>` and `<` so many times; lines without text stay. */
export function shiftLines(
  document: Document,
  { shiftWidth, expandTab, tabStop }: ViSettings,
  from: number,
  to: number,
  by: number,
): void {
  document.mark();
  for (let row = from; row <= Math.min(to, document.lines.length - 1); row++) {
    const line = document.lines[row]!;
    const indent = indentOf(line);
    if (indent === line.length) continue;
    const blanks = line.slice(0, indent).replaceAll('\t', ' '.repeat(tabStop)).length;
    const wanted = Math.max(0, blanks + by * shiftWidth);
    const tabs = expandTab || shiftWidth < tabStop ? 0 : Math.floor(wanted / tabStop);
    document.lines[row] = '\t'.repeat(tabs) + ' '.repeat(wanted - tabs * tabStop) + line.slice(indent);
  }
  toLine(document, to);
}

/** `:t` and `:m`: lines come to stand behind another one. */
export function placeLines(document: Document, from: number, to: number, behind: number, move: boolean): void {
  document.mark();
  const taken = document.lines.slice(from, to + 1);
  let at = behind + 1;
  if (move) {
    document.lines.splice(from, taken.length);
    if (behind >= to) at -= taken.length;
  }
  document.lines.splice(at, 0, ...taken);
  toLine(document, at + taken.length - 1);
}

/** `:j` */
export function joinLines(document: Document, from: number, to: number): void {
  document.mark();
  const last = Math.min(from === to ? from + 1 : to, document.lines.length - 1);
  const [first = '', ...rest] = document.lines.slice(from, last + 1);
  document.lines.splice(from, last - from + 1, [first, ...rest.map((line) => line.trimStart())].join(' '));
  toLine(document, from);
}

/** `:g/pattern/d` and `:v/pattern/d`: takes out the lines that match, or those that do not. Returns a message. */
export function removeMatching(
  document: Document,
  pattern: string,
  from: number,
  to: number,
  inverted: boolean,
): string {
  try {
    const regex = new Regex(pattern, { extended: false, ignoreCase: false });
    const isWanted = (line: string) => (regex.search(line) !== undefined) !== inverted;
    const kept = document.lines.filter((line, row) => row < from || row > to || !isWanted(line));
    const removed = document.lines.length - kept.length;
    if (removed === 0) return `E486: Pattern not found: ${pattern}`;
    document.mark();
    document.lines = kept.length === 0 ? [''] : kept;
    toLine(document, document.cursor.row);
    return removed > 2 ? `${removed} fewer lines` : '';
  } catch (error) {
    if (error instanceof RegexError) return error.message;
    throw error;
  }
}
