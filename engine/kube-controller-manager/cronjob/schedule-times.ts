import type { CronSchedule } from '../../api/batch/cron-schedule.ts';
import type { CronJob } from '../../api/kinds.ts';

/** The moments that a schedule names. */
export interface ScheduledTimes {
  /** The first one after `ms` (since 1970), or undefined for a schedule that never comes. */
  after(ms: number): number | undefined;
}

/**
 * Reads a schedule in a time zone; UTC unless told. What stands behind it knows every calendar and is loaded late.
 *
 * @throws Error for a time zone that nobody knows.
 */
export type ReadSchedule = (schedule: CronSchedule, timeZone?: string) => ScheduledTimes;

/** Past schedules that a CronJob has not served yet, and the one to serve now. All times in ms since 1970. */
export interface MissedTimes {
  /** Since when it was looked: the last scheduled time, the creation, or the starting deadline. */
  readonly earliestMs: number;
  /** Only the most recent one is made up for. */
  readonly mostRecentMs: number | undefined;
  readonly missed: 'none' | 'few' | 'many';
}

/** More than so many missed starts are worth a warning. */
const MANY = 100;
/** So late a timer may be early and the schedule is still met. */
const DELTA_MS = 100;

/**
 * After `pkg/controller/cronjob/utils.go` (mostRecentScheduleTime). The number of missed starts is an estimate from the
 * distance of the first two, so that a long outage costs no more than a short one.
 */
export function missedTimes(
  { spec, status, metadata }: CronJob,
  times: ScheduledTimes,
  nowMs: number,
  withinDeadline: boolean,
): MissedTimes {
  let earliestMs = Date.parse(status?.lastScheduleTime || metadata.creationTimestamp);
  if (withinDeadline && spec.startingDeadlineSeconds !== undefined) {
    earliestMs = Math.max(earliestMs, nowMs - spec.startingDeadlineSeconds * 1_000);
  }
  const first = times.after(earliestMs);
  if (first === undefined || nowMs < first) return { earliestMs, mostRecentMs: undefined, missed: 'none' };
  const second = times.after(first);
  if (second === undefined || nowMs < second) return { earliestMs, mostRecentMs: first, missed: 'none' };
  const distanceMs = second - first;
  const count = Math.floor((nowMs - first) / distanceMs) + 1;
  let mostRecentMs = first;
  let next = times.after(first + (count - 1) * distanceMs - 1_000);
  // The estimate may fall short by some: then walk, but not for ever.
  for (let step = 0; next !== undefined && next <= nowMs && step < 10_000; step++) {
    mostRecentMs = next;
    next = times.after(next);
  }
  return { earliestMs, mostRecentMs, missed: count > MANY ? 'many' : 'few' };
}

/** How long until the CronJob should be looked at again; undefined when its schedule never comes. */
export function untilNextMs(cronJob: CronJob, times: ScheduledTimes, nowMs: number): number | undefined {
  const { earliestMs, mostRecentMs, missed } = missedTimes(cronJob, times, nowMs, false);
  const fromMs = mostRecentMs ?? (missed === 'none' ? earliestMs : nowMs);
  const next = times.after(fromMs);
  return next === undefined ? undefined : next + DELTA_MS - nowMs;
}
