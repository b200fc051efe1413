import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { fail, print } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { bootTimeMs, kernelMessages } from '../kernel-messages.ts';
import { getOptions, type Options } from '../options.ts';
import { program, Usage } from '../program.ts';
import { askManager, journalLine, KERNEL } from './bus.ts';
import { catalogText } from './journal-catalog.ts';
import { journalFields, journalFilter } from './journal-filter.ts';
import type { JournalEntry } from './port.ts';

const FOLLOW_MS = 1000;
const FOLLOWED_LINES = 10;

/** journalctl(1): what the machine's services have said. https://man7.org/linux/man-pages/man1/journalctl.1.html */
export const journalctl = program(function* (process, args) {
  const options = getOptions(args.map(attachLines), {
    letters: 'u:n:fexrb0aqo:S:U:p:t:lmkg:',
    long: {
      unit: 'u',
      lines: 'n',
      follow: 'f',
      'pager-end': 'e',
      catalog: 'x',
      reverse: 'r',
      boot: 'b',
      all: 'a',
      full: 'l',
      dmesg: 'k',
      grep: 'g',
      priority: 'p',
      output: 'o',
      since: 'S',
      until: 'U',
      identifier: 't',
      quiet: 'q',
      system: 'system',
      utc: 'utc',
      'no-tail': 'no-tail',
      'no-full': 'no-full',
      'no-pager': 'no-pager',
      'no-hostname': 'no-hostname',
    },
  });
  const wanted = journalFilter(options, process.now());
  const bootMs = bootTimeMs(process);
  const read = function* (): Task<readonly JournalEntry[] | undefined> {
    const ofServices = (yield* askManager(process, { method: 'journal' }))?.journal;
    if (ofServices === undefined) return undefined;
    const all = [...ofServices, ...(yield* kernelEntries(process, bootMs))];
    return all.filter(wanted).sort((a, b) => a.timeMs - b.timeMs);
  };
  const show = (entries: readonly JournalEntry[]) =>
    print(process, entries.map((entry) => lineOf(process, options, entry)).join(''));
  let entries = yield* read();
  if (entries === undefined) return yield* noJournal(process);
  const follow = options.has('f');
  const limit = limitOf(options);
  if (limit !== 'all' && !/^\d{1,9}$/.test(limit)) return yield* fail(process, `Failed to parse lines '${limit}'`);
  const shown = limit === 'all' ? entries : entries.slice(Math.max(0, entries.length - Number(limit)));
  if (shown.length === 0 && !follow && !options.has('q')) yield* print(process, '-- No entries --\n');
  yield* show(options.has('r') ? shown.toReversed() : shown);
  while (follow) {
    yield* process.sleep(FOLLOW_MS);
    const next = yield* read();
    if (next === undefined) return 0;
    const last = entries?.at(-1);
    const from = last === undefined ? 0 : next.findLastIndex((entry) => same(entry, last)) + 1;
    yield* show(next.slice(from));
    entries = next;
  }
  return 0;
});

/** How many lines: as told, or as other options imply. */
function limitOf(options: Options): string {
  const implied = options.has('f') ? String(FOLLOWED_LINES) : options.has('e') ? '1000' : 'all';
  return options.value('n') ?? (options.has('no-tail') ? 'all' : implied);
}

/** `-n` alone means ten lines, and `-n5` five. */
function attachLines(argument: string, index: number, args: readonly string[]): string {
  const next = args[index + 1];
  return argument === '-n' && (next === undefined || !/^(\d+|all)$/.test(next)) ? '-n10' : argument;
}

function same(a: JournalEntry, b: JournalEntry): boolean {
  return a.timeMs === b.timeMs && a.pid === b.pid && a.text === b.text;
}

/** journald reads what the kernel says, too. */
function* kernelEntries(process: Process, bootMs: number): Task<readonly JournalEntry[]> {
  const messages = yield* kernelMessages(process, bootMs);
  return messages.map(({ timeMs, text }) => ({ timeMs, unit: '', identifier: KERNEL, pid: 0, text }));
}

function* noJournal(process: Process): Task<number> {
  yield* print(process, 'No journal files were found.\n-- No entries --\n');
  return 0;
}

/** Forms whose lines differ in the time alone. Microseconds are the simulation's thousandths. */
const TIMES: Readonly<Record<string, (ms: number) => string>> = {
  short: (ms) => formatDate('%b %d %H:%M:%S', ms),
  'short-precise': (ms) => `${formatDate('%b %d %H:%M:%S', ms)}.${micros(ms)}`,
  'short-iso': (ms) => formatDate('%Y-%m-%dT%H:%M:%S%z', ms).replace(/(\d\d)$/, ':$1'),
  'short-iso-precise': (ms) =>
    `${formatDate('%Y-%m-%dT%H:%M:%S', ms)}.${micros(ms)}${formatDate('%z', ms).replace(/(\d\d)$/, ':$1')}`,
  'short-full': (ms) => formatDate('%a %Y-%m-%d %H:%M:%S %Z', ms),
  'short-unix': (ms) => `${Math.floor(ms / 1000)}.${micros(ms)}`,
};

function micros(ms: number): string {
  return String(Math.round((ms % 1000) * 1000)).padStart(6, '0');
}

function lineOf(process: Process, options: Options, entry: JournalEntry): string {
  const form = options.value('o') ?? 'short';
  switch (form) {
    case 'cat':
      return `${entry.text}\n`;
    case 'json':
      return `${JSON.stringify(journalFields(entry))}\n`;
    case 'json-pretty':
      return `${JSON.stringify(journalFields(entry), undefined, '\t')}\n`;
  }
  const time = Object.hasOwn(TIMES, form) ? TIMES[form]! : undefined;
  if (time === undefined) throw new Usage(`Unknown output format '${form}'.`);
  const line = journalLine(process.hostname, entry).replace(/^.{15}/, () => time(entry.timeMs));
  const named = options.has('no-hostname') ? line.replace(` ${process.hostname} `, ' ') : line;
  return options.has('x') ? named + catalogText(entry) : named;
}
