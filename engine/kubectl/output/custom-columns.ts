import { JsonPathError, type JsonPathNode, parseJsonPath } from '../../api/json-path/parser.ts';
import { evaluateJsonPath, JsonPathFailure } from '../../api/json-path/walk.ts';
import { CommandError } from '../command-error.ts';
import { relaxedJsonPath, valueText } from './jsonpath.ts';
import { printTable } from './table-printer.ts';
import { escapeTerminal } from './terminal-escape.ts';

export interface CustomColumn {
  readonly heading: string;
  /** A template of JSONPath. */
  readonly path: string;
}

/** Parses `NAME:.metadata.name,IMAGE:.spec.containers[0].image`. @throws CommandError */
export function parseCustomColumns(spec: string): readonly CustomColumn[] {
  if (spec === '') throw new CommandError('custom-columns format specified but no custom columns given');
  return splitColumns(spec).map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) {
      throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    }
    return { heading: part.slice(0, colon), path: relaxedJsonPath(part.slice(colon + 1)) };
  });
}

/** Splits at commas that are not inside brackets. */
function splitColumns(spec: string): readonly string[] {
  return spec.split(/,(?![^[]*\])/);
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
  return names.map((heading, index) => ({ heading, path: relaxedJsonPath(expressions[index]!) }));
}

/** @param partial takes what is printed before a path turns out to be wrong, or to lead nowhere @throws CommandError */
export function printCustomColumns(
  columns: readonly CustomColumn[],
  objects: readonly unknown[],
  noHeaders: boolean,
  partial: (text: string) => void = () => {},
): string {
  const headings = noHeaders ? [] : [columns.map(({ heading }) => heading)];
  const paths = columns.map(({ path }) => {
    try {
      return parseJsonPath(path);
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      partial(printTable(headings));
      throw new CommandError(error.problem);
    }
  });
  const lines = [...headings];
  for (const object of objects) {
    try {
      lines.push(paths.map((path) => cell(path, object)));
    } catch (error) {
      if (!(error instanceof JsonPathFailure)) throw error;
      partial(printTable(lines));
      throw new CommandError(error.message);
    }
  }
  return printTable(lines);
}

/** @throws JsonPathFailure */
function cell(path: readonly JsonPathNode[], object: unknown): string {
  const values = evaluateJsonPath(path, object, { allowMissing: true }).flat();
  return values.length === 0 ? '<none>' : values.map((value) => escapeTerminal(cellText(value))).join(',');
}

/** Go's `%v` of a value: maps and lists are not JSON here. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '<none>';
  if (Array.isArray(value)) return `[${value.map(cellText).join(' ')}]`;
  if (typeof value !== 'object') return valueText(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${cellText(item)}`).join(' ')}]`;
}
