import type { KubeObject } from '../../api/object.ts';
import { alignTabs, displayWidth, pad, TABLE_LAYOUT } from './tabwriter.ts';
import { escapeTerminal } from './terminal-escape.ts';

/** meta.k8s.io/v1 Table, as the server sends it. */
export interface Table {
  readonly kind: 'Table';
  readonly columnDefinitions: readonly {
    readonly name: string;
    readonly type: string;
    readonly format?: string;
    readonly priority?: number;
  }[];
  readonly rows: readonly TableRow[];
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
}

interface TableRow {
  readonly cells: readonly unknown[];
  readonly object?: KubeObject;
}

export interface TableOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly withNamespace: boolean;
  /** `pod` or `deployment.apps`, put before names. */
  readonly withKind: string | undefined;
  readonly showLabels: boolean;
  /** `-L`: each becomes a column. */
  readonly labelColumns: readonly string[];
}

/** Rows and headings of a table as the columns that are to be shown; no padding yet. */
export function tableLines(table: Table, options: TableOptions, headings: boolean): readonly (readonly string[])[] {
  const shown = table.columnDefinitions
    .map((definition, index) => ({ definition, index }))
    .filter(({ definition }) => options.wide || (definition.priority ?? 0) === 0);
  const lines: string[][] = [];
  if (headings && !options.noHeaders) {
    lines.push([
      ...(options.withNamespace ? ['NAMESPACE'] : []),
      ...shown.map(({ definition }) => definition.name.toUpperCase()),
      ...options.labelColumns.map(labelHeading),
      ...(options.showLabels ? ['LABELS'] : []),
    ]);
  }
  for (const row of table.rows) {
    const metadata = row.object?.metadata;
    const labels = metadata?.labels ?? {};
    lines.push([
      ...(options.withNamespace ? [metadata?.namespace ?? ''] : []),
      ...shown.map(({ index }, position) => cellText(row.cells[index], position === 0 ? options.withKind : undefined)),
      ...options.labelColumns.map((label) => labels[label] ?? ''),
      ...(options.showLabels ? [labelsText(labels)] : []),
    ]);
  }
  return lines;
}

function labelHeading(label: string): string {
  return label.slice(label.lastIndexOf('/') + 1).toUpperCase();
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`);
  return pairs.length === 0 ? '<none>' : pairs.join(',');
}

/** One line of one cell: what comes after a line break is cut, and control characters are shown. */
function cellText(cell: unknown, kind: string | undefined): string {
  let text = String(cell ?? '');
  const breakAt = text.search(/[\f\n\r]/);
  if (breakAt >= 0) text = `${text.slice(0, breakAt)}...`;
  text = escapeTerminal(text).replaceAll('\t', ' ');
  return kind === undefined ? text : `${kind}/${text}`;
}

/** A whole table at once. */
export function printTable(lines: readonly (readonly string[])[]): string {
  return alignTabs(lines.map((cells) => `${cells.join('\t')}\n`).join(''), TABLE_LAYOUT);
}

/** A table that grows while it is watched: columns keep the width they had and only become wider. */
export class GrowingTable {
  readonly #widths: number[] = [];

  /** The text of more lines. */
  print(lines: readonly (readonly string[])[]): string {
    for (const cells of lines) {
      for (let column = 0; column < cells.length - 1; column++) {
        const needed = Math.max(TABLE_LAYOUT.minWidth, displayWidth(cells[column]!) + TABLE_LAYOUT.padding);
        this.#widths[column] = Math.max(this.#widths[column] ?? 0, needed);
      }
    }
    return lines
      .map(
        (cells) =>
          `${cells.map((cell, column) => (column === cells.length - 1 ? cell : pad(cell, this.#widths[column]!))).join('')}\n`,
      )
      .join('');
  }
}
