import type { Cursor } from './cursor.ts';
import { SqlError, unsupported } from './sql-error.ts';

export type Value = string | number | null;

/** What an expression can look at. */
export interface Scope {
  /** Throws SqlError for a column that there is not. */
  column(name: string): Value;
  /** Every row that was found, for aggregates. */
  readonly rows: readonly Scope[];
  variable(name: string): Value;
  call(name: string, args: readonly Value[]): Value;
}

export interface Expression {
  evaluate(scope: Scope): Value;
  /** Whether it is made of all rows. */
  readonly aggregate?: boolean;
  /** Of a column by itself. */
  readonly column?: string;
}

const constant = (value: Value): Expression => ({ evaluate: () => value });

const isTrue = (value: Value): boolean => value !== null && Number(value) !== 0;

const truth = (value: boolean): Value => (value ? 1 : 0);

/** `a OR b`, the widest that there is. */
export function readExpression(cursor: Cursor): Expression {
  let left = conjunction(cursor);
  while (cursor.take('OR') || cursor.take('||'))
    left = both(left, conjunction(cursor), (a, b) => truth(isTrue(a) || isTrue(b)));
  return left;
}

function conjunction(cursor: Cursor): Expression {
  let left = negation(cursor);
  while (cursor.take('AND') || cursor.take('&&'))
    left = both(left, negation(cursor), (a, b) => truth(isTrue(a) && isTrue(b)));
  return left;
}

function negation(cursor: Cursor): Expression {
  if (!cursor.take('NOT')) return comparison(cursor);
  const inner = negation(cursor);
  return { evaluate: (scope) => truth(!isTrue(inner.evaluate(scope))) };
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
};

function comparison(cursor: Cursor): Expression {
  const left = sum(cursor);
  const { token } = cursor;
  const holds = token.type === 'symbol' ? COMPARISONS[token.text] : undefined;
  if (holds !== undefined) {
    cursor.next();
    return both(left, sum(cursor), (a, b) => (a === null || b === null ? null : truth(holds(compareValues(a, b)))));
  }
  if (cursor.take('IS')) {
    const not = cursor.take('NOT');
    cursor.expect('NULL');
    return { evaluate: (scope) => truth((left.evaluate(scope) === null) !== not) };
  }
  const not = cursor.take('NOT');
  if (cursor.take('LIKE')) {
    return both(left, sum(cursor), (text, pattern) => truth(likePattern(String(pattern)).test(String(text)) !== not));
  }
  if (cursor.take('IN')) {
    cursor.expect('(');
    const choices = cursor.list(() => sum(cursor));
    cursor.expect(')');
    return {
      evaluate(scope) {
        const value = left.evaluate(scope);
        return truth(choices.some((choice) => compareValues(value, choice.evaluate(scope)) === 0) !== not);
      },
    };
  }
  if (not) throw cursor.error();
  return left;
}

function sum(cursor: Cursor): Expression {
  let left = product(cursor);
  for (;;) {
    if (cursor.take('+')) left = arithmetic(left, product(cursor), (a, b) => a + b);
    else if (cursor.take('-')) left = arithmetic(left, product(cursor), (a, b) => a - b);
    else return left;
  }
}

function product(cursor: Cursor): Expression {
  let left = primary(cursor);
  for (;;) {
    if (cursor.take('*')) left = arithmetic(left, primary(cursor), (a, b) => a * b);
    else if (cursor.take('/')) left = arithmetic(left, primary(cursor), (a, b) => (b === 0 ? null : a / b));
    else if (cursor.take('%')) left = arithmetic(left, primary(cursor), (a, b) => (b === 0 ? null : a % b));
    else return left;
  }
}

/** Words that are no column unless they are quoted. */
const RESERVED = [
  'FROM',
  'WHERE',
  'ORDER',
  'GROUP',
  'BY',
  'LIMIT',
  'AS',
  'AND',
  'OR',
  'SET',
  'INTO',
  'VALUES',
  'TABLE',
];

