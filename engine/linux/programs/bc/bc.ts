import type { Task } from '../../../sim/index.ts';
import { decode, print, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions } from '../options.ts';
import { errnoOf, type Flavour, openFailure, program } from '../program.ts';
import {
  add,
  bounded,
  compare,
  type Decimal,
  divide,
  formatDecimal,
  integer,
  MathError,
  multiply,
  negate,
  parseDecimal,
  raise,
  remainder,
  squareRoot,
  withScale,
} from './number.ts';
import { type Expression, parseBc, type Statement, SyntaxFault } from './parser.ts';

/** Longer numbers go on in the next line. */
const LINE_CHARS = 68;
const MAX_SCALE = 10_000;

type Outcome = 'next' | 'break' | 'continue' | 'quit';

/**
 * The calculator: numbers of any length, variables, conditions and loops; neither functions of one's own, nor arrays,
 * nor the library of `-l`. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/bc.html
 */
export const bc = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'lqsw', long: { mathlib: 'l', quiet: 'q', standard: 's', warn: 'w' } });
  const calculator = new Calculator(process);
  if (options.has('l')) calculator.scale = 20;
  for (const path of options.operands) {
    let text: string;
    try {
      text = decode(process.readFile(path));
    } catch (error) {
      yield* printError(process, `bc: ${openFailure(flavour, path, errnoOf(error))}\n`);
      return 1;
    }
    if ((yield* runText(calculator, text, flavour)) === 'quit') return 0;
  }
  if (!process.isTerminal(0)) {
    yield* runText(calculator, decode(yield* readAll(process, 0)), flavour);
    return 0;
  }
  for (;;) {
    const line = yield* process.read(0);
    if (line.length === 0 || (yield* runText(calculator, decode(line), flavour)) === 'quit') return 0;
  }
});

/** A line that is wrong is passed over; what was before it has been done. */
function* runText(calculator: Calculator, text: string, flavour: Flavour): Task<Outcome> {
  const { process } = calculator;
  let pending = '';
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    pending += `${line}\n`;
    if (line.endsWith('\\') || (at < lines.length - 1 && isOpen(pending))) continue;
    try {
      for (const statement of parseBc(pending)) {
        if ((yield* calculator.run(statement)) === 'quit') return 'quit';
      }
    } catch (error) {
      const busybox = flavour === 'busybox';
      if (error instanceof SyntaxFault) {
        yield* printError(process, busybox ? `bc: ${error.message}\n` : `(standard_in) ${at + 1}: ${error.message}\n`);
      } else if (error instanceof MathError) {
        const told = busybox
          ? `bc: ${error.message.toLowerCase()}`
          : `Runtime error (func=(main), adr=3): ${error.message}`;
        yield* printError(process, `${told}\n`);
      } else throw error;
    }
    pending = '';
  }
  return 'next';
}

/** Whether a brace or a comment is still to be closed. */
function isOpen(text: string): boolean {
  const code = text.replace(/"[^"]*"/g, '').replace(/\/\*[\s\S]*?\*\//g, '');
  return code.includes('/*') || code.split('{').length > code.split('}').length;
}

class Calculator {
  readonly process: Process;
  readonly #variables = new Map<string, Decimal>();
  scale = 0;
  #inputBase = 10;
  #outputBase = 10;

  constructor(process: Process) {
    this.process = process;
  }

