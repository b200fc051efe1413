import { fail, print } from '../stdio.ts';
import { getOptions } from './options.ts';
import { program, Usage } from './program.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration as sleep(1) takes it, in milliseconds: `1.5`, `2m`, `infinity`. */
export function durationMs(text: string): number | undefined {
  if (text === 'inf' || text === 'infinity') return Number.POSITIVE_INFINITY;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * UNITS[match[2]!]! * 1000;
}

/** 400 years: nothing sleeps longer. */
const LONGEST_MS = 400 * 365 * 86_400_000;

export const sleep = program(function* (process, args, flavour) {
  if (args.length === 0) throw new Usage(flavour === 'gnu' ? 'missing operand' : undefined);
  let total = 0;
  for (const text of args) {
    const duration = durationMs(text);
    if (duration === undefined) {
      return yield* fail(process, flavour === 'gnu' ? `invalid time interval '${text}'` : `invalid number '${text}'`);
    }
    total += duration;
  }
  yield* process.sleep(Math.min(total, LONGEST_MS));
  return 0;
});

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const two = (value: number) => String(value).padStart(2, '0');

const FIELDS: Readonly<Record<string, (date: Date) => string>> = {
  '%': () => '%',
  n: () => '\n',
  t: () => '\t',
  Y: (date) => String(date.getUTCFullYear()),
  C: (date) => two(Math.floor(date.getUTCFullYear() / 100)),
  y: (date) => two(date.getUTCFullYear() % 100),
  m: (date) => two(date.getUTCMonth() + 1),
  d: (date) => two(date.getUTCDate()),
  e: (date) => String(date.getUTCDate()).padStart(2),
  H: (date) => two(date.getUTCHours()),
  I: (date) => two(date.getUTCHours() % 12 || 12),
  M: (date) => two(date.getUTCMinutes()),
  S: (date) => two(date.getUTCSeconds()),
  N: (date) => `${String(date.getUTCMilliseconds()).padStart(3, '0')}000000`,
  j: (date) => String(dayOfYear(date)).padStart(3, '0'),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  a: (date) => DAYS[date.getUTCDay()]!.slice(0, 3),
  A: (date) => DAYS[date.getUTCDay()]!,
  b: (date) => MONTHS[date.getUTCMonth()]!.slice(0, 3),
  h: (date) => MONTHS[date.getUTCMonth()]!.slice(0, 3),
  B: (date) => MONTHS[date.getUTCMonth()]!,
  u: (date) => String(date.getUTCDay() || 7),
  w: (date) => String(date.getUTCDay()),
  Z: () => 'UTC',
  z: () => '+0000',
};

/** Fields that are made of others. */
const COMPOSED: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

function dayOfYear(date: Date): number {
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return Math.floor((midnight - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

/** strftime(3), in UTC: the simulated machines keep no other time. */
export function formatDate(format: string, timeMs: number): string {
  return formatFields(format, new Date(Math.floor(timeMs)));
}

function formatFields(format: string, date: Date): string {
  let text = '';
  let at = 0;
  for (;;) {
    const percent = format.indexOf('%', at);
    if (percent < 0) return text + format.slice(at);
    text += format.slice(at, percent);
    let letter = format[percent + 1] ?? '';
    const flag = letter === '-' || letter === '_' || letter === '0' ? letter : '';
    if (flag !== '') letter = format[percent + 2] ?? '';
    at = percent + 1 + flag.length + letter.length;
    const value = fieldText(letter, date) ?? format.slice(percent, at);
    text += flag === '-' ? value.replace(/^[0 ]+(?=.)/, '') : value;
  }
}

function fieldText(letter: string, date: Date): string | undefined {
  if (Object.hasOwn(FIELDS, letter)) return FIELDS[letter]!(date);
  return Object.hasOwn(COMPOSED, letter) ? formatFields(COMPOSED[letter]!, date) : undefined;
}

/** What `date -d` understands: ISO times, `@seconds`, `now`, and a few words. */
function parseDate(text: string, nowMs: number): number | undefined {
  if (/^@-?\d+(\.\d+)?$/.test(text)) return Number(text.slice(1)) * 1000;
  const relative = /^([-+]?\d+) (second|minute|hour|day|week)s?( ago)?$/.exec(text);
  if (relative !== null) {
    const unit = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 }[relative[2]!]!;
    return nowMs + Number(relative[1]) * unit * 1000 * (relative[3] === undefined ? 1 : -1);
  }
  if (text === 'now' || text === 'today') return nowMs;
  if (text === 'tomorrow') return nowMs + 86_400_000;
  if (text === 'yesterday') return nowMs - 86_400_000;
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[-+]\d\d:?\d\d)?)?$/.exec(text);
  if (iso === null) return undefined;
  const parsed = Date.parse(`${iso[1]}T${iso[2] ?? '00:00:00'}${iso[3] ?? 'Z'}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

export const date = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'uRIs:d:r:D:',
    long: { utc: 'u', date: 'd', rfc: 'R', 'iso-8601': 'I' },
  });
  let timeMs: number | undefined = process.now();
  const wanted = options.value('d');
  if (wanted !== undefined) timeMs = parseDate(wanted, timeMs);
  if (timeMs === undefined) return yield* fail(process, `invalid date '${wanted}'`);
  const reference = options.value('r');
  if (reference !== undefined) timeMs = process.stat(reference).modifiedMs;
  const operand = options.operands[0];
  let format = '%a %b %e %H:%M:%S %Z %Y';
  if (operand?.startsWith('+')) format = operand.slice(1);
  else if (operand !== undefined) return yield* fail(process, `invalid date '${operand}'`);
  else if (options.has('R')) format = '%a, %d %b %Y %H:%M:%S %z';
  else if (options.has('I')) format = '%Y-%m-%d';
  yield* print(process, `${formatDate(format, timeMs)}\n`);
  return 0;
});
