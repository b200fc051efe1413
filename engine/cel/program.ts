import type { ASTNode, TypeError as CelTypeError, Environment, ParseError } from '@marcbachmann/cel-js';
import { compileError } from './compile-error.ts';
import { CelBudgetError, CelCompileError, CelEvaluationError } from './evaluation-error.ts';
import { allowIndexInHas } from './has-index.ts';

/** Steps an evaluation may take, as the real server counts cost. https://kubernetes.io/docs/reference/using-api/cel/#resource-constraints */
export interface Budget {
  /** Falls with every step; evaluation ends in a `CelBudgetError` below zero. */
  left: number;
}

/** A compiled expression. */
export interface Program {
  readonly ast: ASTNode;
  /** The type its value will have, as the library names it; `dyn` when only the value will tell. */
  readonly type: string;
  /** @throws CelEvaluationError, CelBudgetError */
  evaluate(variables: Readonly<Record<string, unknown>>, budget: Budget): unknown;
}

/** A step may not make a value larger than this: values grow faster than steps are counted. */
const MAX_VALUE_LENGTH = 10_000_000;

interface Countable {
  readonly args?: unknown;
  readonly meta?: { readonly alternate?: unknown; readonly macro?: unknown };
  evaluate(evaluator: unknown, node: unknown, context: unknown): unknown;
}

/**
 * Compiles an expression.
 *
 * @param result the type it must have: `bool`, `string`; anything when left out.
 * @param prepare may change the syntax tree before types are checked.
 * @throws CelCompileError in the words of cel-go.
 */
export function compileProgram(
  environment: Environment,
  expression: string,
  result?: string,
  prepare?: (ast: ASTNode) => void,
): Program {
  let parsed: ReturnType<Environment['parse']>;
  try {
    parsed = environment.parse(expression);
  } catch (error) {
    throw compileError(expression, error as ParseError);
  }
  allowIndexInHas(parsed.ast);
  prepare?.(parsed.ast);
  const { valid, error, type = 'dyn' } = parsed.check();
  if (!valid) throw compileError(expression, error as CelTypeError);
  if (result !== undefined && type !== result && type !== 'dyn') {
    throw new CelCompileError(`must evaluate to ${result}`);
  }
  const counter: { budget: Budget } = { budget: { left: 0 } };
  countSteps(parsed.ast, counter, new Set());
  return {
    ast: parsed.ast,
    type,
    evaluate(variables, budget) {
      counter.budget = budget;
      try {
        return parsed(variables);
      } catch (problem) {
        throw evaluationError(problem, budget);
      }
    },
  };
}

function evaluationError(problem: unknown, budget: Budget): CelEvaluationError {
  if (budget.left < 0) return new CelBudgetError('operation cancelled: actual cost limit exceeded');
  const { summary, message } = problem as { readonly summary?: string; readonly message?: string };
  const words = (summary ?? message ?? String(problem))
    .replace(/^No such key: (.*)$/s, 'no such key: $1')
    .replace(/^No such key: index out of bounds, index (-?\d+).*$/s, 'index out of bounds: $1');
  return new CelEvaluationError(words);
}

/** Makes every node of a syntax tree pay for being evaluated. */
function countSteps(value: unknown, counter: { readonly budget: Budget }, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value)) {
    for (const each of value) countSteps(each, counter, seen);
    return;
  }
  if (!isNode(value)) {
    if (Object.getPrototypeOf(value) !== Object.prototype) return;
    for (const each of Object.values(value)) countSteps(each, counter, seen);
    return;
  }
  // The library puts a faster function in place when a node is first evaluated: that one has to pay, too.
  let evaluate = value.evaluate;
  const paying: Countable['evaluate'] = (evaluator, node, context) => {
    spend(counter.budget, 1);
    const result = evaluate.call(value, evaluator, node, context);
    const length = lengthOf(result);
    if (length > 10) spend(counter.budget, length > MAX_VALUE_LENGTH ? Number.POSITIVE_INFINITY : length / 100);
    return result;
  };
  Object.defineProperty(value, 'evaluate', {
    get: () => paying,
    set: (next: Countable['evaluate']) => {
      evaluate = next;
    },
  });
  countSteps(value.args, counter, seen);
  countSteps(value.meta?.alternate, counter, seen);
  countSteps(value.meta?.macro, counter, seen);
}

function isNode(value: object): value is Countable {
  return 'op' in value && 'evaluate' in value && typeof value.evaluate === 'function';
}

function spend(budget: Budget, cost: number): void {
  budget.left -= cost;
  if (budget.left < 0) throw new CelBudgetError('operation cancelled: actual cost limit exceeded');
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0;
}
