import { CronExpressionParser } from 'cron-parser';
import type { CronField, CronSchedule } from '../../api/batch/cron-schedule.ts';
import type { ReadSchedule, ScheduledTimes } from './schedule-times.ts';
import { ZoneOffset } from './zone-offset.ts';

const MAX_FOUND = 64;

/** The moments that a schedule names, in a time zone (UTC unless told). */
export class CronTimes implements ScheduledTimes {
  readonly #everyMs: number | undefined;
  readonly #wallClock: ReturnType<typeof CronExpressionParser.parse> | undefined;
  readonly #zone: ZoneOffset;
  /** Every look at a CronJob asks for the same few moments again. */
  readonly #found = new Map<number, number>();

  constructor(schedule: CronSchedule, timeZone = 'UTC') {
    this.#zone = new ZoneOffset(timeZone);
    this.#everyMs = schedule.kind === 'every' ? schedule.seconds * 1_000 : undefined;
    this.#wallClock = schedule.kind === 'every' ? undefined : parse(schedule);
  }

  /**
   * The first moment after `ms` (since 1970), or undefined for a schedule such as 30 February that never comes. What
   * falls into the hour that daylight saving skips does not take place, and what falls into the hour it repeats does
   * so twice: as the real controller has it.
   */
  after(ms: number): number | undefined {
    const known = this.#found.get(ms);
    if (known !== undefined) return known;
    const next = this.#find(ms);
    if (this.#found.size >= MAX_FOUND) this.#found.clear();
    if (next !== undefined) this.#found.set(ms, next);
    return next;
  }

  #find(ms: number): number | undefined {
    if (this.#everyMs !== undefined) return Math.floor((ms + this.#everyMs) / 1_000) * 1_000;
    let fromMs = ms;
    // Each turn goes past one change of the clocks; there are two a year at most.
    for (let turn = 0; turn < 40; turn++) {
      const offsetMs = this.#zone.at(fromMs);
      const wallMs = this.#nextOnWall(fromMs + offsetMs);
      if (wallMs === undefined) return undefined;
      const changeMs = this.#zone.nextChange(fromMs, wallMs - offsetMs);
      if (changeMs === undefined) return wallMs - offsetMs;
      // The millisecond before the change is already on the new clock, so that the change itself can be found.
      const first = this.#nextOnWall(changeMs - 1 + this.#zone.at(changeMs));
      if (first === changeMs + this.#zone.at(changeMs)) return changeMs;
      fromMs = changeMs;
    }
    return undefined;
  }

  /** On a clock that knows no daylight saving, its readings taken for UTC. */
  #nextOnWall(wallMs: number): number | undefined {
    if (this.#wallClock === undefined) return undefined;
    try {
      this.#wallClock.reset(new Date(wallMs));
      return this.#wallClock.next().getTime();
    } catch {
      return undefined;
    }
  }
}

export const readSchedule: ReadSchedule = (schedule, timeZone) => new CronTimes(schedule, timeZone);

/** Only what robfig/cron allows gets here, written out in full: the library's own extras never show. */
function parse(schedule: Extract<CronSchedule, { kind: 'fields' }>) {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = schedule;
  const text = [minute, hour, dayOfMonth, month, dayOfWeek].map(write).join(' ');
  try {
    return CronExpressionParser.parse(`0 ${text}`, { currentDate: new Date(0), tz: 'UTC' });
  } catch {
    // 30 February.
    return undefined;
  }
}

function write({ values, isStar }: CronField): string {
  return isStar ? '*' : values.join(',');
}
