const UNITS = [
  ['y', 365 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** The largest unit alone: `364d`, `23h`, `12m`. After k8s.io/apimachinery/pkg/util/duration ShortHumanDuration. */
export function shortDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const unit = UNITS.find(([, size]) => ms >= size);
  return unit === undefined ? `${seconds}s` : `${Math.trunc(ms / unit[1])}${unit[0]}`;
}
