/** A template that cannot be parsed, in the words of k8s.io/client-go/util/jsonpath. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
  /** What is wrong, without the template. */
  readonly problem: string;

  constructor(template: string, problem: string) {
    super(`error parsing jsonpath ${template}, ${problem}`);
    this.problem = problem;
  }
}

/** A piece of a JSONPath template in kubectl's dialect: https://kubernetes.io/docs/reference/kubectl/jsonpath/ */
export type JsonPathNode =
  | { readonly type: 'text'; readonly text: string }
  /** What stands in braces: each step goes on from where the one before has led. */
  | { readonly type: 'path'; readonly steps: readonly Step[] };

export type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | { readonly type: 'slice'; readonly from?: number; readonly to?: number; readonly by?: number }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'union'; readonly members: readonly (readonly Step[])[] }
  | {
      readonly type: 'filter';
      readonly left: readonly Step[];
      readonly operator: string;
      readonly right: readonly Step[];
    }
  /** A text or number that takes the place of all that was before it. */
  | { readonly type: 'value'; readonly value: string | number | boolean }
  /** `range`, `end`, or what is no word of the language. */
  | { readonly type: 'word'; readonly word: string };

/** Parses a template such as `{range .items[*]}{.metadata.name}{"\n"}{end}`. @throws JsonPathError */
export function parseJsonPath(template: string): readonly JsonPathNode[] {
  return new Parser(template, template).template();
}

/** Where a field's name ends. */
const TERMINATOR = /[.,[\]$@{}\s]/;
const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const COMPARISON = /^([^!<>=]+)([!<>=]+)(.+?)$/s;

class Parser {
  readonly #whole: string;
  readonly #text: string;
  #at = 0;

  /** @param whole the template that errors name; `text` is a part of it */
  constructor(whole: string, text: string) {
    this.#whole = whole;
    this.#text = text;
  }

