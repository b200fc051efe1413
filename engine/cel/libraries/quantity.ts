import type { Environment } from '@marcbachmann/cel-js';
import {
  addQuantities,
  canonicalQuantity,
  checkQuantity,
  compareQuantities,
  numericValue,
  subtractQuantities,
} from '../../api/quantity.ts';
import { refuse, registerAll } from './library.ts';

/** A quantity in CEL; equal quantities may be written differently. */
class CelQuantity {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Operand = CelQuantity | bigint;

function textOf(value: Operand): string {
  return value instanceof CelQuantity ? value.text : String(value);
}

/** A value of an API field, which has been checked. */
export function quantityValue(text: string): CelQuantity {
  return new CelQuantity(canonicalQuantity(text));
}

function parse(text: string): CelQuantity {
  const problem = checkQuantity(text);
  if (problem !== undefined) refuse(problem);
  return quantityValue(text);
}

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library */
export function registerQuantity(environment: Environment): void {
  environment.registerType('kubernetes.Quantity', { ctor: CelQuantity, fields: {} });
  const compare = (left: CelQuantity, right: CelQuantity) => compareQuantities(left.text, right.text);
  const add = (left: CelQuantity, right: Operand) => new CelQuantity(addQuantities(left.text, textOf(right)));
  const sub = (left: CelQuantity, right: Operand) => new CelQuantity(subtractQuantities(left.text, textOf(right)));
  environment.registerOperator('kubernetes.Quantity == kubernetes.Quantity', (a, b) => compare(a, b) === 0);
  registerAll(environment, {
    'quantity(string): kubernetes.Quantity': parse,
    'isQuantity(string): bool': (text: string) => checkQuantity(text) === undefined,
    'kubernetes.Quantity.sign(): int': ({ text }: CelQuantity) => BigInt(Math.sign(numericValue(text))),
    'kubernetes.Quantity.isInteger(): bool': ({ text }: CelQuantity) => Number.isSafeInteger(numericValue(text)),
    'kubernetes.Quantity.asInteger(): int': ({ text }: CelQuantity) => {
      const value = numericValue(text);
      return Number.isInteger(value) ? BigInt(value) : refuse('cannot convert value to integer');
    },
    'kubernetes.Quantity.asApproximateFloat(): double': ({ text }: CelQuantity) => numericValue(text),
    'kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool': (a: CelQuantity, b: CelQuantity) => compare(a, b) < 0,
    'kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool': (a: CelQuantity, b: CelQuantity) =>
      compare(a, b) > 0,
    'kubernetes.Quantity.compareTo(kubernetes.Quantity): int': (a: CelQuantity, b: CelQuantity) =>
      BigInt(Math.sign(compare(a, b))),
    'kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity': add,
    'kubernetes.Quantity.add(int): kubernetes.Quantity': add,
    'kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity': sub,
    'kubernetes.Quantity.sub(int): kubernetes.Quantity': sub,
  });
}
