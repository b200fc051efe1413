import { CommandError } from '../command-error.ts';
import { JsonPath, relaxedJsonPath, valueText } from './jsonpath.ts';
import { printTable } from './table-printer.ts';
import { escapeTerminal } from './terminal-escape.ts';

export interface CustomColumn {
  readonly heading: string;
  readonly path: JsonPath;
}

/** Parses `NAME:.metadata.name,IMAGE:.spec.containers[0].image`. @throws CommandError */
export function parseCustomColumns(spec: string): readonly CustomColumn[] {
  if (spec === '') throw new CommandError('custom-columns format specified but no custom columns given');
  return splitColumns(spec).map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) {
      throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    }
    return { heading: part.slice(0, colon), path: new JsonPath(relaxedJsonPath(part.slice(colon + 1))) };
  });
}

/** Splits at commas that are not inside brackets. */
function splitColumns(spec: string): readonly string[] {
  return spec.match(/(?:\[[^\]]*\]|[^,])+/g) ?? [];
}

/** Columns from a template file: a line of headings and a line of paths. @throws CommandError */
export function parseColumnsFile(text: string): readonly CustomColumn[] {
  const [headings = '', paths = ''] = text.split('\n');
  const names = headings.trim().split(/\s+/).filter(Boolean);
  const expressions = paths.trim().split(/\s+/).filter(Boolean);
  if (names.length !== expressions.length) {
    throw new CommandError(
      `number of headers (${names.length}) and field specifications (${expressions.length}) don't match`,
    );
  }
  return names.map((heading, index) => ({ heading, path: new JsonPath(relaxedJsonPath(expressions[index]!)) }));
}

export function printCustomColumns(
  columns: readonly CustomColumn[],
  objects: readonly unknown[],
  noHeaders: boolean,
): string {
  const rows = objects.map((object) =>
    columns.map(({ path }) => {
      const values = path.find(object, { allowMissing: true }).flat();
      return values.length === 0 ? '<none>' : values.map((value) => escapeTerminal(cellText(value))).join(',');
    }),
  );
  return printTable(noHeaders ? rows : [columns.map(({ heading }) => heading), ...rows]);
}

/** Go's `%v` of a value: maps and lists are not JSON here. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '<none>';
  if (Array.isArray(value)) return `[${value.map(cellText).join(' ')}]`;
  if (typeof value !== 'object') return valueText(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${cellText(item)}`).join(' ')}]`;
}
