import { AwkError, type AwkMachine } from './machine.ts';
import type { BinaryOperator } from './tree.ts';
import { compare, formatAwk, toNumber, toText, type Value } from './value.ts';

/** Arithmetic and comparison. */
export function operate(machine: AwkMachine, operator: BinaryOperator, left: Value, right: Value): Value {
  switch (operator) {
    case '+':
      return toNumber(left) + toNumber(right);
    case '-':
      return toNumber(left) - toNumber(right);
    case '*':
      return toNumber(left) * toNumber(right);
    case '^':
      return toNumber(left) ** toNumber(right);
    case '/':
    case '%': {
      const divisor = toNumber(right);
      if (divisor === 0 && machine.flavour === 'busybox') throw new AwkError('division by zero');
      return operator === '/' ? toNumber(left) / divisor : toNumber(left) % divisor;
    }
    default: {
      const order = compare(left, right, machine.convfmt);
      const holds = {
        '<': order < 0,
        '<=': order <= 0,
        '>': order > 0,
        '>=': order >= 0,
        '==': order === 0,
        '!=': order !== 0,
      };
      return holds[operator] ? 1 : 0;
    }
  }
}

/** What `print` prints; the record when nothing is named. */
export function line(machine: AwkMachine, values: readonly Value[]): string {
  const format = machine.text('OFMT');
  const body =
    values.length === 0 ? machine.recordText : values.map((value) => toText(value, format)).join(machine.text('OFS'));
  return body + machine.text('ORS');
}

/** What `printf` prints. */
export function formatted(machine: AwkMachine, values: readonly Value[]): string {
  if (values.length === 0) throw new AwkError('printf: no format');
  return formatAwk(toText(values[0], machine.convfmt), values.slice(1), machine.convfmt);
}
