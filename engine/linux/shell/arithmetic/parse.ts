import type { ArithmeticFault, ArithmeticTree, ArithmeticVariable } from './tree.ts';

/** Nesting beyond this is an error rather than a deep recursion. */
const MAX_DEPTH = 256;

/** Binary operators by precedence, weakest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const ASSIGNMENTS: ReadonlySet<string> = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|=']);

const TOKEN =
  /[ \t\r\n]*(<<=|>>=|\*\*|\+\+|--|&&|\|\||<<|>>|[-+*/%&^|<>=!]=|[0-9]+#[0-9A-Za-z@_]+|[0-9][0-9A-Za-z]*|[A-Za-z_][A-Za-z_0-9]*|[-+*/%&^|<>=!~?:,()[\]])/y;

/** Parses an expression; an empty one is 0. */
export function parseArithmetic(text: string): ArithmeticTree | ArithmeticFault {
  try {
    const parser = new Parser(text);
    if (parser.token === undefined) return { kind: 'number', value: 0n };
    const tree = parser.comma();
    if (parser.token !== undefined) throw parser.fault('syntax error in expression');
    return tree;
  } catch (error) {
    if (error instanceof Fault) return { message: error.text, token: error.token };
    throw error;
  }
}

class Fault {
  readonly text: string;
  readonly token: string;

  constructor(text: string, token: string) {
    this.text = text;
    this.token = token;
  }
}

class Parser {
  readonly #text: string;
  #start = 0;
  #end = 0;
  #depth = 0;
  token: string | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#advance();
  }

  fault(message: string): Fault {
    return new Fault(message, this.#text.slice(this.#start).trimStart());
  }

  #advance(): void {
    this.#start = this.#end;
    TOKEN.lastIndex = this.#end;
    const match = TOKEN.exec(this.#text);
    if (match === null) {
      if (this.#text.slice(this.#end).trim() !== '') throw this.fault('syntax error: invalid arithmetic operator');
      this.token = undefined;
      return;
    }
    this.token = match[1]!;
    this.#end = TOKEN.lastIndex;
    this.#start = this.#end - this.token.length;
  }

  #take(token: string): boolean {
    if (this.token !== token) return false;
    this.#advance();
    return true;
  }

  comma(): ArithmeticTree {
    let left = this.#assignment();
    while (this.#take(',')) left = { kind: 'binary', operator: ',', left, right: this.#assignment() };
    return left;
  }

  #assignment(): ArithmeticTree {
    if (++this.#depth > MAX_DEPTH) throw this.fault('expression recursion level exceeded');
    const left = this.#choice();
    const operator = this.token;
    let tree = left;
    if (operator !== undefined && ASSIGNMENTS.has(operator)) {
      if (left.kind !== 'variable') throw this.fault('attempted assignment to non-variable');
      this.#advance();
      tree = { kind: 'assign', operator: operator.slice(0, -1), target: left, value: this.#assignment() };
    }
    this.#depth -= 1;
    return tree;
  }

  #choice(): ArithmeticTree {
    const test = this.#binary(0);
    if (!this.#take('?')) return test;
    const yes = this.comma();
    if (!this.#take(':')) throw this.fault("`:' expected for conditional expression");
    return { kind: 'choice', test, yes, no: this.#assignment() };
  }

  #binary(level: number): ArithmeticTree {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#power();
    let left = this.#binary(level + 1);
    while (this.token !== undefined && operators.includes(this.token)) {
      const operator = this.token;
      this.#advance();
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #power(): ArithmeticTree {
    const left = this.#unary();
    if (!this.#take('**')) return left;
    return { kind: 'binary', operator: '**', left, right: this.#power() };
  }

  #unary(): ArithmeticTree {
    const token = this.token;
    if (token === '+' || token === '-' || token === '!' || token === '~') {
      if (++this.#depth > MAX_DEPTH) throw this.fault('expression recursion level exceeded');
      this.#advance();
      const operand = this.#unary();
      this.#depth -= 1;
      return { kind: 'unary', operator: token, operand };
    }
    if (token === '++' || token === '--') {
      this.#advance();
      const target = this.#unary();
      // `--5` is two signs, as in bash.
      if (target.kind !== 'variable') return target;
      return { kind: 'step', target, by: token === '++' ? 1n : -1n, prefix: true };
    }
    return this.#postfix();
  }

  #postfix(): ArithmeticTree {
    const operand = this.#primary();
    if (operand.kind !== 'variable' || (this.token !== '++' && this.token !== '--')) return operand;
    const by = this.token === '++' ? 1n : -1n;
    this.#advance();
    return { kind: 'step', target: operand, by, prefix: false };
  }

  #primary(): ArithmeticTree {
    const token = this.token;
    if (token === undefined) throw new Fault('syntax error: operand expected', this.#text.trim().slice(-1));
    if (token === '(') {
      this.#advance();
      const tree = this.comma();
      if (!this.#take(')')) throw this.fault("missing `)'");
      return tree;
    }
    if (/^[0-9]/.test(token)) {
      const value = parseInteger(token);
      if (typeof value === 'string') throw this.fault(value);
      this.#advance();
      return { kind: 'number', value };
    }
    if (!/^[A-Za-z_]/.test(token)) throw this.fault('syntax error: operand expected');
    this.#advance();
    return this.#variable(token);
  }

  #variable(name: string): ArithmeticVariable {
    if (this.token !== '[') return { kind: 'variable', name, index: undefined };
    let depth = 0;
    const from = this.#end;
    for (let at = this.#start; at < this.#text.length; at++) {
      if (this.#text[at] === '[') depth += 1;
      else if (this.#text[at] === ']' && --depth === 0) {
        this.#end = at + 1;
        this.#advance();
        return { kind: 'variable', name, index: { text: this.#text.slice(from, at) } };
      }
    }
    throw this.fault('bad array subscript');
  }
}

/** A constant: decimal, 0octal, 0xhexadecimal or base#digits. A text is what is wrong with it. */
function parseInteger(token: string): bigint | string {
  if (/^0[xX][0-9A-Fa-f]*$/.test(token)) return BigInt.asIntN(64, BigInt(token.length === 2 ? '0x0' : token));
  if (/^0[0-7]*$/.test(token)) return BigInt.asIntN(64, BigInt(token.length === 1 ? '0' : `0o${token.slice(1)}`));
  if (/^0\d+$/.test(token)) return 'value too great for base';
  if (/^\d+$/.test(token)) return BigInt.asIntN(64, BigInt(token));
  const match = /^(\d{1,3})#(.+)$/.exec(token);
  if (match === null)
    return /^\d+[A-Za-z_]/.test(token) ? 'value too great for base' : 'syntax error: operand expected';
  const base = Number(match[1]);
  if (base < 2 || base > 64) return 'invalid arithmetic base';
  let value = 0n;
  for (const digit of match[2]!) {
    let at = DIGITS.indexOf(digit);
    if (base <= 36 && at >= 36) at -= 26;
    if (at < 0 || at >= base) return 'value too great for base';
    value = value * BigInt(base) + BigInt(at);
  }
  return BigInt.asIntN(64, value);
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_';
