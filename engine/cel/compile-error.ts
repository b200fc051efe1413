import type { ASTNode, TypeError as CelTypeError, ParseError } from '@marcbachmann/cel-js';
import { CelCompileError } from './evaluation-error.ts';

type LibraryError = ParseError | CelTypeError;

/** An operator as cel-go names its function. */
const OPERATORS: Readonly<Record<string, string>> = {
  '!_': '!_',
  '-_': '-_',
  in: '@in',
};

/** The error of the library in the words, and at the place, of cel-go. */
export function compileError(expression: string, error: LibraryError): CelCompileError {
  const node = error.node as ASTNode | undefined;
  const [words, offset] = translate(expression, error, node);
  return new CelCompileError(format(expression, words, offset));
}

/** E.g. `ERROR: <input>:1:5: undefined field 'foo'`, the line, and a mark below the place. */
function format(expression: string, words: string, offset: number): string {
  const before = expression.slice(0, offset).split('\n');
  const column = before.at(-1)!.length;
  const line = expression.split('\n')[before.length - 1] ?? '';
  return `ERROR: <input>:${before.length}:${column + 1}: ${words}\n | ${line}\n | ${'.'.repeat(column)}^`;
}

function translate(expression: string, error: LibraryError, node: ASTNode | undefined): readonly [string, number] {
  const offset = error.range?.start ?? 0;
  switch (error.code) {
    case 'cannot_index_type':
      return [`type '${quoted(error)}' does not support field selection`, dotBefore(expression, offset)];
    case 'no_such_key':
      return [`undefined field '${error.summary.slice('No such key: '.length)}'`, dotBefore(expression, offset)];
    case 'unknown_variable': {
      const name = error.summary.slice('Unknown variable: '.length);
      return [`undeclared reference to '${name}' (in container '')`, offset];
    }
    case 'no_such_overload':
      return operatorError(expression, error, node, offset);
    case 'no_matching_overload':
      return callError(expression, error, node, offset);
    default:
      return error.name === 'ParseError' ? [syntaxError(error.summary), offset] : [error.summary, offset];
  }
}

function quoted(error: LibraryError): string {
  return /'([^']*)'/.exec(error.summary)?.[1] ?? '';
}

/** The library points at a field, cel-go at the dot before it. */
function dotBefore(expression: string, offset: number): number {
  const dot = expression.lastIndexOf('.', offset - 1);
  return dot < 0 ? offset : dot;
}

function operatorError(
  expression: string,
  error: LibraryError,
  node: ASTNode | undefined,
  offset: number,
): readonly [string, number] {
  const types = error.summary.slice('no such overload: '.length);
  const op = node?.op ?? '';
  const sides = types.split(` ${op} `);
  const name = OPERATORS[op] ?? `_${op}_`;
  const list = sides.length === 2 ? sides.join(', ') : types.replace(/^[!-]/, '');
  const words = `found no matching overload for '${name}' applied to '(${list})'`;
  if (node === undefined || !Array.isArray(node.args) || sides.length !== 2) return [words, offset];
  const [left] = node.args as unknown as readonly ASTNode[];
  const place = expression.indexOf(op, (left as { readonly end: number }).end);
  return [words, place < 0 ? offset : place];
}

function callError(
  expression: string,
  error: LibraryError,
  node: ASTNode | undefined,
  offset: number,
): readonly [string, number] {
  const call = /'(?:(.+)\.)?(\w+)\((.*)\)'$/s.exec(error.summary);
  if (call === null || node === undefined) return [error.summary, offset];
  const [, receiver, name, types = ''] = call;
  const from = node.op === 'rcall' ? (node.args[1] as { readonly end: number }).end : offset;
  const place = Math.max(expression.indexOf('(', from), offset);
  const applied = receiver === undefined ? `(${types})` : `${receiver}.(${types})`;
  return [`found no matching overload for '${name}' applied to '${applied}'`, place];
}

function syntaxError(summary: string): string {
  const token = /^Unexpected token: (.*)$/.exec(summary)?.[1];
  if (token === undefined) return `Syntax error: ${summary}`;
  const found = token === 'EOF' ? '<EOF>' : token;
  const expected =
    "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
  return `Syntax error: mismatched input '${found}' expecting ${expected}`;
}
