import type { Task } from '../../../sim/index.ts';
import { Regex, RegexError } from '../../regex.ts';
import { compareText, testUnary } from '../builtins/test-operators.ts';
import { ShellFault } from '../control.ts';
import { calculateText } from '../expand/arithmetic.ts';
import { expandPattern, expandText } from '../expand/word.ts';
import { patternOf, type Shell } from '../shell.ts';
import type { TestExpression, Word } from '../syntax/tree.ts';

/** `[[ expression ]]`. */
export function* evaluateTest(shell: Shell, expression: TestExpression): Task<boolean> {
  switch (expression.kind) {
    case 'not':
      return !(yield* evaluateTest(shell, expression.operand));
    case 'logical': {
      const isAnd = expression.operator === '&&';
      for (const operand of expression.operands) {
        if ((yield* evaluateTest(shell, operand)) !== isAnd) return !isAnd;
      }
      return isAnd;
    }
    case 'unary': {
      const operand = yield* expandText(shell, expression.operand);
      if (expression.operator === '-v') return isSet(shell, operand);
      if (expression.operator === '-o')
        return Object.entries(shell.options).some(([name, on]) => name === operand && on);
      return testUnary(shell.process, expression.operator, operand);
    }
    case 'binary':
      return yield* evaluateBinary(shell, expression);
  }
}

function isSet(shell: Shell, reference: string): boolean {
  const match = /^([A-Za-z_][A-Za-z_0-9]*)(?:\[(.*)\])?$/.exec(reference);
  if (match === null) return false;
  const [, name, key] = match;
  if (key === '@' || key === '*') return shell.variables.values(name!).length > 0;
  return (key === undefined ? shell.variables.value(name!) : shell.variables.element(name!, key)) !== undefined;
}

function* evaluateBinary(shell: Shell, expression: Extract<TestExpression, { kind: 'binary' }>): Task<boolean> {
  const left = yield* expandText(shell, expression.left);
  switch (expression.operator) {
    case '=':
    case '==':
    case '!=': {
      const same = patternOf(shell, yield* expandPattern(shell, expression.right)).matches(left);
      return same === (expression.operator !== '!=');
    }
    case '=~':
      return yield* matchRegularExpression(shell, left, expression.right);
    default: {
      const right = yield* expandText(shell, expression.right);
      return compareText(shell.process, expression.operator, left, right, (text) => calculateText(shell, text));
    }
  }
}

function* matchRegularExpression(shell: Shell, subject: string, word: Word): Task<boolean> {
  let source = '';
  for (const segment of word.segments) {
    const quoted = segment.kind !== 'tilde' && segment.kind !== 'process' && segment.quoted;
    const literal = segment.kind === 'text' ? segment.text : undefined;
    const text = yield* expandText(shell, { segments: [segment], literal });
    source += quoted ? text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : text;
  }
  try {
    const match = new Regex(source, { extended: true }).search(subject);
    shell.variables.setArray('BASH_REMATCH', match === undefined ? [] : match.groups.map((group) => group ?? ''));
    return match !== undefined;
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new ShellFault(`[[: ${source}: ${error.message}`, 2, true);
  }
}
