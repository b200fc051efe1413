import { escapePattern } from './pattern.ts';

/** A word's result before pathname expansion. */
export interface Field {
  readonly text: string;
  /** Set when unquoted glob characters are in it: quoted text is escaped in here. */
  readonly pattern: string | undefined;
}

const GLOB_CHARACTERS = /[*?[]|[@!+]\(/;

/** Puts the expansions of one word together, splitting by IFS what is to be split. */
export class FieldBuilder {
  readonly #ifs: string;
  readonly #fields: Field[] = [];
  #text = '';
  #pattern = '';
  #glob = false;
  #present = false;
  /** White space has just ended a field: a delimiter that follows belongs to it. */
  #afterSpace = false;

  constructor(ifs: string) {
    this.#ifs = ifs;
  }

  /** Text that is not split; unquoted it may be a pattern. */
  text(text: string, quoted: boolean): void {
    if (quoted) {
      this.#present = true;
      this.#pattern += escapePattern(text);
    } else {
      if (text !== '') this.#present = true;
      this.#pattern += text;
      if (!this.#glob && GLOB_CHARACTERS.test(text)) this.#glob = true;
    }
    this.#text += text;
    this.#afterSpace = false;
  }

  /** The result of an unquoted expansion. */
  split(text: string): void {
    const ifs = this.#ifs;
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      if (!ifs.includes(character)) continue;
      if (at > start) this.text(text.slice(start, at), false);
      start = at + 1;
      if (character === ' ' || character === '\t' || character === '\n') {
        if (this.#present) {
          this.endField();
          this.#afterSpace = true;
        }
      } else if (this.#afterSpace) this.#afterSpace = false;
      else {
        this.#present = true;
        this.endField();
      }
    }
    if (start < text.length) this.text(start === 0 ? text : text.slice(start), false);
  }

  /** Several values of which each is a field of its own: `"$@"`, or `$@` and `$*` where they are split as well. */
  list(values: readonly string[], quoted: boolean): void {
    for (const [at, value] of values.entries()) {
      if (at > 0) this.endField();
      if (quoted) this.text(value, true);
      else this.split(value);
    }
  }

  endField(): void {
    if (this.#present) {
      this.#fields.push({ text: this.#text, pattern: this.#glob ? this.#pattern : undefined });
    }
    this.#text = '';
    this.#pattern = '';
    this.#glob = false;
    this.#present = false;
    this.#afterSpace = false;
  }

  finish(): readonly Field[] {
    this.endField();
    return this.#fields;
  }
}

/** Splits a line for `read`: at most `count` fields, the last takes the rest without trailing IFS white space. */
export function splitLine(line: string, escaped: ReadonlySet<number>, ifs: string, count: number): string[] {
  const isSpace = (at: number) => ' \t\n'.includes(line[at]!) && ifs.includes(line[at]!) && !escaped.has(at);
  const isDelimiter = (at: number) => ifs.includes(line[at]!) && !escaped.has(at);
  const fields: string[] = [];
  let at = 0;
  while (at < line.length && isSpace(at)) at += 1;
  while (at < line.length && fields.length < count - 1) {
    const start = at;
    while (at < line.length && !isDelimiter(at)) at += 1;
    fields.push(line.slice(start, at));
    while (at < line.length && isSpace(at)) at += 1;
    if (at < line.length && isDelimiter(at) && !isSpace(at) && !(start === at && at > 0 && isSpace(at - 1))) {
      at += 1;
      while (at < line.length && isSpace(at)) at += 1;
    }
  }
  if (at >= line.length) return fields;
  let end = line.length;
  while (end > at && isSpace(end - 1)) end -= 1;
  let rest = line.slice(at, end);
  // POSIX: a single trailing delimiter belongs to the last field's end, unless more fields would follow it.
  const last = end - 1;
  if (rest.length > 0 && isDelimiter(last) && !isSpace(last)) {
    let inner = false;
    for (let i = at; i < last; i++) if (isDelimiter(i)) inner = true;
    if (!inner) rest = rest.slice(0, -1);
  }
  fields.push(rest);
  return fields;
}
