import type { Task } from '../../../sim/index.ts';
import { ArithmeticError, type ArithmeticScope, evaluate, evaluateText } from '../arithmetic/evaluate.ts';
import { ShellFault } from '../control.ts';
import { isBash, type Shell } from '../shell.ts';
import type { ArithmeticText } from '../syntax/tree.ts';
import type { WordExpansions } from './expansions.ts';

/** The value of `$((…))`, `((…))`, an index or a slice. */
export function* arithmeticValue(shell: Shell, expression: ArithmeticText, expansions: WordExpansions): Task<bigint> {
  if (expression.tree !== undefined) {
    const { tree } = expression;
    return guarded(shell, expression.word.literal ?? '', () => evaluate(tree, scopeOf(shell)));
  }
  const text = yield* expansions.text(shell, expression.word);
  return calculateText(shell, text);
}

export function calculateText(shell: Shell, text: string): bigint {
  return guarded(shell, text, () => evaluateText(text, scopeOf(shell)));
}

function guarded(shell: Shell, text: string, calculate: () => bigint): bigint {
  try {
    return calculate();
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error;
    if (shell.dialect === 'dash')
      throw new ShellFault(`arithmetic expression: ${dashText(error.message)}: "${text}"`, 2);
    if (!isBash(shell)) throw new ShellFault(ashText(error.message), 2);
    if (error.message === 'division by 0') {
      const token = /[/%]=?\s*([^/%]*)$/.exec(text)?.[1] ?? text;
      throw new ShellFault(`${text}: division by 0 (error token is "${token}")`, 1, true);
    }
    throw new ShellFault(error.message, 1, true);
  }
}

function ashText(message: string): string {
  return message === 'division by 0' ? 'divide by zero' : 'arithmetic syntax error';
}

function dashText(message: string): string {
  return message === 'division by 0'
    ? 'division by zero'
    : message.includes('operand expected')
      ? 'expecting primary'
      : 'expecting EOF';
}

/** In dash a variable holds a number, as strtoimax(3) reads it, and never an expression. */
const DASH_NUMBER = /^\s*(?:[-+]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)\s*)?$/;

function scopeOf(shell: Shell): ArithmeticScope {
  return {
    read(name, key) {
      const value = key === undefined ? shell.variables.value(name) : shell.variables.element(name, key);
      if (value === undefined && shell.options.nounset) {
        throw new ShellFault(
          `${name}: ${isBash(shell) ? 'unbound variable' : 'parameter not set'}`,
          isBash(shell) ? 1 : 2,
        );
      }
      if (shell.dialect === 'dash' && value !== undefined && !DASH_NUMBER.test(value)) {
        throw new ShellFault(`Illegal number: ${value}`, 2);
      }
      return value;
    },
    assign(name, key, value) {
      if (key === undefined) shell.variables.set(name, value);
      else shell.variables.setElement(name, key, value);
    },
    isAssociative(name) {
      return shell.variables.get(name)?.entries !== undefined;
    },
  };
}
