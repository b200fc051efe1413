const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  // The micro sign and the Greek letter.
  ['\u00b5s', 1e-3],
  ['\u03bcs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
/** Go counts nanoseconds in 63 bits. */
const MAX_MS = 2 ** 63 / 1e6;

/** `1h30m`, `1.5s`, `0` in milliseconds; undefined for what is none. https://pkg.go.dev/time#ParseDuration */
export function parseGoDuration(text: string): number | undefined {
  const ms = readGoDuration(text);
  return typeof ms === 'number' ? ms : undefined;
}

/** Milliseconds, or in Go's words why a text is no duration: `time: unknown unit "d" in duration "1d"`. */
export function readGoDuration(text: string): number | string {
  const quoted = JSON.stringify(text);
  const [, sign, amount] = /^([-+]?)(.*)$/s.exec(text)!;
  if (amount === '0') return 0;
  let ms = 0;
  let rest = amount!;
  do {
    const [part, number, unit] = /^(\d*\.?\d*)([^.\d]*)/.exec(rest)! as unknown as [string, string, string];
    if (!/\d/.test(number)) return `time: invalid duration ${quoted}`;
    if (unit === '') return `time: missing unit in duration ${quoted}`;
    const unitMs = UNITS_MS.get(unit);
    if (unitMs === undefined) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
    ms += Number(number) * unitMs;
    rest = rest.slice(part.length);
  } while (rest !== '');
  if (ms > MAX_MS) return `time: invalid duration ${quoted}`;
  return sign === '-' ? -ms : ms;
}

/** As Go prints a duration: `1m30s`, `250ms`, `0s`. */
export function formatGoDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const size = Math.abs(ms);
  if (size < 1) return `${sign}${trim(size * 1000)}µs`;
  if (size < 1000) return `${sign}${trim(size)}ms`;
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor(size / 60_000) % 60;
  const seconds = trim((size % 60_000) / 1000);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(9)));
}
