import { floating, pad, signed, unsigned } from '../../c-format.ts';

/** Text from outside that looks like a number: it compares as one. */
class NumericText {
  readonly text: string;
  readonly value: number;

  constructor(text: string, value: number) {
    this.text = text;
    this.value = value;
  }
}

/** Undefined is a variable that was never set: 0 and the empty string at once. */
export type Value = number | string | NumericText | undefined;

export type AwkArray = Map<string, Value>;

const NUMERIC = /^[ \t\n\r\f\v]*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)[ \t\n\r\f\v]*$/;
const LEADING_NUMBER = /^[ \t\n\r\f\v]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/;

/** Input as a value. */
export function fromInput(text: string): Value {
  return NUMERIC.test(text) ? new NumericText(text, Number(text)) : text;
}

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (value === undefined) return 0;
  if (value instanceof NumericText) return value.value;
  const match = LEADING_NUMBER.exec(value);
  return match === null ? 0 : Number(match[0]);
}

/** @param format CONVFMT, or OFMT when it is printed */
export function toText(value: Value, format: string): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  if (value instanceof NumericText) return value.text;
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value === 0 ? 0 : value);
  return formatAwk(format, [value], format);
}

export function isTrue(value: Value): boolean {
  if (typeof value === 'number') return value !== 0;
  if (value === undefined) return false;
  return value instanceof NumericText ? value.value !== 0 : value !== '';
}

function isNumeric(value: Value): boolean {
  return typeof value !== 'string';
}

/** Less than, equal to or greater than zero. Numbers compare as numbers, everything else as text. */
export function compare(left: Value, right: Value, format: string): number {
  if (isNumeric(left) && isNumeric(right)) return toNumber(left) - toNumber(right);
  const a = toText(left, format);
  const b = toText(right, format);
  return a < b ? -1 : a > b ? 1 : 0;
}

const DIRECTIVE = /%(?:(%)|([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:hh|h|ll|l|L|q|j|z|t)?([a-zA-Z]))/g;

/** Fields wider than this are cut. */
const MAX_WIDTH = 100_000;

/** sprintf of awk. Missing arguments count as never set. */
export function formatAwk(format: string, args: readonly Value[], convfmt: string): string {
  let at = 0;
  return format.replace(DIRECTIVE, (whole, percent, flags: string, width, precision, conversion: string) => {
    if (percent !== undefined) return '%';
    const number = (text: string | undefined) =>
      text === undefined ? undefined : text === '*' ? Math.trunc(toNumber(args[at++])) : Number(text || 0);
    let wide = number(width) ?? 0;
    const exact = number(precision);
    const left = wide < 0 ? `${flags}-` : flags;
    wide = Math.min(Math.abs(wide), MAX_WIDTH);
    const limit = exact === undefined || exact < 0 ? undefined : Math.min(exact, MAX_WIDTH);
    const body = convert(conversion, args[at], left, limit, convfmt);
    if (body === undefined) return whole;
    at += 1;
    const zeros = !/[sc]/.test(conversion) && (limit === undefined || !/[diouxX]/.test(conversion));
    return pad(body, wide, left, zeros);
  });
}

function convert(
  conversion: string,
  value: Value,
  flags: string,
  precision: number | undefined,
  convfmt: string,
): string | undefined {
  switch (conversion) {
    case 'd':
    case 'i':
      return whole(value, (number) => signed(number, flags, precision));
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      return whole(value, (number) => unsigned(number, conversion, flags, precision));
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return floating(toNumber(value), conversion, flags, precision);
    case 'c':
      if (typeof value === 'number') return String.fromCodePoint(Math.max(0, Math.min(0x10_ffff, Math.trunc(value))));
      return [...toText(value, convfmt)][0] ?? '';
    case 's':
      return toText(value, convfmt).slice(0, precision);
    default:
      return undefined;
  }
}

function whole(value: Value, write: (number: bigint) => string): string {
  const number = toNumber(value);
  if (Number.isNaN(number)) return 'nan';
  if (!Number.isFinite(number)) return number < 0 ? '-inf' : 'inf';
  return write(BigInt(Math.trunc(number)));
}
