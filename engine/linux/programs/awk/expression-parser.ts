import { AwkSyntaxError, Lexer, type Token } from './lexer.ts';
import type { BinaryOperator, Expression, Target } from './tree.ts';

/** Where a bare `>` or `in` means something else than an operator. */
interface Context {
  readonly noGreater?: boolean;
  readonly noIn?: boolean;
}

const ASSIGNMENTS: Readonly<Record<string, BinaryOperator | undefined>> = {
  '=': undefined,
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '%=': '%',
  '^=': '^',
  '**=': '^',
};

const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=']);

/** Expressions nested deeper than this are refused. */
const MAX_DEPTH = 200;

/** The expressions of awk, by precedence from the loosest down. */
export class ExpressionParser {
  protected token: Token;
  readonly #lexer: Lexer;
  #depth = 0;
  protected readonly calls: Token[] = [];

  constructor(text: string) {
    this.#lexer = new Lexer(text);
    this.token = this.#lexer.next();
  }

  protected advance(): Token {
    const { token } = this;
    this.token = this.#lexer.next();
    return token;
  }

  protected is(...texts: string[]): boolean {
    const { kind, text } = this.token;
    return (kind === 'symbol' || kind === 'keyword') && texts.includes(text);
  }

  protected accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.advance();
    return true;
  }

  protected expect(text: string): void {
    if (!this.accept(text)) this.fail();
  }

  protected fail(): never {
    throw new AwkSyntaxError(this.token.line, this.token.text);
  }

  protected skipNewlines(): void {
    while (this.token.kind === 'newline') this.advance();
  }

  protected expression(context: Context = {}): Expression {
    if (++this.#depth > MAX_DEPTH) this.fail();
    const left = this.#conditional(context);
    let result = left;
    if (isTarget(left) && this.token.kind === 'symbol' && Object.hasOwn(ASSIGNMENTS, this.token.text)) {
      const operator = ASSIGNMENTS[this.advance().text];
      this.skipNewlines();
      result = { kind: 'assign', operator, target: left, value: this.expression(context) };
    }
    this.#depth -= 1;
    return result;
  }

  protected expressions(context: Context = {}): Expression[] {
    const list = [this.expression(context)];
    while (this.accept(',')) {
      this.skipNewlines();
      list.push(this.expression(context));
    }
    return list;
  }

  #conditional(context: Context): Expression {
    const test = this.#or(context);
    if (!this.accept('?')) return test;
    this.skipNewlines();
    const yes = this.expression(context);
    this.skipNewlines();
    this.expect(':');
    this.skipNewlines();
    return { kind: 'conditional', test, yes, no: this.expression(context) };
  }

  #or(context: Context): Expression {
    let left = this.#and(context);
    while (this.accept('||')) {
      this.skipNewlines();
      left = { kind: 'or', left, right: this.#and(context) };
    }
    return left;
  }

  #and(context: Context): Expression {
    let left = this.#in(context);
    while (this.accept('&&')) {
      this.skipNewlines();
      left = { kind: 'and', left, right: this.#in(context) };
    }
    return left;
  }

  #in(context: Context): Expression {
    let left = this.#match(context);
    while (!context.noIn && this.is('in')) {
      this.advance();
      left = { kind: 'in', subscript: left.kind === 'list' ? left.items : [left], name: this.#name() };
    }
    return left;
  }

  #name(): string {
    if (this.token.kind !== 'name') this.fail();
    return this.advance().text;
  }

  #match(context: Context): Expression {
    let left = this.#comparison(context);
    while (this.is('~', '!~')) {
      const negated = this.advance().text === '!~';
      left = { kind: 'match', negated, left, right: this.#comparison(context) };
    }
    return left;
  }

  #comparison(context: Context): Expression {
    let left = this.#concat(context);
    while (this.token.kind === 'symbol' && COMPARISONS.has(this.token.text)) {
      if (context.noGreater && this.token.text === '>') break;
      const operator = this.advance().text as BinaryOperator;
      left = { kind: 'binary', operator, left, right: this.#concat(context) };
    }
    if (!this.is('|') || context.noGreater) return left;
    return this.#pipedGetline(left, context);
  }

  /** `command | getline`, as often as it comes. A `|` before anything else is not ours. */
  #pipedGetline(command: Expression, context: Context): Expression {
    let left = command;
    while (this.is('|')) {
      this.advance();
      this.expect('getline');
      left = { kind: 'getline', from: 'command', source: left, target: this.#optionalTarget() };
    }
    return this.token.kind === 'symbol' && COMPARISONS.has(this.token.text) && !(context.noGreater && this.is('>'))
      ? { kind: 'binary', operator: this.advance().text as BinaryOperator, left, right: this.#concat(context) }
      : left;
  }

  #concat(context: Context): Expression {
    let left = this.#additive(context);
    while (this.#startsOperand()) left = { kind: 'concat', left, right: this.#additive(context) };
    return left;
  }

  #startsOperand(): boolean {
    const { kind, text } = this.token;
    if (kind === 'keyword' || kind === 'newline' || kind === 'end') return false;
    return kind !== 'symbol' || text === '$' || text === '(' || text === '++' || text === '--';
  }

  #additive(context: Context): Expression {
    let left = this.#multiplicative(context);
    while (this.is('+', '-')) {
      const operator = this.advance().text as '+' | '-';
      left = { kind: 'binary', operator, left, right: this.#multiplicative(context) };
    }
    return left;
  }

  #multiplicative(context: Context): Expression {
    let left = this.#unary(context);
    while (this.is('*', '/', '%')) {
      const operator = this.advance().text as '*' | '/' | '%';
      left = { kind: 'binary', operator, left, right: this.#unary(context) };
    }
    return left;
  }

  #unary(context: Context): Expression {
    if (!this.is('!', '-', '+')) return this.#power(context);
    if (++this.#depth > MAX_DEPTH) this.fail();
    const operator = this.advance().text as '!' | '-' | '+';
    const operand = this.#unary(context);
    this.#depth -= 1;
    return { kind: 'unary', operator, operand };
  }

  #power(context: Context): Expression {
    const left = this.#postfix();
    if (!this.is('^', '**')) return left;
    this.advance();
    // Binds to the right, and tighter than a sign on its left.
    const right = this.is('-', '+', '!') ? this.#unary(context) : this.#power(context);
    return { kind: 'binary', operator: '^', left, right };
  }

  #postfix(): Expression {
    const operand = this.#primary();
    if (!isTarget(operand) || !this.is('++', '--')) return operand;
    return { kind: 'step', target: operand, by: this.advance().text === '++' ? 1 : -1, prefix: false };
  }

  #primary(): Expression {
    const { token } = this;
    switch (token.kind) {
      case 'number':
        this.advance();
        return { kind: 'number', value: Number(token.text) };
      case 'string':
        this.advance();
        return { kind: 'string', value: token.text };
      case 'name':
        return this.#variable();
      case 'call': {
        this.calls.push(this.advance());
        return { kind: 'call', name: token.text, args: this.#arguments() };
      }
      case 'builtin':
        this.advance();
        return { kind: 'builtin', name: token.text, args: this.is('(') ? this.#arguments() : [] };
      default:
        return this.#symbolic();
    }
  }

  #symbolic(): Expression {
    if (this.is('/', '/=')) {
      const regex = this.#lexer.regex(this.token);
      this.advance();
      return { kind: 'regex', source: regex.text };
    }
    if (this.accept('$')) return { kind: 'field', index: this.#fieldIndex() };
    if (this.is('++', '--')) {
      const by = this.advance().text === '++' ? 1 : -1;
      const target = this.#primary();
      if (!isTarget(target)) this.fail();
      return { kind: 'step', target, by, prefix: true };
    }
    if (this.accept('getline')) return this.#simpleGetline();
    if (!this.accept('(')) this.fail();
    this.skipNewlines();
    const items = this.expressions();
    this.skipNewlines();
    this.expect(')');
    return items.length === 1 ? { kind: 'group', inner: items[0]! } : { kind: 'list', items };
  }

  #fieldIndex(): Expression {
    if (this.is('-', '+')) {
      const operator = this.advance().text as '-' | '+';
      return { kind: 'unary', operator, operand: this.#primary() };
    }
    return this.#primary();
  }

  #simpleGetline(): Expression {
    const target = this.#optionalTarget();
    if (!this.accept('<')) return { kind: 'getline', from: 'input', source: undefined, target };
    return { kind: 'getline', from: 'file', source: this.#postfix(), target };
  }

  #optionalTarget(): Target | undefined {
    if (this.token.kind === 'name') return this.#variable();
    return this.accept('$') ? { kind: 'field', index: this.#fieldIndex() } : undefined;
  }

  #variable(): Target {
    const { text: name } = this.advance();
    if (!this.accept('[')) return { kind: 'variable', name };
    const subscript = this.expressions();
    this.expect(']');
    return { kind: 'element', name, subscript };
  }

  #arguments(): Expression[] {
    this.expect('(');
    this.skipNewlines();
    if (this.accept(')')) return [];
    const args = this.expressions();
    this.skipNewlines();
    this.expect(')');
    return args;
  }
}

function isTarget(expression: Expression): expression is Target {
  return expression.kind === 'variable' || expression.kind === 'field' || expression.kind === 'element';
}
