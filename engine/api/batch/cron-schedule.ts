import { readGoDuration } from '../../linux/programs/go/duration.ts';

// Reads the `schedule` of a CronJob as the real controller does (github.com/robfig/cron v3, ParseStandard), with its
// words for what it refuses: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax

/** One of the five fields: what it allows, sorted, and whether it was a star (which matters for days). */
export interface CronField {
  readonly values: readonly number[];
  readonly isStar: boolean;
}

/** A fixed pattern of minutes, or a fixed distance. */
export type CronSchedule =
  | {
      readonly kind: 'fields';
      readonly minute: CronField;
      readonly hour: CronField;
      readonly dayOfMonth: CronField;
      readonly month: CronField;
      readonly dayOfWeek: CronField;
    }
  | { readonly kind: 'every'; readonly seconds: number };

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: Readonly<Record<string, number>>;
}

const MONTHS = { jan: 1, feb: 2, mar: 3, apr: 4, may: 5, jun: 6, jul: 7, aug: 8, sep: 9, oct: 10, nov: 11, dec: 12 };
const DAYS = { sun: 0, mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6 };
const MINUTE: Bounds = { min: 0, max: 59 };
const HOUR: Bounds = { min: 0, max: 23 };
const DAY_OF_MONTH: Bounds = { min: 1, max: 31 };
const MONTH: Bounds = { min: 1, max: 12, names: MONTHS };
const DAY_OF_WEEK: Bounds = { min: 0, max: 6, names: DAYS };

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const MAX_LENGTH = 1_000;

/** @throws Error in the words of the real parser. */
export function parseCronSchedule(text: string): CronSchedule {
  if (text === '') throw new Error('empty spec string');
  if (text.length > MAX_LENGTH) throw new Error(`schedule must be no more than ${MAX_LENGTH} characters`);
  if (text.startsWith('@every ')) return { kind: 'every', seconds: parseEvery(text) };
  if (text.startsWith('@') && MACROS[text] === undefined) throw new Error(`unrecognized descriptor: ${text}`);
  const fields = (MACROS[text] ?? text).split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) {
    throw new Error(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  return {
    kind: 'fields',
    minute: parseField(fields[0]!, MINUTE),
    hour: parseField(fields[1]!, HOUR),
    dayOfMonth: parseField(fields[2]!, DAY_OF_MONTH),
    month: parseField(fields[3]!, MONTH),
    dayOfWeek: parseField(fields[4]!, DAY_OF_WEEK),
  };
}

/** Whole seconds, at least one. */
function parseEvery(text: string): number {
  const ms = readGoDuration(text.slice('@every '.length));
  if (typeof ms === 'string') throw new Error(`failed to parse duration ${text}: ${ms}`);
  return Math.max(1, Math.floor(ms / 1000));
}

function parseField(text: string, bounds: Bounds): CronField {
  const values = new Set<number>();
  let isStar = false;
  for (const part of text.split(',').filter((each) => each !== '')) {
    const range = parseRange(part, bounds);
    isStar ||= range.isStar;
    for (let value = range.start; value <= range.end; value += range.step) values.add(value);
  }
  return { values: [...values].sort((a, b) => a - b), isStar };
}

function parseRange(text: string, bounds: Bounds) {
  const [range, stepText, ...more] = text.split('/') as [string, string?, ...string[]];
  const [low, high, ...rest] = range.split('-') as [string, string?, ...string[]];
  if (rest.length > 0) throw new Error(`too many hyphens: ${text}`);
  const isWild = low === '*' || low === '?';
  const start = isWild ? bounds.min : parseValue(low, bounds);
  let end = isWild ? bounds.max : high === undefined ? start : parseValue(high, bounds);
  let step = 1;
  if (more.length > 0) throw new Error(`too many slashes: ${text}`);
  if (stepText !== undefined) {
    step = parseNumber(stepText);
    // "N/step" means "N-max/step".
    if (high === undefined && !isWild) end = bounds.max;
  }
  if (start < bounds.min) throw new Error(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`);
  if (end > bounds.max) throw new Error(`end of range (${end}) above maximum (${bounds.max}): ${text}`);
  if (start > end) throw new Error(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new Error(`step of range should be a positive number: ${text}`);
  return { start, end, step, isStar: isWild && step === 1 };
}

function parseValue(text: string, { names }: Bounds): number {
  return names?.[text.toLowerCase()] ?? parseNumber(text);
}

function parseNumber(text: string): number {
  if (!/^[+-]?[0-9]{1,15}$/.test(text)) {
    throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const number = Number(text);
  if (number < 0) throw new Error(`negative number (${number}) not allowed: ${text}`);
  return number;
}
