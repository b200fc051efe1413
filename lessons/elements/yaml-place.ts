/** Where in a manifest a cursor stands. */
export interface YamlPlace {
  readonly apiVersion: string;
  readonly kind: string;
  /** Names of the fields from the top to the one that is being written, lists stepped into. */
  readonly path: readonly string[];
  /** What of the field's name or value stands before the cursor. */
  readonly typed: string;
  /** Whether a value is being written, and not a name. */
  readonly inValue: boolean;
  /** The column at which the field's name begins. */
  readonly column: number;
}

/** A line as far as it matters: dashes of lists, a name, and what follows. */
const LINE = /^(\s*)((?:- +)*)(?:(?:"([^"]*)"|'([^']*)'|([^\s:#'"-][^:#]*?))\s*:(?=\s|$)\s*(.*))?/;

/**
 * Reads the place at an offset from indents alone, so that it works in the middle of writing, when the text is no YAML yet.
 * Undefined inside a block of text (`|`) or a comment.
 */
export function yamlPlaceAt(text: string, offset: number): YamlPlace | undefined {
  const before = text.slice(0, offset);
  const begin = documentStart(before);
  const lines = before.slice(begin).split('\n');
  const current = lines.at(-1)!;
  if (/(^|\s)#/.test(current)) return undefined;
  const rest = text.slice(begin).split(/^---.*$/m)[0] ?? '';
  const top = (name: string) => new RegExp(`^${name}:\\s*["']?([^\\s"'#]+)`, 'm').exec(rest)?.[1] ?? '';
  const [, indent = '', dashes = ''] = /^(\s*)((?:- +)*)/.exec(current) ?? [];
  const column = indent.length + dashes.length;
  const content = current.slice(column);
  const [, name, value] = /^["']?([\w./-]+)["']?:\s+(.*)$/.exec(content) ?? [];
  const parents = parentsOf(lines.slice(0, -1), dashes.length > 0 ? indent.length : column, dashes.length > 0);
  if (parents === undefined) return undefined;
  return {
    apiVersion: top('apiVersion'),
    kind: top('kind'),
    path: name === undefined ? parents : [...parents, name],
    typed: name === undefined ? content : (value ?? ''),
    inValue: name !== undefined,
    column,
  };
}

function documentStart(before: string): number {
  const at = [...before.matchAll(/^---.*\n/gm)].at(-1);
  return at === undefined ? 0 : at.index + at[0].length;
}

/** Walks up: every line that is indented less is a parent. A list's dash may stand as far left as its parent's name. */
function parentsOf(lines: readonly string[], column: number, afterDash: boolean): string[] | undefined {
  const path: string[] = [];
  let limit = afterDash ? column + 1 : column;
  for (const line of lines.toReversed()) {
    if (limit === 0) break;
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const [, indent = '', dashes = '', quoted, single, plain, value = ''] = LINE.exec(line) ?? [];
    const name = quoted ?? single ?? plain;
    const at = indent.length + dashes.length;
    if (at < limit && name !== undefined) {
      if (/^[|>][-+\d]*\s*(#.*)?$/.test(value)) return undefined;
      path.unshift(name);
      limit = dashes.length > 0 ? indent.length + 1 : at;
    } else if (dashes.length > 0 && indent.length < limit && at >= limit) {
      // The dash of the list's item that the place is in.
      limit = indent.length + 1;
    }
  }
  return path;
}
