import { formatDate } from '../date-format.ts';
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
