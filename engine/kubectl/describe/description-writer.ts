import { alignTabs, DESCRIPTION_LAYOUT } from '../output/tabwriter.ts';
import { escapeTerminal } from '../output/terminal-escape.ts';

/** Collects the lines of a description: a level of indentation is two spaces, a tab ends a cell. */
export class DescriptionWriter {
  #text = '';

  /** A line; `level` 1 is one step in. What comes from the cluster is made harmless. */
  line(level: number, text: string): void {
    this.#text += `${'  '.repeat(level)}${escapeTerminal(text)}\n`;
  }

  /** A field: name, a tab, and its value; `<none>` is the caller's to say. */
  field(level: number, name: string, value: string | number | boolean): void {
    this.line(level, `${name}:\t${value}`);
  }

  /** Text that brings its own newlines. */
  write(text: string): void {
    this.#text += escapeTerminal(text);
  }

  /** Aligned, as it is printed. */
  get text(): string {
    return alignTabs(this.#text, DESCRIPTION_LAYOUT);
  }

  /** With its tabs. */
  get raw(): string {
    return this.#text;
  }
}

/** A map as a block of `key=value` lines, the first beside the name. */
export function writeMap(
  writer: DescriptionWriter,
  level: number,
  name: string,
  map: Readonly<Record<string, string>> | undefined,
  separator = '=',
): void {
  const keys = Object.keys(map ?? {}).sort();
  if (keys.length === 0) {
    writer.line(level, `${name}:\t<none>`);
    return;
  }
  for (const [index, key] of keys.entries()) {
    writer.line(index === 0 ? level : 0, `${index === 0 ? `${name}:` : ''}\t${key}${separator}${map![key]}`);
  }
}

/** A map in one line, `a=b,c=d` in order of keys. */
export function inOneLine(map: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '<none>' : pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

const MAX_ANNOTATION_LENGTH = 140;
/** What would only repeat the object itself. */
const HIDDEN_ANNOTATIONS: ReadonlySet<string> = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

/** Annotations: short ones beside their key, long ones below it and cut. */
export function writeAnnotations(
  writer: DescriptionWriter,
  level: number,
  annotations: Readonly<Record<string, string>> | undefined,
  name = 'Annotations',
): void {
  const keys = Object.keys(annotations ?? {})
    .filter((key) => !HIDDEN_ANNOTATIONS.has(key))
    .sort();
  if (keys.length === 0) {
    writer.line(level, `${name}:\t<none>`);
    return;
  }
  for (const [index, key] of keys.entries()) {
    const value = annotations![key]!.replace(/\n$/, '');
    const lead = `${index === 0 ? `${name}:` : ''}\t`;
    if (value.length + key.length + 2 <= MAX_ANNOTATION_LENGTH && !value.includes('\n')) {
      writer.line(index === 0 ? level : 0, `${lead}${key}: ${value}`);
      continue;
    }
    writer.line(index === 0 ? level : 0, `${lead}${key}:`);
    for (const text of value.split('\n')) {
      const cut = text.length > MAX_ANNOTATION_LENGTH - 2 ? `${text.slice(0, MAX_ANNOTATION_LENGTH - 2)}...` : text;
      writer.line(0, `\t  ${cut}`);
    }
  }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sun, 22 Nov 2026 22:42:34 +0000`; a missing time is `<unset>` unless told. */
export function longTime(timestamp: string | null | undefined, missing = '<unset>'): string {
  const time = new Date(timestamp ?? Number.NaN);
  if (Number.isNaN(time.getTime())) return missing;
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${DAYS[time.getUTCDay()]}, ${two(time.getUTCDate())} ${MONTHS[time.getUTCMonth()]} ${time.getUTCFullYear()}`;
  return `${date} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`;
}
