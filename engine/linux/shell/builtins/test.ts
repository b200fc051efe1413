import type { Process } from '../../syscalls.ts';
import { BINARY_OPERATORS, compareText, testUnary, UNARY_OPERATORS } from './test-operators.ts';

/** What is wrong with a `test` expression. */
export class TestFault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** How a dialect words what is wrong. */
export interface TestWords {
  readonly badNumber: (text: string) => string;
  readonly unknownOperand: (text: string) => string;
}

export const BASH_TEST_WORDS: TestWords = {
  badNumber: (text) => `${text}: integer expression expected`,
  unknownOperand: (text) => (text === '' ? 'argument expected' : `${text}: binary operator expected`),
};

export const ASH_TEST_WORDS: TestWords = {
  badNumber: (text) => `${text}: bad number`,
  unknownOperand: (text) => (text === '' ? 'argument expected' : `${text}: unknown operand`),
};

/** dash and busybox word them differently only here. */
export const DASH_TEST_WORDS: TestWords = {
  badNumber: (text) => `Illegal number: ${text}`,
  unknownOperand: (text) => (text === '' ? 'argument expected' : `${text}: unexpected operator`),
};

/** test(1), by the number of arguments as POSIX rules, then by precedence. Throws TestFault. */
export function evaluateTestArguments(process: Process, args: readonly string[], words: TestWords): boolean {
  const parser = new TestParser(process, args, words);
  return parser.whole();
}

class TestParser {
  readonly #process: Process;
  readonly #args: readonly string[];
  readonly #words: TestWords;
  #at = 0;
  #depth = 0;

  constructor(process: Process, args: readonly string[], words: TestWords) {
    this.#process = process;
    this.#args = args;
    this.#words = words;
  }

  whole(): boolean {
    const args = this.#args;
    if (args.length === 0) return false;
    if (args.length === 1) return args[0] !== '';
    if (args.length === 2 && args[0] === '!') return args[1] === '';
    if (args.length === 3 && BINARY_OPERATORS.has(args[1]!)) return this.#compare(args[0]!, args[1]!, args[2]!);
    if (args.length === 4 && args[0] === '!' && BINARY_OPERATORS.has(args[2]!))
      return !this.#compare(args[1]!, args[2]!, args[3]!);
    const result = this.#or();
    if (this.#at < args.length) throw new TestFault(this.#words.unknownOperand(args[this.#at]!));
    return result;
  }

  #or(): boolean {
    let result = this.#and();
    while (this.#args[this.#at] === '-o') {
      this.#at += 1;
      result = this.#and() || result;
    }
    return result;
  }

  #and(): boolean {
    let result = this.#not();
    while (this.#args[this.#at] === '-a') {
      this.#at += 1;
      result = this.#not() && result;
    }
    return result;
  }

  #not(): boolean {
    if (this.#args[this.#at] === '!' && this.#at + 1 < this.#args.length) {
      if (++this.#depth > 100) throw new TestFault('too many arguments');
      this.#at += 1;
      return !this.#not();
    }
    return this.#primary();
  }

  #primary(): boolean {
    const first = this.#args[this.#at];
    if (first === undefined) throw new TestFault(this.#words.unknownOperand(''));
    const second = this.#args[this.#at + 1];
    if (second !== undefined && BINARY_OPERATORS.has(second) && this.#at + 2 < this.#args.length) {
      const right = this.#args[this.#at + 2]!;
      this.#at += 3;
      return this.#compare(first, second, right);
    }
    if (first === '(') {
      if (++this.#depth > 100) throw new TestFault('too many arguments');
      this.#at += 1;
      const result = this.#or();
      if (this.#args[this.#at] !== ')') throw new TestFault('closing paren expected');
      this.#at += 1;
      return result;
    }
    if (UNARY_OPERATORS.has(first) && second !== undefined) {
      this.#at += 2;
      return testUnary(this.#process, first, second);
    }
    this.#at += 1;
    return first !== '';
  }

  #compare(left: string, operator: string, right: string): boolean {
    return compareText(this.#process, operator, left, right, (text) => {
      if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestFault(this.#words.badNumber(text));
      return BigInt(text.trim().replace(/^\+/, ''));
    });
  }
}