function primary(cursor: Cursor): Expression {
  const token = cursor.next();
  if (token.type === 'text') return constant(token.text);
  if (token.type === 'number') return constant(Number(token.text));
  if (token.type === 'variable') {
    const name = token.text.toLowerCase();
    return { evaluate: (scope) => scope.variable(name) };
  }
  if (token.type === 'symbol' && token.text === '-') {
    return arithmetic(constant(0), primary(cursor), (a, b) => a - b);
  }
  if (token.type === 'symbol' && token.text === '(') {
    const inner = readExpression(cursor);
    cursor.expect(')');
    return inner;
  }
  if (token.type !== 'word' && token.type !== 'name') throw cursor.error(token);
  const word = token.text.toUpperCase();
  if (token.type === 'word') {
    if (RESERVED.includes(word)) throw cursor.error(token);
    if (word === 'NULL') return constant(null);
    if (word === 'TRUE' || word === 'FALSE') return constant(word === 'TRUE' ? 1 : 0);
    if (word === 'SELECT' || word === 'CASE') throw unsupported(word === 'CASE' ? 'CASE' : 'subqueries');
    if (cursor.take('(')) return call(cursor, word);
    if (word.startsWith('CURRENT_')) return { evaluate: (scope) => scope.call(word, []) };
  }
  const name = cursor.take('.') ? cursor.name() : token.text;
  return { column: name, evaluate: (scope) => scope.column(name) };
}

const AGGREGATES = ['COUNT', 'SUM', 'MIN', 'MAX', 'AVG'];

function call(cursor: Cursor, name: string): Expression {
  if (!AGGREGATES.includes(name)) {
    const args = cursor.isNext(')') ? [] : cursor.list(() => readExpression(cursor));
    cursor.expect(')');
    return {
      evaluate: (scope) =>
        scope.call(
          name,
          args.map((arg) => arg.evaluate(scope)),
        ),
    };
  }
  const inner = cursor.take('*') ? constant(1) : readExpression(cursor);
  cursor.expect(')');
  return {
    aggregate: true,
    evaluate: ({ rows }) =>
      aggregate(
        name,
        rows.map((row) => inner.evaluate(row)).filter((value) => value !== null),
      ),
  };
}

function aggregate(name: string, values: readonly (string | number)[]): Value {
  if (name === 'COUNT') return values.length;
  if (values.length === 0) return null;
  if (name === 'MIN' || name === 'MAX') {
    const sorted = [...values].sort(compareValues);
    return (name === 'MIN' ? sorted[0] : sorted.at(-1)) ?? null;
  }
  const total = values.reduce<number>((before, value) => before + Number(value), 0);
  return name === 'SUM' ? total : total / values.length;
}

function both(left: Expression, right: Expression, of: (a: Value, b: Value) => Value): Expression {
  return {
    aggregate: left.aggregate === true || right.aggregate === true,
    evaluate: (scope) => of(left.evaluate(scope), right.evaluate(scope)),
  };
}

function arithmetic(left: Expression, right: Expression, of: (a: number, b: number) => Value): Expression {
  return both(left, right, (a, b) => (a === null || b === null ? null : of(Number(a), Number(b))));
}

/** Texts without regard to case, as the usual collation has it; a number with a text by number. */
export function compareValues(left: Value, right: Value): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  if (typeof left === 'number' || typeof right === 'number') return Number(left) - Number(right);
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  return a === b ? 0 : a < b ? -1 : 1;
}

/** `%` and `_` as a pattern. */
export function likePattern(text: string): RegExp {
  const source = text.replace(/\\([%_])|[.*+?^${}()|[\]\\]|%|_/g, (part, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    if (part === '%') return '[\\s\\S]*';
    return part === '_' ? '[\\s\\S]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 'i');
}

export const unknownColumn = (name: string, where: string): SqlError =>
  new SqlError(1054, '42S22', `Unknown column '${name}' in '${where}'`);
