export interface TabwriterOptions {
  /** Least width of a cell, its padding included. */
  readonly minWidth: number;
  readonly padding: number;
}

/** The settings of tables: at least six characters a column, three spaces between columns. */
export const TABLE_LAYOUT: TabwriterOptions = { minWidth: 6, padding: 3 };
/** The settings of descriptions: two spaces between columns. */
export const DESCRIPTION_LAYOUT: TabwriterOptions = { minWidth: 0, padding: 2 };

/**
 * Aligns tab-terminated cells into columns, as Go's text/tabwriter: a column is a run of consecutive lines that have a
 * cell there, and what stands after a line's last tab belongs to no column.
 */
export function alignTabs(text: string, options: TabwriterOptions): string {
  const endsWithNewline = text.endsWith('\n');
  const lines = (endsWithNewline ? text.slice(0, -1) : text).split('\n').map((line) => line.split('\t'));
  const widths: number[][] = lines.map(() => []);
  measure(lines, widths, 0, lines.length, 0, options);
  const aligned = lines.map((cells, row) =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : pad(cell, widths[row]![column]!))).join(''),
  );
  return aligned.join('\n') + (endsWithNewline ? '\n' : '');
}

function measure(
  lines: readonly (readonly string[])[],
  widths: number[][],
  from: number,
  to: number,
  column: number,
  options: TabwriterOptions,
): void {
  for (let row = from; row < to; row++) {
    if (column >= lines[row]!.length - 1) continue;
    let end = row;
    let width = options.minWidth;
    for (; end < to && column < lines[end]!.length - 1; end++) {
      width = Math.max(width, displayWidth(lines[end]![column]!) + options.padding);
    }
    for (let line = row; line < end; line++) widths[line]![column] = width;
    measure(lines, widths, row, end, column + 1, options);
    row = end - 1;
  }
}

/** Characters, as Go counts runes. */
export function displayWidth(text: string): number {
  return /^[\0-\x7f]*$/.test(text) ? text.length : [...text].length;
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
