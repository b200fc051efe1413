import type { Filter } from './tree.ts';

/** The text is no filter. */
export class JqSyntaxError {
  readonly near: string;

  constructor(near: string) {
    this.near = near;
  }
}

const TOKEN =
  /\s+|#[^\n]*|(?<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|(?<field>\.[A-Za-z_]\w*)|(?<variable>\$(?:__loc__|[A-Za-z_]\w*))|(?<format>@[a-z0-9]+)|(?<name>[A-Za-z_]\w*)|(?<symbol>\?\/\/=?|\.\.|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|[-.[\](){}|,:;=<>+*/%?"])/y;

interface Token {
  readonly kind: 'number' | 'field' | 'variable' | 'format' | 'name' | 'symbol' | 'end';
  readonly text: string;
}

/** Operators by how tightly they bind, the loosest first; `,` and `|` come before all of them. */
const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

const ASSIGNMENTS: ReadonlySet<string> = new Set(['=', '|=', '+=', '-=', '*=', '/=', '%=', '//=']);

const KEYWORDS: ReadonlySet<string> = new Set([
  'then',
  'elif',
  'else',
  'end',
  'as',
  'and',
  'or',
  'catch',
  'def',
  'reduce',
  'foreach',
  'if',
  'try',
]);

const MAX_DEPTH = 300;

/** Throws JqSyntaxError. */
export function parseJq(text: string): Filter {
  const parser = new Parser(text);
  return parser.whole();
}

