import { parseArithmetic } from './parse.ts';
import type { ArithmeticTree, ArithmeticVariable } from './tree.ts';

/** Where an expression's variables are. */
export interface ArithmeticScope {
  /** The text of a variable or element; undefined when unset. Throws when `set -u` forbids it. */
  read(name: string, key: string | undefined): string | undefined;
  assign(name: string, key: string | undefined, value: string): void;
  isAssociative(name: string): boolean;
}

/** What is wrong with an expression, in bash's words. */
export class ArithmeticError extends Error {
  override readonly name = 'ArithmeticError';
}

/** A variable's value is itself an expression; so deep may that go. */
const MAX_LOOKUPS = 64;

export function evaluateText(text: string, scope: ArithmeticScope, depth = 0): bigint {
  const tree = parseArithmetic(text);
  if ('message' in tree) throw new ArithmeticError(`${text.trim()}: ${tree.message} (error token is "${tree.token}")`);
  return evaluate(tree, scope, depth);
}

export function evaluate(tree: ArithmeticTree, scope: ArithmeticScope, depth = 0): bigint {
  switch (tree.kind) {
    case 'number':
      return tree.value;
    case 'variable':
      return numberOf(scope.read(tree.name, keyOf(tree, scope, depth)), scope, depth);
    case 'unary': {
      const value = evaluate(tree.operand, scope, depth);
      if (tree.operator === '!') return value === 0n ? 1n : 0n;
      if (tree.operator === '~') return ~value;
      return tree.operator === '-' ? BigInt.asIntN(64, -value) : value;
    }
    case 'step': {
      const key = keyOf(tree.target, scope, depth);
      const before = numberOf(scope.read(tree.target.name, key), scope, depth);
      const after = BigInt.asIntN(64, before + tree.by);
      scope.assign(tree.target.name, key, after.toString());
      return tree.prefix ? after : before;
    }
    case 'assign': {
      const key = keyOf(tree.target, scope, depth);
      const right = evaluate(tree.value, scope, depth);
      const value =
        tree.operator === ''
          ? right
          : calculate(tree.operator, numberOf(scope.read(tree.target.name, key), scope, depth), right);
      scope.assign(tree.target.name, key, value.toString());
      return value;
    }
    case 'choice':
      return evaluate(evaluate(tree.test, scope, depth) === 0n ? tree.no : tree.yes, scope, depth);
    case 'binary': {
      const left = evaluate(tree.left, scope, depth);
      if (tree.operator === '&&') return left !== 0n && evaluate(tree.right, scope, depth) !== 0n ? 1n : 0n;
      if (tree.operator === '||') return left !== 0n || evaluate(tree.right, scope, depth) !== 0n ? 1n : 0n;
      return calculate(tree.operator, left, evaluate(tree.right, scope, depth));
    }
  }
}

/** The key an index stands for: the text itself in an associative array, else the number. */
function keyOf(variable: ArithmeticVariable, scope: ArithmeticScope, depth: number): string | undefined {
  if (variable.index === undefined) return undefined;
  if (scope.isAssociative(variable.name)) return variable.index.text;
  return evaluateText(variable.index.text, scope, depth + 1).toString();
}

function numberOf(text: string | undefined, scope: ArithmeticScope, depth: number): bigint {
  if (text === undefined || text === '') return 0n;
  if (/^-?[1-9][0-9]{0,17}$|^0$/.test(text)) return BigInt(text);
  if (depth > MAX_LOOKUPS)
    throw new ArithmeticError(`${text}: expression recursion level exceeded (error token is "${text}")`);
  return evaluateText(text, scope, depth + 1);
}

function calculate(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return BigInt.asIntN(64, left + right);
    case '-':
      return BigInt.asIntN(64, left - right);
    case '*':
      return BigInt.asIntN(64, left * right);
    case '/':
    case '%':
      if (right === 0n) throw new ArithmeticError('division by 0');
      return BigInt.asIntN(64, operator === '/' ? left / right : left % right);
    case '**':
      return power(left, right);
    case '<<':
      return BigInt.asIntN(64, left << (right & 63n));
    case '>>':
      return left >> (right & 63n);
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case ',':
      return right;
    default:
      return compare(operator, left, right) ? 1n : 0n;
  }
}

function compare(operator: string, left: bigint, right: bigint): boolean {
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (operator === '<') return left < right;
  if (operator === '>') return left > right;
  return operator === '<=' ? left <= right : left >= right;
}

/** Modulo 2^64 at every step: an exponent of millions costs no more than its bits. */
function power(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) throw new ArithmeticError('exponent less than 0');
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return result;
}
