import { Usage } from '../program.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const DAY_MS = UNIT_MS['d']!;
/** `min`, `minutes`, `hrs`: by the first letter of each. */
const SPAN = /(\d+(?:\.\d+)?) ?(ms|msec|s|sec|second|m|min|minute|h|hr|hour|d|day|w|week)s?(?![a-z])/g;

/** systemd.time(7): `10 min ago`, `-1h`, `today`, `09:30`, `2026-01-12 09:00:00`, `@1768208400`. Throws Usage. */
export function journalTime(text: string, nowMs: number): number {
  const midnight = nowMs - (nowMs % DAY_MS);
  const named = { now: nowMs, today: midnight, yesterday: midnight - DAY_MS, tomorrow: midnight + DAY_MS }[text];
  if (named !== undefined) return named;
  const [, sign, span = '', past] = /^([-+])?(.*?)( ago)?$/.exec(text) ?? [];
  const ms = sign !== undefined || past !== undefined ? spanOf(span) : undefined;
  if (ms !== undefined) return sign === '+' ? nowMs + ms : nowMs - ms;
  const [, seconds] = /^@(\d+)$/.exec(text) ?? [];
  if (seconds !== undefined) return Number(seconds) * 1000;
  const parsed = momentOf(text, midnight);
  if (Number.isNaN(parsed)) throw new Usage(`Failed to parse timestamp: ${text}`);
  return parsed;
}

/** `1h 30min` in milliseconds. */
function spanOf(text: string): number | undefined {
  if (text.replace(SPAN, '').trim() !== '' || text.trim() === '') return undefined;
  return [...text.matchAll(SPAN)].reduce((sum, [, count, unit]) => {
    const known = unit!.startsWith('ms') ? 'ms' : unit!.charAt(0);
    return sum + Number(count) * UNIT_MS[known]!;
  }, 0);
}

/** A date, a time of today, or both. */
function momentOf(text: string, midnight: number): number {
  const [, date, hours, minutes, seconds = '00'] =
    /^(\d{4}-\d\d-\d\d)?[ T]?(?:(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?: ?UTC|Z)?$/.exec(text) ?? [];
  if (date === undefined && hours === undefined) return Number.NaN;
  const day = date === undefined ? midnight : Date.parse(`${date}T00:00:00Z`);
  return hours === undefined
    ? day
    : day + Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
}