  template(): readonly JsonPathNode[] {
    const nodes: JsonPathNode[] = [];
    while (this.#at < this.#text.length) {
      const open = this.#text.indexOf('{', this.#at);
      const until = open < 0 ? this.#text.length : open;
      if (until > this.#at) nodes.push({ type: 'text', text: this.#text.slice(this.#at, until) });
      if (open < 0) break;
      this.#at = open + 1;
      nodes.push({ type: 'path', steps: this.steps() });
    }
    return nodes;
  }

  /** What stands up to the closing brace, which is passed. */
  steps(): readonly Step[] {
    const steps: Step[] = [];
    for (;;) {
      const rest = this.#text.slice(this.#at);
      const [letter = ''] = rest;
      if (letter === '}') {
        this.#at += 1;
        return steps;
      }
      if (/^[\r\n]?$/.test(letter)) throw this.#error('unclosed action');
      if (letter === ' ' || letter === '@' || letter === '$') this.#at += 1;
      else steps.push(...this.#step(rest, steps.at(-1)));
    }
  }

  #step(rest: string, last: Step | undefined): readonly Step[] {
    const letter = rest[0]!;
    if (rest.startsWith('[?(')) return [this.#filter()];
    if (rest.startsWith('..')) return this.#recursive(last);
    if (letter === '[') return this.#brackets();
    if (letter === '"' || letter === "'") return [this.#quoted(letter)];
    if (letter === '.') return [this.#field()];
    if (/[+\-\d]/.test(letter)) return [this.#number()];
    if (/[\p{L}_]/u.test(letter)) return [this.#word()];
    const code = letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    throw this.#error(`unrecognized character in action: U+${code} '${letter}'`);
  }

  #recursive(last: Step | undefined): readonly Step[] {
    if (last?.type === 'recursive') throw this.#error('invalid multiple recursive descent');
    this.#at += 2;
    const named = /[\p{L}\p{N}_]/u.test(this.#text[this.#at] ?? '');
    if (!named) return [{ type: 'recursive' }];
    return [{ type: 'recursive' }, { type: 'field', name: this.#name() }];
  }

  #field(): Step {
    this.#at += 1;
    const name = this.#name();
    return name === '*' ? { type: 'wildcard' } : { type: 'field', name };
  }

  /** A name up to what ends it; a backslash takes away the meaning of what follows. */
  #name(): string {
    const begin = this.#at;
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] === '\\') this.#at += 1;
      else if (TERMINATOR.test(this.#text[this.#at]!)) break;
      this.#at += 1;
    }
    return this.#text.slice(begin, this.#at).replaceAll('\\', '');
  }

  #word(): Step {
    const begin = this.#at;
    while (this.#at < this.#text.length && !TERMINATOR.test(this.#text[this.#at]!)) this.#at += 1;
    const word = this.#text.slice(begin, this.#at);
    return word === 'true' || word === 'false' ? { type: 'value', value: word === 'true' } : { type: 'word', word };
  }

  #number(): Step {
    const [text = ''] = /^[+-]?[\d.]*/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += text.length;
    const value = Number(text);
    if (!/\d/.test(text) || Number.isNaN(value)) throw this.#error(`cannot parse number ${text}`);
    return { type: 'value', value };
  }

  #quoted(quote: string): Step {
    const begin = this.#at + 1;
    for (let index = begin; index < this.#text.length; index++) {
      const letter = this.#text[index]!;
      if (letter === '\\') index += 1;
      else if (letter === '\n') break;
      else if (letter === quote) {
        this.#at = index + 1;
        return { type: 'value', value: unescapeText(this.#text.slice(begin, index)) };
      }
    }
    throw this.#error('unterminated quoted string');
  }

  #brackets(): readonly Step[] {
    const end = this.#text.indexOf(']', this.#at);
    const inside = this.#text.slice(this.#at + 1, end);
    if (end < 0 || inside.includes('\n')) throw this.#error('unterminated array');
    this.#at = end + 1;
    if (inside === '*') return [{ type: 'slice' }];
    const members = inside.split(',');
    if (members.length > 1)
      return [{ type: 'union', members: members.map((member) => this.#part(`[${member.trim()}]`)) }];
    const key = /^'([^']*)'$/.exec(inside);
    // A name in quotes is a path as well: dots in it have to be escaped.
    if (key !== null) return this.#part(`.${key[1]}`);
    return [this.#slice(inside)];
  }

  #slice(inside: string): Step {
    const match = SLICE.exec(inside);
    if (match === null) throw this.#error(`invalid array index ${inside}`);
    const [, from = '', to, by] = match;
    if (from === '-' || to === ':-' || by === ':-') throw this.#error(`array index - is not a number`);
    if (to === undefined && by === undefined) return { type: 'index', index: Number(from) };
    return {
      type: 'slice',
      ...(from === '' ? {} : { from: Number(from) }),
      ...(to === undefined || to === ':' ? {} : { to: Number(to.slice(1)) }),
      ...(by === undefined || by === ':' ? {} : { by: Number(by.slice(1)) }),
    };
  }

  #filter(): Step {
    const begin = this.#at + 3;
    const end = this.#endOfFilter(begin);
    if (this.#text[end + 1] !== ']') throw this.#error('unclosed array expect ]');
    this.#at = end + 2;
    const inside = this.#text.slice(begin, end);
    const [, left = inside, operator = 'exists', right = ''] = COMPARISON.exec(inside) ?? [];
    return { type: 'filter', left: this.#part(left), operator, right: this.#part(right) };
  }

  /** The parenthesis that ends a filter: quotes in it stand once, or not at all. */
  #endOfFilter(begin: number): number {
    let quote = '';
    let closed = false;
    for (let index = begin; index < this.#text.length; index++) {
      const letter = this.#text[index]!;
      if (letter === '\n') break;
      if (letter === '"' || letter === "'") {
        if (quote === '') quote = letter;
        else if (this.#text[index - 1] !== '\\' && letter === quote) closed = true;
      } else if (letter === ')' && (quote === '' || closed)) return index;
    }
    throw this.#error('unterminated filter');
  }

  /** The steps of a piece that stands for itself. */
  #part(text: string): readonly Step[] {
    return new Parser(this.#whole, `${text}}`).steps();
  }

  #error(problem: string): JsonPathError {
    return new JsonPathError(this.#whole, problem);
  }
}

function unescapeText(text: string): string {
  return text.replace(/\\(.)/gs, (_all, character: string) => ({ n: '\n', t: '\t', r: '\r' })[character] ?? character);
}