class Parser {
  readonly #text: string;
  #at = 0;
  #token: Token;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#token = this.#scan();
  }

  whole(): Filter {
    if (this.#token.kind === 'end') return { kind: 'identity' };
    const filter = this.#pipe();
    if (!this.#ended()) this.#fail();
    return filter;
  }

  #ended(): boolean {
    return this.#token.kind === 'end';
  }

  #scan(): Token {
    while (this.#at < this.#text.length) {
      TOKEN.lastIndex = this.#at;
      const match = TOKEN.exec(this.#text);
      if (match === null) throw new JqSyntaxError(this.#text[this.#at]!);
      this.#at += match[0].length;
      for (const [kind, text] of Object.entries(match.groups!))
        if (text !== undefined) return { kind: kind as Token['kind'], text };
    }
    return { kind: 'end', text: '' };
  }

  #fail(): never {
    throw new JqSyntaxError(this.#token.text === '' ? 'end of file' : this.#token.text);
  }

  #next(): Token {
    const token = this.#token;
    this.#token = this.#scan();
    return token;
  }

  #is(text: string): boolean {
    return this.#token.text === text && this.#token.kind !== 'end';
  }

  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#next();
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#fail();
  }

  #pipe(): Filter {
    if (++this.#depth > MAX_DEPTH) this.#fail();
    const filter = this.#piped();
    this.#depth -= 1;
    return filter;
  }

  #piped(): Filter {
    if (this.#accept('def')) return this.#definition();
    const left = this.#comma();
    if (this.#accept('as')) {
      const name = this.#variable();
      this.#expect('|');
      return { kind: 'bind', source: left, name, body: this.#pipe() };
    }
    return this.#accept('|') ? { kind: 'pipe', left, right: this.#pipe() } : left;
  }

  #definition(): Filter {
    const name = this.#next().text;
    const parameters: string[] = [];
    if (this.#accept('(')) {
      do parameters.push(this.#next().text);
      while (this.#accept(';'));
      this.#expect(')');
    }
    this.#expect(':');
    const body = this.#pipe();
    this.#expect(';');
    return { kind: 'define', name, parameters, body, rest: this.#pipe() };
  }

  #variable(): string {
    if (this.#token.kind !== 'variable') this.#fail();
    return this.#next().text.slice(1);
  }

  #comma(): Filter {
    let left = this.#assignment();
    while (this.#accept(',')) left = { kind: 'comma', left, right: this.#assignment() };
    return left;
  }

  #assignment(): Filter {
    const left = this.#alternative();
    if (this.#token.kind !== 'symbol' || !ASSIGNMENTS.has(this.#token.text)) return left;
    const operator = this.#next().text;
    return { kind: 'assign', operator, left, right: this.#alternative() };
  }

  #alternative(): Filter {
    const left = this.#operators(0);
    return this.#accept('//') ? { kind: 'alternative', left, right: this.#alternative() } : left;
  }

  #operators(level: number): Filter {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#postfix();
    let left = this.#operators(level + 1);
    while (operators.includes(this.#token.text) && this.#token.kind !== 'end') {
      const operator = this.#next().text;
      left = { kind: 'binary', operator, left, right: this.#operators(level + 1) };
    }
    return left;
  }

  #postfix(): Filter {
    let filter = this.#term();
    for (;;) {
      if (this.#token.kind === 'field')
        filter = { kind: 'index', target: filter, key: literal(this.#next().text.slice(1)) };
      else if (this.#accept('?')) filter = { kind: 'optional', target: filter };
      else if (this.#is('.') && /^\s*["[]/.test(this.#text.slice(this.#at))) {
        this.#next();
        if (this.#is('"')) filter = { kind: 'index', target: filter, key: this.#string(undefined) };
      } else if (this.#is('[')) filter = this.#suffix(filter);
      else if (this.#is('as')) return filter;
      else return filter;
    }
  }

  /** What stands in brackets behind a term. */
  #suffix(target: Filter): Filter {
    this.#next();
    if (this.#accept(']')) return { kind: 'iterate', target };
    if (this.#accept(':')) {
      const to = this.#pipe();
      this.#expect(']');
      return { kind: 'slice', target, from: undefined, to };
    }
    const key = this.#pipe();
    if (this.#accept(':')) {
      const to = this.#is(']') ? undefined : this.#pipe();
      this.#expect(']');
      return { kind: 'slice', target, from: key, to };
    }
    this.#expect(']');
    return { kind: 'index', target, key };
  }

  #term(): Filter {
    const { kind, text } = this.#token;
    switch (kind) {
      case 'number':
        this.#next();
        return literal(Number(text));
      case 'field':
        this.#next();
        return { kind: 'index', target: { kind: 'identity' }, key: literal(text.slice(1)) };
      case 'variable':
        this.#next();
        return { kind: 'variable', name: text.slice(1) };
      case 'format':
        this.#next();
        return this.#is('"') ? this.#string(text) : { kind: 'call', name: text, args: [] };
      case 'name':
        return this.#word(text);
      case 'symbol':
        return this.#symbol(text);
      default:
        return this.#fail();
    }
  }

  #symbol(text: string): Filter {
    switch (text) {
      case '.': {
        this.#next();
        if (this.#is('"')) return { kind: 'index', target: { kind: 'identity' }, key: this.#string(undefined) };
        return this.#is('[') ? this.#suffix({ kind: 'identity' }) : { kind: 'identity' };
      }
      case '..':
        this.#next();
        return { kind: 'recurse' };
      case '"':
        return this.#string(undefined);
      case '-':
        this.#next();
        return { kind: 'negate', operand: this.#postfix() };
      case '(': {
        this.#next();
        const filter = this.#pipe();
        this.#expect(')');
        return filter;
      }
      case '[': {
        this.#next();
        const body = this.#is(']') ? undefined : this.#pipe();
        this.#expect(']');
        return { kind: 'array', body };
      }
      case '{':
        return this.#object();
      default:
        return this.#fail();
    }
  }

  #word(text: string): Filter {
    this.#next();
    switch (text) {
      case 'true':
      case 'false':
      case 'null':
        return literal(JSON.parse(text));
      case 'if':
        return this.#if();
      case 'try': {
        const body = this.#postfix();
        return { kind: 'try', body, handler: this.#accept('catch') ? this.#postfix() : undefined };
      }
      case 'reduce':
      case 'foreach':
        return this.#fold(text === 'foreach');
      case 'label': {
        const name = this.#variable();
        this.#expect('|');
        return { kind: 'label', name, body: this.#pipe() };
      }
      case 'break':
        return { kind: 'break', name: this.#variable() };
      default: {
        if (KEYWORDS.has(text)) throw new JqSyntaxError(text);
        const args: Filter[] = [];
        if (this.#accept('(')) {
          do args.push(this.#pipe());
          while (this.#accept(';'));
          this.#expect(')');
        }
        return { kind: 'call', name: text, args };
      }
    }
  }

  #if(): Filter {
    const test = this.#pipe();
    this.#expect('then');
    const yes = this.#pipe();
    let no: Filter | undefined;
    if (this.#accept('elif')) return { kind: 'if', test, yes, no: this.#if() };
    if (this.#accept('else')) no = this.#pipe();
    this.#expect('end');
    return { kind: 'if', test, yes, no };
  }

  #fold(each: boolean): Filter {
    const source = this.#postfix();
    this.#expect('as');
    const name = this.#variable();
    this.#expect('(');
    const start = this.#pipe();
    this.#expect(';');
    const update = this.#pipe();
    const extract = this.#accept(';') ? this.#pipe() : undefined;
    this.#expect(')');
    return { kind: 'fold', each, source, name, start, update, extract };
  }

  #object(): Filter {
    this.#next();
    const entries: { key: Filter; value: Filter }[] = [];
    while (!this.#is('}')) {
      entries.push(this.#entry());
      if (!this.#accept(',')) break;
    }
    this.#expect('}');
    return { kind: 'object', entries };
  }

  #entry(): { key: Filter; value: Filter } {
    const { kind, text } = this.#token;
    let key: Filter;
    let short: Filter | undefined;
    if (kind === 'variable') {
      this.#next();
      key = literal(text.slice(1));
      short = { kind: 'variable', name: text.slice(1) };
    } else if (this.#accept('(')) {
      key = this.#pipe();
      this.#expect(')');
    } else {
      key = this.#is('"') ? this.#string(undefined) : kind === 'name' ? literal(this.#next().text) : this.#fail();
      short = { kind: 'index', target: { kind: 'identity' }, key };
    }
    if (!this.#accept(':')) return { key, value: short ?? this.#fail() };
    let value = this.#alternative();
    while (this.#accept('|')) value = { kind: 'pipe', left: value, right: this.#alternative() };
    return { key, value };
  }

  /** From behind its opening quote, with `\(…)` inside. */
  #string(format: string | undefined): Filter {
    const parts: (string | Filter)[] = [];
    let text = '';
    for (;;) {
      const character = this.#text[this.#at++];
      if (character === undefined) throw new JqSyntaxError('end of file');
      if (character === '"') break;
      if (character !== '\\') {
        text += character;
        continue;
      }
      const escaped = this.#text[this.#at++] ?? '';
      if (escaped === '(') {
        parts.push(text);
        text = '';
        this.#token = this.#scan();
        parts.push(this.#pipe());
        if (!this.#is(')')) this.#fail();
        continue;
      }
      const hex = escaped === 'u' ? this.#text.slice(this.#at, this.#at + 4) : '';
      this.#at += hex.length;
      text +=
        escaped === 'u'
          ? String.fromCharCode(Number.parseInt(hex, 16))
          : ({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[escaped] ?? escaped);
    }
    parts.push(text);
    this.#token = this.#scan();
    return parts.length === 1 ? literal(text) : { kind: 'string', format, parts };
  }
}

function literal(value: unknown): Filter {
  return { kind: 'literal', value };
}
