import { fn, MANY, type TemplateFunction } from '../../kubectl/output/template/functions.ts';
import type { Random } from '../../sim/random.ts';
import { numberOf, textOf, wholeOf } from './arguments.ts';

const DIGITS = '0123456789';
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Of Go's reference time, in the order in which they are tried. */
const LAYOUT = /2006|January|Jan|Monday|Mon|01|02|15|04|05|Z07:00|MST|06/g;

function formatted(layout: string, ms: number): string {
  const iso = new Date(ms).toISOString();
  const names = new Date(ms).toUTCString();
  const parts: Readonly<Record<string, string>> = {
    2006: iso.slice(0, 4),
    '06': iso.slice(2, 4),
    '01': iso.slice(5, 7),
    '02': iso.slice(8, 10),
    15: iso.slice(11, 13),
    '04': iso.slice(14, 16),
    '05': iso.slice(17, 19),
    Jan: names.slice(8, 11),
    Mon: names.slice(0, 3),
    'Z07:00': 'Z',
    MST: 'UTC',
  };
  return layout.replace(LAYOUT, (part) => parts[part] ?? part);
}

/** Functions whose result does not follow from their arguments alone: the time, and chance. */
export function surroundings(nowMs: number, random: Random): Readonly<Record<string, TemplateFunction>> {
  const drawn = (alphabet: string) => fn(1, 1, ([length]) => randomText(random, alphabet, wholeOf(length)));
  return {
    now: fn(0, 0, () => new Date(nowMs).toISOString()),
    date: fn(2, 2, ([layout, time]) => formatted(textOf(layout), timeOf(time, nowMs))),
    dateInZone: fn(3, 3, ([layout, time]) => formatted(textOf(layout), timeOf(time, nowMs))),
    unixEpoch: fn(1, 1, ([time]) => String(Math.floor(timeOf(time, nowMs) / 1000))),
    randAlphaNum: drawn(LETTERS + DIGITS),
    randAlpha: drawn(LETTERS),
    randNumeric: drawn(DIGITS),
    randAscii: drawn(LETTERS + DIGITS),
    randInt: fn(2, 2, ([from, to]) => wholeOf(from) + random.below(Math.max(1, wholeOf(to) - wholeOf(from)))),
    uuidv4: fn(0, MANY, () => random.uuid()),
  };
}

function timeOf(value: unknown, nowMs: number): number {
  if (typeof value === 'string') return Date.parse(value) || nowMs;
  return numberOf(value) * 1000 || nowMs;
}

/** So many characters of an alphabet. */
function randomText(random: Random, alphabet: string, length: number): string {
  return Array.from({ length: Math.min(10_000, length) }, () => alphabet[random.below(alphabet.length)]).join('');
}