  *run(statement: Statement): Task<Outcome> {
    yield* this.process.compute(0.1);
    switch (statement.kind) {
      case 'expression': {
        const value = this.#value(statement.value);
        if (!statement.shown) return 'next';
        this.#variables.set('last', value);
        yield* print(this.process, `${folded(formatDecimal(value, this.#outputBase))}\n`);
        return 'next';
      }
      case 'print':
        for (const part of statement.parts) {
          const text = typeof part === 'string' ? part : folded(formatDecimal(this.#value(part), this.#outputBase));
          yield* print(this.process, text);
        }
        return 'next';
      case 'if': {
        const chosen = this.#holds(statement.test) ? statement.then : statement.otherwise;
        return chosen === undefined ? 'next' : yield* this.run(chosen);
      }
      case 'loop':
        return yield* this.#loop(statement);
      case 'block':
        for (const each of statement.body) {
          const outcome = yield* this.run(each);
          if (outcome !== 'next') return outcome;
        }
        return 'next';
      default:
        return statement.kind;
    }
  }

  *#loop({ first, test, after, body }: Extract<Statement, { kind: 'loop' }>): Task<Outcome> {
    if (first !== undefined) this.#value(first);
    while (test === undefined || this.#holds(test)) {
      yield* this.process.compute(0.1);
      const outcome = yield* this.run(body);
      if (outcome === 'quit') return outcome;
      if (outcome === 'break') break;
      if (after !== undefined) this.#value(after);
    }
    return 'next';
  }

  #holds(test: Expression): boolean {
    return this.#value(test).digits !== 0n;
  }

  #value(expression: Expression): Decimal {
    switch (expression.kind) {
      case 'number':
        return parseDecimal(expression.text, this.#inputBase);
      case 'name':
        return this.#get(expression.name);
      case 'assign': {
        const { name, operator, value } = expression;
        const given = this.#value(value);
        return this.#set(name, operator === '' ? given : this.#apply(operator, this.#get(name), given));
      }
      case 'step': {
        const before = this.#get(expression.name);
        const stepped = this.#set(expression.name, add(before, integer(expression.by)));
        return expression.before ? stepped : before;
      }
      case 'call':
        return this.#call(expression.name, this.#value(expression.argument));
      case 'unary': {
        const operand = this.#value(expression.operand);
        if (expression.operator === '!') return integer(operand.digits === 0n);
        return expression.operator === '-' ? negate(operand) : operand;
      }
      case 'binary':
        return this.#apply(expression.operator, this.#value(expression.left), this.#value(expression.right));
    }
  }

  #call(name: string, value: Decimal): Decimal {
    if (name === 'sqrt') return squareRoot(value, this.scale);
    if (name === 'scale') return integer(value.scale);
    const { length } = (value.digits < 0n ? -value.digits : value.digits).toString();
    return integer(Math.max(length, value.scale));
  }

  #apply(operator: string, a: Decimal, b: Decimal): Decimal {
    switch (operator) {
      case '+':
        return add(a, b);
      case '-':
        return add(a, negate(b));
      case '*':
        return bounded(multiply(a, b, this.scale));
      case '/':
        return divide(a, b, this.scale);
      case '%':
        return remainder(a, b, this.scale);
      case '^':
        return raise(a, b, this.scale);
      case '&&':
        return integer(a.digits !== 0n && b.digits !== 0n);
      case '||':
        return integer(a.digits !== 0n || b.digits !== 0n);
      default: {
        const order = compare(a, b);
        const holds = { '==': order === 0, '!=': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0 }[
          operator
        ];
        return integer(holds ?? order >= 0);
      }
    }
  }

  #get(name: string): Decimal {
    if (name === 'scale') return integer(this.scale);
    if (name === 'ibase') return integer(this.#inputBase);
    if (name === 'obase') return integer(this.#outputBase);
    return this.#variables.get(name) ?? integer(0);
  }

  #set(name: string, value: Decimal): Decimal {
    const number = () => Number(withScale(value, 0).digits);
    if (name === 'scale') this.scale = Math.min(MAX_SCALE, Math.max(0, number()));
    else if (name === 'ibase') this.#inputBase = Math.min(16, Math.max(2, number()));
    else if (name === 'obase') {
      if (number() > 36) throw new MathError('obase too large');
      this.#outputBase = Math.max(2, number());
    } else this.#variables.set(name, value);
    return value;
  }
}

function folded(text: string): string {
  if (text.length <= LINE_CHARS + 1) return text;
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += LINE_CHARS) lines.push(text.slice(at, at + LINE_CHARS));
  return lines.join('\\\n');
}
