import { CallProblem, fn, MANY, type TemplateFunction } from '../../kubectl/output/template/functions.ts';
import { goType } from '../../kubectl/output/template/go-format.ts';
import { numberOf, shown, wholeOf } from './arguments.ts';

/** More numbers than this in a list are a mistake. */
const MOST_NUMBERS = 100_000;

function count(from: number, to: number, step: number): readonly number[] {
  const numbers: number[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) {
    if (numbers.length >= MOST_NUMBERS || step === 0) break;
    numbers.push(at);
  }
  return numbers;
}

/** Like seq(1): up to and with the last, by blanks. */
function sequence(args: readonly unknown[]): string {
  const numbers = args.map(wholeOf);
  const [from, step, to] =
    numbers.length === 1
      ? [1, undefined, numbers[0]!]
      : numbers.length === 2
        ? [numbers[0]!, undefined, numbers[1]!]
        : numbers;
  const by = step ?? (to! < from! ? -1 : 1);
  return count(from!, to! + Math.sign(by), by).join(' ');
}

function divided(left: unknown, right: unknown): readonly [number, number] {
  if (wholeOf(right) === 0) throw new CallProblem('runtime error: integer divide by zero');
  return [wholeOf(left), wholeOf(right)];
}

function sum(args: readonly unknown[]): number {
  return args.reduce<number>((total, arg) => total + wholeOf(arg), 0);
}

function rounded(value: unknown, places: unknown): number {
  const factor = 10 ** wholeOf(places);
  return Math.round(numberOf(value) * factor) / factor;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'invalid';
  const type = goType(value);
  return type.startsWith('map') ? 'map' : type.startsWith('[]') ? 'slice' : type;
}

/** What sprig has for numbers, and for telling what a value is. https://masterminds.github.io/sprig/math.html */
export const NUMBERS: Readonly<Record<string, TemplateFunction>> = {
  int: fn(1, 1, ([value]) => wholeOf(value)),
  int64: fn(1, 1, ([value]) => wholeOf(value)),
  float64: fn(1, 1, ([value]) => numberOf(value)),
  atoi: fn(1, 1, ([value]) => wholeOf(value)),
  toDecimal: fn(1, 1, ([value]) => Number.parseInt(shown(value), 8) || 0),
  add: fn(0, MANY, sum),
  add1: fn(1, 1, ([value]) => wholeOf(value) + 1),
  sub: fn(2, 2, ([left, right]) => wholeOf(left) - wholeOf(right)),
  mul: fn(1, MANY, (args) => args.reduce<number>((total, arg) => total * wholeOf(arg), 1)),
  div: fn(2, 2, ([left, right]) => {
    const [dividend, divisor] = divided(left, right);
    return Math.trunc(dividend / divisor);
  }),
  mod: fn(2, 2, ([left, right]) => {
    const [dividend, divisor] = divided(left, right);
    return dividend % divisor;
  }),
  addf: fn(0, MANY, (args) => args.reduce<number>((total, arg) => total + numberOf(arg), 0)),
  subf: fn(2, MANY, ([first, ...others]) =>
    others.reduce<number>((left, arg) => left - numberOf(arg), numberOf(first)),
  ),
  mulf: fn(1, MANY, (args) => args.reduce<number>((total, arg) => total * numberOf(arg), 1)),
  divf: fn(2, MANY, ([first, ...others]) =>
    others.reduce<number>((left, arg) => left / numberOf(arg), numberOf(first)),
  ),
  max: fn(1, MANY, (args) => Math.max(...args.map(wholeOf))),
  min: fn(1, MANY, (args) => Math.min(...args.map(wholeOf))),
  floor: fn(1, 1, ([value]) => Math.floor(numberOf(value))),
  ceil: fn(1, 1, ([value]) => Math.ceil(numberOf(value))),
  round: fn(2, 3, ([value, places]) => rounded(value, places)),
  until: fn(1, 1, ([to]) => count(0, wholeOf(to), wholeOf(to) < 0 ? -1 : 1)),
  untilStep: fn(3, 3, ([from, to, step]) => count(wholeOf(from), wholeOf(to), wholeOf(step))),
  seq: fn(1, 3, sequence),
  kindOf: fn(1, 1, ([value]) => kindOf(value)),
  kindIs: fn(2, 2, ([kind, value]) => kindOf(value) === kind),
  typeOf: fn(1, 1, ([value]) => goType(value)),
  typeIs: fn(2, 2, ([type, value]) => goType(value) === type),
  typeIsLike: fn(2, 2, ([type, value]) => goType(value) === type || `*${goType(value)}` === type),
};
