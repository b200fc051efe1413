/** A decimal number: `digits` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** A computation that is none, in bc's words. */
export class MathError extends Error {
  override readonly name = 'MathError';
}

/** Numbers with more digits than this are refused: a calculator must not fill the machine's memory. */
const MAX_DIGITS = 100_000;

const power10 = (exponent: number): bigint => 10n ** BigInt(exponent);

export const integer = (value: number | boolean): Decimal => ({ digits: BigInt(Number(value)), scale: 0 });

export function bounded(value: Decimal): Decimal {
  const magnitude = value.digits < 0n ? -value.digits : value.digits;
  // A bit is a little less than a third of a digit; most numbers are told to be small by one comparison.
  if (magnitude < SMALL || magnitude.toString(16).length * 1.21 < MAX_DIGITS) return value;
  throw new MathError('number too large');
}

const SMALL = 2n ** 1024n;

/** Cut, or filled with zeros. */
export function withScale({ digits, scale }: Decimal, wanted: number): Decimal {
  if (wanted >= scale) return { digits: digits * power10(wanted - scale), scale: wanted };
  return { digits: digits / power10(scale - wanted), scale: wanted };
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: withScale(a, scale).digits + withScale(b, scale).digits, scale };
}

export const negate = ({ digits, scale }: Decimal): Decimal => ({ digits: -digits, scale });

export function compare(a: Decimal, b: Decimal): number {
  const { digits } = add(a, negate(b));
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

export function multiply(a: Decimal, b: Decimal, scale: number): Decimal {
  const exact = { digits: a.digits * b.digits, scale: a.scale + b.scale };
  return withScale(exact, Math.min(exact.scale, Math.max(scale, a.scale, b.scale)));
}

export function divide(a: Decimal, b: Decimal, scale: number): Decimal {
  if (b.digits === 0n) throw new MathError('Divide by zero');
  const shift = scale + b.scale - a.scale;
  const dividend = shift >= 0 ? a.digits * power10(shift) : a.digits;
  const divisor = shift >= 0 ? b.digits : b.digits * power10(-shift);
  return { digits: dividend / divisor, scale };
}

/** What the quotient of this scale leaves. */
export function remainder(a: Decimal, b: Decimal, scale: number): Decimal {
  if (b.digits === 0n) throw new MathError('Modulo by zero');
  const quotient = divide(a, b, scale);
  const product = { digits: quotient.digits * b.digits, scale: quotient.scale + b.scale };
  return withScale(add(a, negate(product)), Math.max(a.scale, scale + b.scale));
}

/** To a whole power; the fraction of an exponent is dropped. */
export function raise(base: Decimal, { digits, scale: fraction }: Decimal, scale: number): Decimal {
  const exponent = Number(digits / power10(fraction));
  const size = Math.abs(exponent);
  if (size * Math.max(1, base.digits.toString().length) > 10 * MAX_DIGITS) throw new MathError('exponent too large');
  const exact = bounded({ digits: base.digits ** BigInt(size), scale: base.scale * size });
  if (exponent < 0) return divide(integer(1), exact, scale);
  return withScale(exact, Math.min(exact.scale, Math.max(scale, base.scale)));
}

export function squareRoot(value: Decimal, scale: number): Decimal {
  if (value.digits < 0n) throw new MathError('Square root of a negative number');
  const wanted = Math.max(scale, value.scale);
  const { digits } = withScale(value, 2 * wanted);
  return { digits: rootOf(digits), scale: wanted };
}

/** Newton's method. */
function rootOf(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

export function parseDecimal(text: string, base: number): Decimal {
  const [whole = '', fraction = ''] = text.split('.');
  if (base === 10 && !/[A-F]/.test(text)) return { digits: BigInt(`0${whole}${fraction}`), scale: fraction.length };
  // A single digit is itself in any base; in longer numbers none is larger than the base allows.
  const weightOf = (digit: string) => Math.min(Number.parseInt(digit, 16), text.length === 1 ? 15 : base - 1);
  let digits = 0n;
  for (const digit of whole + fraction) digits = digits * BigInt(base) + BigInt(weightOf(digit));
  return divide({ digits, scale: 0 }, { digits: BigInt(base) ** BigInt(fraction.length), scale: 0 }, fraction.length);
}

/** Without the zero before the point. */
export function formatDecimal(value: Decimal, base: number): string {
  const sign = value.digits < 0n ? '-' : '';
  const magnitude = value.digits < 0n ? -value.digits : value.digits;
  if (magnitude === 0n) return '0';
  const one = power10(value.scale);
  const whole = magnitude / one;
  const head = whole === 0n && value.scale > 0 ? '' : whole.toString(base).toUpperCase();
  if (value.scale === 0) return sign + head;
  if (base === 10) return `${sign}${head}.${(magnitude % one).toString().padStart(value.scale, '0')}`;
  let rest = magnitude % one;
  let fraction = '';
  // As many digits as it takes to be as exact as the decimal one.
  for (let reached = 1n; reached.toString().length <= value.scale; reached *= BigInt(base)) {
    rest *= BigInt(base);
    fraction += (rest / one).toString(base).toUpperCase();
    rest %= one;
  }
  return `${sign}${head}.${fraction}`;
}
