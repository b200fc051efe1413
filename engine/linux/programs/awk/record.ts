import type { Regex } from '../../regex.ts';
import { fromInput, toText, type Value } from './value.ts';

/** Fields beyond this are refused. */
export const MAX_FIELDS = 100_000;

/** The current record and its fields, each made from the other when it is needed. */
export class AwkRecord {
  #text = '';
  #fields: Value[] | undefined;
  #stale = false;

  set(text: string): void {
    this.#text = text;
    this.#fields = undefined;
    this.#stale = false;
  }

  text(separator: () => string, format: () => string): string {
    if (this.#stale) {
      this.#text = this.#fields!.map((field) => toText(field, format())).join(separator());
      this.#stale = false;
    }
    return this.#text;
  }

  fields(split: (text: string) => readonly string[]): Value[] {
    this.#fields ??= split(this.#text).map(fromInput);
    return this.#fields;
  }

  assign(index: number, value: Value, split: (text: string) => readonly string[]): void {
    const fields = this.fields(split);
    while (fields.length < index) fields.push('');
    fields[index - 1] = value;
    this.#stale = true;
  }

  resize(count: number, split: (text: string) => readonly string[]): void {
    const fields = this.fields(split);
    fields.length = Math.min(fields.length, count);
    while (fields.length < count) fields.push('');
    this.#stale = true;
  }
}

/** Splits as FS tells: blanks, one character as it is, or an expression. `paragraph` lets newlines separate as well. */
export function splitFields(
  text: string,
  separator: string,
  regex: (source: string) => Regex,
  paragraph = false,
): string[] {
  if (separator === ' ') {
    const trimmed = text.replace(/^[ \t\n]+|[ \t\n]+$/g, '');
    return trimmed === '' ? [] : trimmed.split(/[ \t\n]+/);
  }
  if (text === '') return [];
  if (paragraph) return text.split('\n').flatMap((line) => splitFields(line, separator, regex));
  if (separator === '') return [...text];
  if (separator.length === 1 && separator !== '\\') return text.split(separator);
  return splitByRegex(text, regex(separator));
}

export function splitByRegex(text: string, regex: Regex): string[] {
  const fields: string[] = [];
  let from = 0;
  for (let at = 0; at <= text.length; ) {
    const match = regex.search(text, at);
    if (match === undefined) break;
    if (match.end === match.start) {
      at = match.end + 1;
      continue;
    }
    fields.push(text.slice(from, match.start));
    from = at = match.end;
  }
  fields.push(text.slice(from));
  return fields;
}
