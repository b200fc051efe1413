import type { Value } from './expression.ts';
import type { Result } from './result.ts';

type Rows = Extract<Result, { readonly columns: unknown }>;

const shown = (value: Value): string => (value === null ? 'NULL' : String(value));

/** In a frame, numbers to the right. */
export function framed({ columns, rows }: Rows, columnNames = true): string {
  const widths = columns.map((title, index) =>
    Math.max(columnNames ? title.length : 0, ...rows.map((row) => shown(row[index] ?? null).length)),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const isNumber = columns.map(
    (_, index) => rows.length > 0 && rows.every((row) => typeof (row[index] ?? 0) === 'number'),
  );
  const line = (cells: readonly Value[], heading: boolean) => {
    const padded = widths.map((width, index) => {
      const text = shown(cells[index] ?? null);
      return isNumber[index] === true && !heading ? text.padStart(width) : text.padEnd(width);
    });
    return `| ${padded.join(' | ')} |\n`;
  };
  const heading = columnNames ? `${line(columns, true)}${rule}` : '';
  return `${rule}${heading}${rows.map((row) => line(row, false)).join('')}${rule}`;
}

/** A line for each row, with tabs. */
export function tabbed({ columns, rows }: Rows, columnNames: boolean): string {
  const escaped = (value: Value) =>
    shown(value).replace(/[\n\t\\]/g, (letter) => ({ '\n': '\\n', '\t': '\\t' })[letter] ?? '\\\\');
  const lines = rows.map((row) => row.map(escaped).join('\t'));
  return [...(columnNames ? [columns.join('\t')] : []), ...lines, ''].join('\n');
}

/** A line for each value. */
export function vertical({ columns, rows }: Rows): string {
  const width = Math.max(...columns.map((title) => title.length));
  return rows
    .map((row, index) => {
      const stars = '*'.repeat(27);
      const lines = columns.map((title, at) => `${title.padStart(width)}: ${shown(row[at] ?? null)}\n`);
      return `${stars} ${index + 1}. row ${stars}\n${lines.join('')}`;
    })
    .join('');
}

/** What is said after a statement at a prompt. */
export function summary(result: Result, tookMs: number): string {
  const took = `(${(tookMs / 1000).toFixed(2)} sec)`;
  if ('columns' in result) {
    const { length } = result.rows;
    return length === 0 ? `Empty set ${took}\n\n` : `${length} row${length === 1 ? '' : 's'} in set ${took}\n\n`;
  }
  const { affected, matched, database } = result;
  if (database !== undefined) return 'Database changed\n';
  const found = matched === undefined ? '' : `Rows matched: ${matched}  Changed: ${affected}  Warnings: 0\n`;
  return `Query OK, ${affected} row${affected === 1 ? '' : 's'} affected ${took}\n${found}\n`;
}
