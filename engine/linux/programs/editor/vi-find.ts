import type { Cursor, Document } from './document.ts';

/** `f`, `F`, `t` or `T` with its character: what `;` and `,` repeat. */
export interface CharacterFind {
  readonly key: string;
  readonly character: string;
}

const OPPOSITE: Readonly<Record<string, string>> = { f: 'F', F: 'f', t: 'T', T: 't' };

export function reversed({ key, character }: CharacterFind): CharacterFind {
  return { key: OPPOSITE[key]!, character };
}

export function isForward({ key }: CharacterFind): boolean {
  return key === 'f' || key === 't';
}

/** The column that the search leads to; undefined where the line has not so many of the character. */
export function findColumn(line: string, column: number, find: CharacterFind, count: number): number | undefined {
  const forward = isForward(find);
  let at = column;
  for (let round = 0; round < count; round++) {
    if (!forward && at === 0) return undefined;
    at = forward ? line.indexOf(find.character, at + 1) : line.lastIndexOf(find.character, at - 1);
    if (at < 0) return undefined;
  }
  if (find.key === 't') return at - 1;
  return find.key === 'T' ? at + 1 : at;
}

const OPENING = '([{';
const CLOSING = ')]}';

/** `%`: the partner of the first bracket at the cursor or behind it in the line. */
export function partnerOf({ lines, cursor }: Pick<Document, 'lines' | 'cursor'>): Cursor | undefined {
  const offset = lines[cursor.row]!.slice(cursor.column).search(/[()[\]{}]/);
  if (offset < 0) return undefined;
  let { row } = cursor;
  let column = cursor.column + offset;
  const bracket = lines[row]![column]!;
  const forward = OPENING.includes(bracket);
  const partner = forward ? CLOSING[OPENING.indexOf(bracket)]! : OPENING[CLOSING.indexOf(bracket)]!;
  for (let depth = 0; ; column += forward ? 1 : -1) {
    while (column < 0 || column >= lines[row]!.length) {
      row += forward ? 1 : -1;
      if (row < 0 || row >= lines.length) return undefined;
      column = forward ? 0 : lines[row]!.length - 1;
    }
    const character = lines[row]![column];
    if (character === bracket) depth += 1;
    else if (character === partner && --depth === 0) return { row, column };
  }
}
