// Quantities: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
// After k8s.io/apimachinery/pkg/api/resource.

export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

/** A parsed quantity: the amount in thousand-millionths (the smallest step there is), and how it was written. */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

const SHAPE = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*)([-+]?[0-9]*)$/;
const FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_WRONG = "unable to parse quantity's suffix";
const NUMBER_WRONG = 'unable to parse numeric part of quantity';
/** Real quantities have no such limit; ours keeps a hostile manifest from making us do large arithmetic. */
const MAX_LENGTH = 64;
const MAX_EXPONENT = 40;

const DECIMAL_SUFFIXES: readonly (readonly [string, number])[] = [
  ['E', 18],
  ['P', 15],
  ['T', 12],
  ['G', 9],
  ['M', 6],
  ['k', 3],
  ['', 0],
  ['m', -3],
  ['u', -6],
  ['n', -9],
];
const BINARY_SUFFIXES: readonly (readonly [string, number])[] = [
  ['Ei', 60],
  ['Pi', 50],
  ['Ti', 40],
  ['Gi', 30],
  ['Mi', 20],
  ['Ki', 10],
];
const decimalExponents: ReadonlyMap<string, number> = new Map(DECIMAL_SUFFIXES);
const binaryExponents: ReadonlyMap<string, number> = new Map(BINARY_SUFFIXES);
const NANO = 1_000_000_000n;
const MILLI = 1_000_000n;
const MAX_INT64 = 9_223_372_036_854_775_807n;

function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

function ceilingDivide(amount: bigint, by: bigint): bigint {
  const whole = amount / by;
  if (whole * by === amount) return whole;
  // Away from zero: whoever asks for something gets something.
  return amount > 0n ? whole + 1n : whole - 1n;
}

