// How C's printf(3) writes numbers: used by the shell's printf and by awk.

/** To the field's width; `zeros` says whether the flag `0` may fill a number. */
export function pad(body: string, width: number, flags: string, zeros: boolean): string {
  const length = body.length;
  if (length >= width) return body;
  if (flags.includes('-')) return body.padEnd(width);
  if (!flags.includes('0') || !zeros) return body.padStart(width);
  const sign = /^[-+ ]|^0[xX]/.exec(body)?.[0] ?? '';
  return sign + body.slice(sign.length).padStart(width - sign.length, '0');
}

export function signed(value: bigint, flags: string, precision: number | undefined): string {
  const digits = (value < 0n ? -value : value).toString().padStart(precision ?? 0, '0');
  if (value < 0n) return `-${digits}`;
  return flags.includes('+') ? `+${digits}` : flags.includes(' ') ? ` ${digits}` : digits;
}

export function unsigned(value: bigint, conversion: string, flags: string, precision: number | undefined): string {
  const positive = BigInt.asUintN(64, value);
  const base = conversion === 'o' ? 8 : conversion === 'u' ? 10 : 16;
  let digits = positive.toString(base).padStart(precision ?? 0, '0');
  if (conversion === 'X') digits = digits.toUpperCase();
  if (!flags.includes('#') || positive === 0n) return digits;
  if (conversion === 'o') return digits.startsWith('0') ? digits : `0${digits}`;
  return base === 16 ? `0${conversion}${digits}` : digits;
}

export function floating(value: number, conversion: string, flags: string, precision = 6): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const size = Math.abs(value);
  let digits: string;
  if (!Number.isFinite(size)) digits = Number.isNaN(size) ? 'nan' : 'inf';
  else if (/[eE]/.test(conversion)) digits = exponent(size, Math.min(precision, 100));
  else if (/[gG]/.test(conversion)) digits = general(size, Math.min(Math.max(precision, 1), 100), flags);
  else digits = roundHalfEven(size, Math.min(precision, 100));
  return sign + (/[EGFA]/.test(conversion) ? digits.toUpperCase() : digits);
}

/** toFixed rounds ties up; C rounds them to even: 2.25 is 2.2. */
function roundHalfEven(value: number, precision: number): string {
  const scale = 10 ** precision;
  const scaled = value * scale;
  const tie = precision < 16 && scaled - Math.floor(scaled) === 0.5 && scaled / scale === value;
  return (tie && Math.floor(scaled) % 2 === 0 ? Math.floor(scaled) / scale : value).toFixed(precision);
}

function exponent(value: number, precision: number): string {
  return value.toExponential(precision).replace(/e([-+])(\d)$/, 'e$10$2');
}

function general(value: number, precision: number, flags: string): string {
  const magnitude = value === 0 ? 0 : Number(value.toExponential(precision - 1).split('e')[1]);
  const digits =
    magnitude < -4 || magnitude >= precision
      ? exponent(value, precision - 1)
      : value.toFixed(precision - 1 - magnitude);
  if (flags.includes('#') || !digits.includes('.')) return digits;
  return digits.replace(/\.?0+(?=e|$)/, '');
}
