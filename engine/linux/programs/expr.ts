import type { Task } from '../../sim/index.ts';
import { Regex } from '../regex.ts';
import { print, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { program } from './program.ts';

/** Something is wrong with the expression: exit code 2. */
class ExprError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const INTEGER = /^-?\d+$/;

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/expr.html, with GNU's match, substr, index and length. */
class ExprParser {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  whole(): string {
    if (this.#words.length === 0) throw new ExprError('missing operand');
    const value = this.#or();
    const rest = this.#words[this.#at];
    if (rest !== undefined) throw new ExprError(`syntax error: unexpected argument '${rest}'`);
    return value;
  }

  #take(...operators: string[]): string | undefined {
    const word = this.#words[this.#at];
    if (word === undefined || !operators.includes(word)) return undefined;
    this.#at += 1;
    return word;
  }

  #or(): string {
    let left = this.#and();
    while (this.#take('|') !== undefined) {
      const right = this.#and();
      left = isNull(left) ? (isNull(right) ? '0' : right) : left;
    }
    return left;
  }

  #and(): string {
    let left = this.#comparison();
    while (this.#take('&') !== undefined) {
      const right = this.#comparison();
      left = isNull(left) || isNull(right) ? '0' : left;
    }
    return left;
  }

  #comparison(): string {
    let left = this.#sum();
    for (;;) {
      const operator = this.#take('=', '==', '!=', '<', '<=', '>', '>=');
      if (operator === undefined) return left;
      const right = this.#sum();
      const numbers = INTEGER.test(left) && INTEGER.test(right);
      const [a, b] = numbers ? [BigInt(left), BigInt(right)] : [left, right];
      const holds = { '=': a === b, '==': a === b, '!=': a !== b, '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[
        operator
      ]!;
      left = holds ? '1' : '0';
    }
  }

  #sum(): string {
    let left = this.#product();
    for (;;) {
      const operator = this.#take('+', '-');
      if (operator === undefined) return left;
      const [a, b] = [integer(left), integer(this.#product())];
      left = String(operator === '+' ? a + b : a - b);
    }
  }

  #product(): string {
    let left = this.#matched();
    for (;;) {
      const operator = this.#take('*', '/', '%');
      if (operator === undefined) return left;
      const [a, b] = [integer(left), integer(this.#matched())];
      if (operator !== '*' && b === 0n) throw new ExprError('division by zero');
      left = String(operator === '*' ? a * b : operator === '/' ? a / b : a % b);
    }
  }

  #matched(): string {
    let left = this.#operand();
    while (this.#take(':') !== undefined) left = match(left, this.#operand());
    return left;
  }

  #operand(): string {
    const word = this.#words[this.#at++];
    if (word === undefined) throw new ExprError(`syntax error: missing argument after '${this.#words.at(-1)}'`);
    switch (word) {
      case '(': {
        const value = this.#or();
        if (this.#take(')') === undefined)
          throw new ExprError(`syntax error: expecting ')' after '${this.#words[this.#at - 1]}'`);
        return value;
      }
      case 'length':
        return String([...this.#operand()].length);
      case 'match': {
        const text = this.#operand();
        return match(text, this.#operand());
      }
      case 'index': {
        const text = [...this.#operand()];
        const set = this.#operand();
        return String(text.findIndex((character) => set.includes(character)) + 1);
      }
      case 'substr': {
        const text = [...this.#operand()];
        const [from, count] = [Number(this.#operand()), Number(this.#operand())];
        return from >= 1 && count >= 1 ? text.slice(from - 1, from - 1 + count).join('') : '';
      }
      case '+':
        return this.#words[this.#at++] ?? '';
      default:
        return word;
    }
  }
}

function isNull(value: string): boolean {
  return value === '' || /^-?0+$/.test(value);
}

function integer(value: string): bigint {
  if (!INTEGER.test(value)) throw new ExprError('non-integer argument');
  return BigInt(value);
}

/** Anchored at the start; gives the group, or the number of characters. */
function match(text: string, pattern: string): string {
  const found = new Regex(`^${pattern.replace(/^\^/, '')}`, { extended: false }).search(text);
  const grouped = pattern.includes('\\(');
  if (found === undefined) return grouped ? '' : '0';
  return grouped ? (found.groups[1] ?? '') : String([...text.slice(found.start, found.end)].length);
}

export const expr = program(function* (process: Process, args: readonly string[]): Task<number> {
  try {
    const value = new ExprParser(args[0] === '--' ? args.slice(1) : args).whole();
    yield* print(process, `${value}\n`);
    return isNull(value) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ExprError)) throw error;
    yield* printError(process, `expr: ${error.message}\n`);
    return 2;
  }
});