interface Parts {
  readonly negative: boolean;
  readonly digits: bigint;
  readonly fractionDigits: number;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function split(text: string): Parts {
  const match = text.length > MAX_LENGTH ? null : SHAPE.exec(text);
  if (match === null) throw new QuantityError(FORMAT_WRONG);
  const [, sign, whole = '', fraction = '', letters = '', power = ''] = match;
  if (whole === '' && fraction === '') throw new QuantityError(text === '' ? FORMAT_WRONG : NUMBER_WRONG);
  const scale = suffix(letters, power);
  return {
    negative: sign === '-',
    digits: BigInt(whole + fraction),
    fractionDigits: fraction.length,
    ...scale,
  };
}

function suffix(letters: string, power: string): Pick<Parts, 'exponent' | 'format'> {
  if (power !== '') {
    const exponent = Number(power);
    if ((letters !== 'e' && letters !== 'E') || !Number.isInteger(exponent)) throw new QuantityError(SUFFIX_WRONG);
    if (exponent > MAX_EXPONENT) throw new QuantityError(NUMBER_WRONG);
    return { exponent: Math.max(exponent, -MAX_EXPONENT), format: 'DecimalExponent' };
  }
  const decimal = decimalExponents.get(letters);
  if (decimal !== undefined) return { exponent: decimal, format: 'DecimalSI' };
  const binary = binaryExponents.get(letters);
  if (binary !== undefined) return { exponent: binary, format: 'BinarySI' };
  throw new QuantityError(SUFFIX_WRONG);
}

/** Throws a QuantityError with the real server's sentence. A plain number stands for its decimal text. */
export function parseQuantity(text: string | number): Quantity {
  const { negative, digits, fractionDigits, exponent, format } = split(String(text));
  let nanos: bigint;
  if (format === 'BinarySI') {
    nanos = ceilingDivide((digits * NANO) << BigInt(exponent), powerOfTen(fractionDigits));
    if (nanos > MAX_INT64 * NANO) nanos = MAX_INT64 * NANO;
  } else {
    const scale = exponent + 9 - fractionDigits;
    nanos = scale >= 0 ? digits * powerOfTen(scale) : ceilingDivide(digits, powerOfTen(-scale));
  }
  return { nanos: negative ? -nanos : nanos, format };
}

/** The sentence for a text that is no quantity; undefined when it is one. */
export function checkQuantity(text: string | number): string | undefined {
  if (typeof text === 'string' && alreadyCanonical(text)) return undefined;
  try {
    parseQuantity(text);
    return undefined;
  } catch (error) {
    return (error as QuantityError).message;
  }
}

/** The canonical text: no fraction, the largest suffix that needs none. */
function formatQuantity({ nanos, format }: Quantity): string {
  const magnitude = nanos < 0n ? -nanos : nanos;
  const sign = nanos < 0n ? '-' : '';
  if (format === 'BinarySI' && magnitude >= 1024n * NANO && magnitude % NANO === 0n) {
    const amount = magnitude / NANO;
    for (const [letters, bits] of BINARY_SUFFIXES) {
      const unit = 1n << BigInt(bits);
      if (amount % unit === 0n) return `${sign}${amount / unit}${letters}`;
    }
    return `${sign}${amount}`;
  }
  return sign + formatDecimal(magnitude, format);
}

function formatDecimal(magnitude: bigint, format: QuantityFormat): string {
  if (magnitude === 0n) return '0';
  for (const [letters, exponent] of DECIMAL_SUFFIXES) {
    const unit = powerOfTen(exponent + 9);
    if (magnitude % unit !== 0n) continue;
    const number = magnitude / unit;
    if (format !== 'DecimalExponent') return `${number}${letters}`;
    return exponent === 0 ? `${number}` : `${number}e${exponent}`;
  }
  return '0';
}

/** `250m`, `64Mi`, `2`: what is most often written is canonical already, and seen to be without arithmetic. */
function alreadyCanonical(text: string): boolean {
  let value = 0;
  let index = 0;
  for (; index < text.length && index < 9; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (index === 0 || text.charCodeAt(0) === 48) return text === '0';
  const left = text.length - index;
  if (left === 0) return value % 1000 !== 0;
  const letter = text.charCodeAt(index);
  if (left === 1) return value % 1000 !== 0 && (letter === 109 || letter === 107 || letter === 77 || letter === 71);
  if (left !== 2 || text.charCodeAt(index + 1) !== 105 || value % 1024 === 0) return false;
  return letter === 75 || letter === 77 || letter === 71 || letter === 84;
}

/**
 * The text as the server stores it: canonical, in steps of at least a thousandth where `milli` (resource lists round
 * up to that). A text that is no quantity stays as it is, for validation to report.
 */
export function canonicalQuantity(text: string | number, milli = false): string {
  if (typeof text === 'string' && alreadyCanonical(text)) return text;
  try {
    const parsed = parseQuantity(text);
    const nanos = milli ? ceilingDivide(parsed.nanos, MILLI) * MILLI : parsed.nanos;
    const canonical = formatQuantity({ nanos, format: parsed.format });
    return text === `+${canonical}` ? text : canonical;
  } catch {
    return String(text);
  }
}

const QUICK_FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** Plain integers with a common suffix, in whole units (`unit` 1) or thousandths (1000): no large arithmetic. */
function quickValue(text: string | number, unit: 1 | 1000): number | undefined {
  if (typeof text === 'number') return Number.isInteger(text) ? text * unit : undefined;
  let value = 0;
  let index = 0;
  for (; index < text.length && index < 9; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (index === 0) return undefined;
  const suffix = text.slice(index);
  if (suffix === 'm') return unit === 1000 ? value : Math.ceil(value / 1000);
  const factor = QUICK_FACTORS[suffix];
  if (factor === undefined) return undefined;
  const result = value * factor * unit;
  return result <= Number.MAX_SAFE_INTEGER ? result : undefined;
}

/** Negative, zero or positive as in a sort. */
export function compareQuantities(left: string | number, right: string | number): number {
  if (left === right) return 0;
  const a = quickValue(left, 1000);
  const b = a === undefined ? undefined : quickValue(right, 1000);
  if (a !== undefined && b !== undefined) return a - b;
  const difference = parseQuantity(left).nanos - parseQuantity(right).nanos;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The sum, in the left one's format unless that is zero. */
export function addQuantities(left: string | number, right: string | number): string {
  const a = parseQuantity(left);
  const b = parseQuantity(right);
  return formatQuantity({ nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format });
}

/** The difference, in the left one's format unless that is zero. */
export function subtractQuantities(left: string | number, right: string | number): string {
  const a = parseQuantity(left);
  const b = parseQuantity(right);
  return formatQuantity({ nanos: a.nanos - b.nanos, format: a.nanos === 0n ? b.format : a.format });
}

/** Whole units (bytes, pods), rounded up. Exact up to 2^53. */
export function numericValue(text: string | number): number {
  return quickValue(text, 1) ?? Number(ceilingDivide(parseQuantity(text).nanos, NANO));
}

/** Thousandths (of a CPU), rounded up. Exact up to 2^53. */
export function milliValue(text: string | number): number {
  return quickValue(text, 1000) ?? Number(ceilingDivide(parseQuantity(text).nanos, MILLI));
}

/** From whole units, e.g. bytes with `BinarySI`. */
export function quantityOf(value: number, format: QuantityFormat = 'DecimalSI'): string {
  return formatQuantity({ nanos: BigInt(Math.trunc(value)) * NANO, format });
}

/** From thousandths, e.g. milli-CPUs. */
export function quantityOfMilli(value: number): string {
  return formatQuantity({ nanos: BigInt(Math.trunc(value)) * MILLI, format: 'DecimalSI' });
}
