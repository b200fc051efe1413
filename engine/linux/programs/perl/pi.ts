/** Digits that are worked out beyond those asked for, so that the last one is rounded well. */
const GUARD_DIGITS = 10;

/** `arctan(1/x)`, times `scale`, by its series. */
function inverseArctangent(x: bigint, scale: bigint): bigint {
  let power = scale / x;
  let sum = power;
  for (let n = 3n; power !== 0n; n += 2n) {
    power /= -x * x;
    sum += power / n;
  }
  return sum;
}

/** Pi with so many significant digits, by Machin's formula: https://en.wikipedia.org/wiki/Machin-like_formula */
export function pi(digits: number): string {
  const scale = 10n ** BigInt(digits - 1 + GUARD_DIGITS);
  const exact = 4n * (4n * inverseArctangent(5n, scale) - inverseArctangent(239n, scale));
  const guard = 10n ** BigInt(GUARD_DIGITS);
  const rounded = String((exact + guard / 2n) / guard);
  return digits === 1 ? rounded : `${rounded[0]}.${rounded.slice(1)}`;
}
