export type Expression =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'assign'; readonly name: string; readonly operator: string; readonly value: Expression }
  | { readonly kind: 'step'; readonly name: string; readonly by: 1 | -1; readonly before: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly argument: Expression }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression };

export type Statement =
  | { readonly kind: 'expression'; readonly value: Expression; readonly shown: boolean }
  | { readonly kind: 'print'; readonly parts: readonly (Expression | string)[] }
  | { readonly kind: 'if'; readonly test: Expression; readonly then: Statement; readonly otherwise?: Statement }
  | {
      readonly kind: 'loop';
      readonly first?: Expression;
      readonly test?: Expression;
      readonly after?: Expression;
      readonly body: Statement;
    }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'break' | 'continue' | 'quit' };

export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault';
}

interface Token {
  readonly kind: 'number' | 'name' | 'string' | 'sign' | 'end';
  readonly text: string;
}

const TOKEN =
  /(?:[ \t]|\\\n|\/\*[\s\S]*?\*\/|#[^\n]*)*(?:([0-9A-F]+\.?[0-9A-F]*|\.[0-9A-F]+)|([a-z][a-z0-9_]*)|"([^"]*)"|(\+\+|--|&&|\|\||[-+*/%^<>=!]=|[-+*/%^<>=!(){};,.\n]))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; ; at = TOKEN.lastIndex) {
    const match = TOKEN.exec(text);
    if (match === null) {
      if (/^(?:[ \t]|\\\n|\/\*[\s\S]*?\*\/|#[^\n]*)*$/.test(text.slice(at))) return tokens;
      throw new SyntaxFault('syntax error');
    }
    const [, number, name, string, sign] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else tokens.push({ kind: 'sign', text: sign! });
  }
}

/** From the loosest to the tightest; `^` and what is unary bind tighter. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

const FUNCTIONS: ReadonlySet<string> = new Set(['sqrt', 'length', 'scale']);
const MAX_DEPTH = 200;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  program(): Statement[] {
    const statements: Statement[] = [];
    for (;;) {
      while (this.#take(';') || this.#take('\n'));
      if (this.#isOver()) return statements;
      statements.push(this.#statement());
      if (!this.#isOver() && !this.#take(';') && !this.#take('\n')) throw new SyntaxFault('syntax error');
    }
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #isOver(): boolean {
    return this.#at >= this.#tokens.length;
  }

  #take(text: string): boolean {
    if (this.#token.text !== text || this.#token.kind === 'string') return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new SyntaxFault('syntax error');
  }

  #statement(): Statement {
    if (++this.#depth > MAX_DEPTH) throw new SyntaxFault('nested too deeply');
    try {
      return this.#oneStatement();
    } finally {
      this.#depth -= 1;
    }
  }

  #oneStatement(): Statement {
    const { kind, text } = this.#token;
    if (kind === 'string') {
      this.#at += 1;
      return { kind: 'print', parts: [text] };
    }
    if (this.#take('{')) return this.#block();
    if (kind !== 'name') return this.#shown();
    switch (text) {
      case 'print':
        this.#at += 1;
        return this.#print();
      case 'if':
        this.#at += 1;
        return this.#if();
      case 'while':
      case 'for':
        this.#at += 1;
        return this.#loop(text);
      case 'break':
      case 'continue':
      case 'quit':
        this.#at += 1;
        return { kind: text };
      case 'halt':
        this.#at += 1;
        return { kind: 'quit' };
      case 'define':
      case 'auto':
      case 'return':
        throw new SyntaxFault(`${text} is not supported by this simulation`);
      default:
        return this.#shown();
    }
  }

  /** What an expression comes to is printed, unless it is an assignment. */
  #shown(): Statement {
    const value = this.#expression();
    return { kind: 'expression', value, shown: value.kind !== 'assign' };
  }

  #block(): Statement {
    const body: Statement[] = [];
    for (;;) {
      while (this.#take(';') || this.#take('\n'));
      if (this.#take('}')) return { kind: 'block', body };
      body.push(this.#statement());
    }
  }

  #print(): Statement {
    const parts: (Expression | string)[] = [];
    do {
      if (this.#token.kind === 'string') {
        parts.push(this.#token.text.replace(/\\([nt\\q])/g, (_, letter: string) => ESCAPES[letter]!));
        this.#at += 1;
      } else parts.push(this.#expression());
    } while (this.#take(','));
    return { kind: 'print', parts };
  }

  #if(): Statement {
    this.#expect('(');
    const test = this.#expression();
    this.#expect(')');
    while (this.#take('\n'));
    const then = this.#statement();
    const mark = this.#at;
    while (this.#take(';') || this.#take('\n'));
    if (!this.#take('else')) {
      this.#at = mark;
      return { kind: 'if', test, then };
    }
    while (this.#take('\n'));
    return { kind: 'if', test, then, otherwise: this.#statement() };
  }

  #loop(kind: 'while' | 'for'): Statement {
    this.#expect('(');
    const part = (end: string) => {
      if (this.#take(end)) return undefined;
      const value = this.#expression();
      this.#expect(end);
      return value;
    };
    const first = kind === 'for' ? part(';') : undefined;
    const test = part(kind === 'for' ? ';' : ')');
    const after = kind === 'for' ? part(')') : undefined;
    while (this.#take('\n'));
    const body = this.#statement();
    return { kind: 'loop', body, ...(first && { first }), ...(test && { test }), ...(after && { after }) };
  }

  #expression(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new SyntaxFault('nested too deeply');
    try {
      const left = this.#binary(0);
      const operator = /^([-+*/%^]?)=$/.exec(this.#token.text)?.[1];
      if (operator === undefined || left.kind !== 'name') return left;
      this.#at += 1;
      return { kind: 'assign', name: left.name, operator, value: this.#expression() };
    } finally {
      this.#depth -= 1;
    }
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#power();
    let left = this.#binary(level + 1);
    for (;;) {
      const { kind, text } = this.#token;
      if (kind !== 'sign' || !operators.includes(text)) return left;
      this.#at += 1;
      left = { kind: 'binary', operator: text, left, right: this.#binary(level + 1) };
    }
  }

  #power(): Expression {
    const left = this.#unary();
    if (!this.#take('^')) return left;
    return { kind: 'binary', operator: '^', left, right: this.#power() };
  }

  #unary(): Expression {
    for (const operator of ['-', '!']) {
      if (this.#take(operator)) return { kind: 'unary', operator, operand: this.#unary() };
    }
    for (const by of [1, -1] as const) {
      if (this.#take(by === 1 ? '++' : '--')) return { kind: 'step', name: this.#name(), by, before: true };
    }
    return this.#primary();
  }

  #primary(): Expression {
    const { kind, text } = this.#token;
    this.#at += 1;
    if (kind === 'number') return { kind: 'number', text };
    if (kind === 'sign' && text === '(') {
      const inner = this.#expression();
      this.#expect(')');
      // In parentheses an assignment is a value like any other.
      return inner.kind === 'assign' ? { kind: 'unary', operator: '+', operand: inner } : inner;
    }
    if (kind === 'sign' && text === '.') return { kind: 'name', name: 'last' };
    if (kind !== 'name') throw new SyntaxFault('syntax error');
    if (FUNCTIONS.has(text) && this.#take('(')) {
      const argument = this.#expression();
      this.#expect(')');
      return { kind: 'call', name: text, argument };
    }
    if (this.#token.text === '(') throw new SyntaxFault(`function ${text} is not supported by this simulation`);
    if (this.#take('++')) return { kind: 'step', name: text, by: 1, before: false };
    if (this.#take('--')) return { kind: 'step', name: text, by: -1, before: false };
    return { kind: 'name', name: text };
  }

  #name(): string {
    const { kind, text } = this.#token;
    if (kind !== 'name') throw new SyntaxFault('syntax error');
    this.#at += 1;
    return text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', q: '"' };

/** @throws SyntaxFault */
export function parseBc(text: string): Statement[] {
  return new Parser(text).program();
}
