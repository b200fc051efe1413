import type { LoadedUnit, UnitStarts } from './service-unit.ts';

/**
 * Counts a start. Returns whether it may be.
 *
 * systemd.unit(5), StartLimitBurst=: so many starts within an interval that begins with the first of them, whoever asks for them.
 * https://man7.org/linux/man-pages/man5/systemd.unit.5.html
 */
export function admitStart({ startLimit }: LoadedUnit, starts: UnitStarts, nowMs: number): boolean {
  if (startLimit === undefined || startLimit.intervalMs === 0 || startLimit.burst === 0) return true;
  if (starts.count === 0 || starts.sinceMs + startLimit.intervalMs < nowMs) {
    starts.sinceMs = nowMs;
    starts.count = 0;
  }
  starts.count += 1;
  return starts.count <= startLimit.burst;
}
