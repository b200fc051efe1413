import { isObject } from '../unstructured.ts';

/**
 * A value as `-o kyaml` prints it: YAML in flow style with quoted strings, bare keys, and a comma behind each item, so
 * that nothing depends on indentation or on what a bare word may mean.
 * https://kubernetes.io/docs/reference/encodings/kyaml/
 *
 * @param asItStands keys as they stand instead of sorted
 */
export function writeKyaml(value: unknown, asItStands = false): string {
  return `---\n${valueText(value, 0, asItStands)}\n`;
}

function valueText(value: unknown, level: number, asItStands: boolean): string {
  if (Array.isArray(value)) return listText(value, level, asItStands);
  if (isObject(value)) return mapText(value, level, asItStands);
  return typeof value === 'string' ? stringText(value, level) : String(value);
}

function mapText(map: Readonly<Record<string, unknown>>, level: number, asItStands: boolean): string {
  const present = Object.keys(map).filter((key) => map[key] !== undefined);
  const keys = asItStands ? present : present.sort();
  if (keys.length === 0) return '{}';
  const margin = '  '.repeat(level + 1);
  const lines = keys.map((key) => `${margin}${keyText(key)}: ${valueText(map[key], level + 1, asItStands)},\n`);
  return `{\n${lines.join('')}${'  '.repeat(level)}}`;
}

/** Items that are maps or lists share their brackets' lines. */
function listText(items: readonly unknown[], level: number, asItStands: boolean): string {
  if (items.length === 0) return '[]';
  const isNested = (item: unknown) => typeof item === 'object' && item !== null;
  if (items.every(isNested)) return `[${items.map((item) => valueText(item, level, asItStands)).join(', ')}]`;
  const margin = '  '.repeat(level + 1);
  return `[\n${items.map((item) => `${margin}${valueText(item, level + 1, asItStands)},\n`).join('')}${'  '.repeat(level)}]`;
}

/** Words that a YAML reader may take for something else than a string. */
const AMBIGUOUS = /^(?:y|n|yes|no|on|off|true|false|null|~|[-+]?[0-9.].*|\.inf|\.nan)$/i;

function keyText(key: string): string {
  return /^[A-Za-z_][-A-Za-z0-9_./]*$/.test(key) && !AMBIGUOUS.test(key) ? key : JSON.stringify(key);
}

/** Text of several lines is folded, so that it can still be read. */
function stringText(text: string, level: number): string {
  if (!text.includes('\n')) return JSON.stringify(text);
  const margin = '  '.repeat(level + 1);
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  // What would be taken for indentation is escaped.
  const folded = lines.map(
    (line) =>
      `${margin}${/^\s*\S/.test(line) && line.startsWith(' ') ? '\\' : ' '}${JSON.stringify(line).slice(1, -1)}\\\n`,
  );
  return `"\\\n${folded.join('')}${margin}"`;
}
