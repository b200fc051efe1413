import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { fail, print } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions, type Options } from '../options.ts';
import { program, Usage } from '../program.ts';
import { askManager, journalLine, unitName } from './bus.ts';
import type { JournalEntry } from './port.ts';

const FOLLOW_MS = 1000;
const FOLLOWED_LINES = 10;

/** journalctl(1): what the machine's services have said. https://man7.org/linux/man-pages/man1/journalctl.1.html */
export const journalctl = program(function* (process, args) {
  const options = getOptions(args.map(attachLines), {
    letters: 'u:n:fexrb0aqo:S:U:p:t:lm',
    long: {
      unit: 'u',
      lines: 'n',
      follow: 'f',
      'pager-end': 'e',
      catalog: 'x',
      reverse: 'r',
      boot: 'b',
      output: 'o',
      since: 'S',
      until: 'U',
      identifier: 't',
      quiet: 'q',
      'no-pager': 'P',
      'no-hostname': 'N',
    },
  });
  const wanted = filterOf(options, process.now());
  const read = function* (): Task<readonly JournalEntry[] | undefined> {
    return (yield* askManager(process, { method: 'journal' }))?.journal?.filter(wanted);
  };
  let entries = yield* read();
  if (entries === undefined) return yield* noJournal(process);
  const follow = options.has('f');
  const limit = options.value('n') ?? (follow ? String(FOLLOWED_LINES) : options.has('e') ? '1000' : 'all');
  if (limit !== 'all' && !/^\d{1,9}$/.test(limit)) return yield* fail(process, `Failed to parse lines '${limit}'`);
  let shown = limit === 'all' ? entries : entries.slice(Math.max(0, entries.length - Number(limit)));
  if (options.has('r')) shown = shown.toReversed();
  if (shown.length === 0 && !follow) yield* print(process, '-- No entries --\n');
  yield* print(process, shown.map((entry) => lineOf(process, options, entry)).join(''));
  while (follow) {
    yield* process.sleep(FOLLOW_MS);
    const next = yield* read();
    if (next === undefined) return 0;
    const last = entries?.at(-1);
    const from = last === undefined ? 0 : next.findLastIndex((entry) => same(entry, last)) + 1;
    yield* print(
      process,
      next
        .slice(from)
        .map((entry) => lineOf(process, options, entry))
        .join(''),
    );
    entries = next;
  }
  return 0;
});

/** `-n` alone means ten lines, and `-n5` five. */
function attachLines(argument: string, index: number, args: readonly string[]): string {
  const next = args[index + 1];
  return argument === '-n' && (next === undefined || !/^(\d+|all)$/.test(next)) ? '-n10' : argument;
}

function same(a: JournalEntry, b: JournalEntry): boolean {
  return a.timeMs === b.timeMs && a.pid === b.pid && a.text === b.text;
}

function* noJournal(process: Process): Task<number> {
  yield* print(process, 'No journal files were found.\n-- No entries --\n');
  return 0;
}

function filterOf(options: Options, nowMs: number): (entry: JournalEntry) => boolean {
  const units = options.values('u').map(unitName);
  const identifiers = options.values('t');
  const since = options.has('S') ? timeOf(options.value('S')!, nowMs) : Number.NEGATIVE_INFINITY;
  const until = options.has('U') ? timeOf(options.value('U')!, nowMs) : Number.POSITIVE_INFINITY;
  return ({ unit, identifier, timeMs }) =>
    (units.length === 0 || units.includes(unit)) &&
    (identifiers.length === 0 || identifiers.includes(identifier)) &&
    timeMs >= since &&
    timeMs <= until;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** systemd.time(7): `10 min ago`, `-1h`, `today`, `2026-01-12 09:00:00`. Throws Usage. */
function timeOf(text: string, nowMs: number): number {
  if (text === 'now') return nowMs;
  const midnight = nowMs - (nowMs % UNIT_MS['d']!);
  if (text === 'today') return midnight;
  if (text === 'yesterday') return midnight - UNIT_MS['d']!;
  const span =
    /^(\d+) ?(s|m|h|d)(?:ec|in|ay|our|econd|inute)?s? ago$/.exec(text) ?? /^-(\d+) ?(s|m|h|d)(?:ec|in)?s?$/.exec(text);
  if (span !== null) return nowMs - Number(span[1]) * UNIT_MS[span[2]!]!;
  const parsed = /^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?$/.test(text)
    ? Date.parse(`${text.length === 10 ? `${text} 00:00` : text}Z`.replace(' ', 'T'))
    : Number.NaN;
  if (Number.isNaN(parsed)) throw new Usage(`Failed to parse timestamp: ${text}`);
  return parsed;
}

function lineOf(process: Process, options: Options, entry: JournalEntry): string {
  switch (options.value('o') ?? 'short') {
    case 'cat':
      return `${entry.text}\n`;
    case 'short-iso':
      return journalLine(process.hostname, entry).replace(/^.{15}/, formatDate('%Y-%m-%dT%H:%M:%S%z', entry.timeMs));
    case 'json':
      return `${JSON.stringify({ __REALTIME_TIMESTAMP: `${entry.timeMs * 1000}`, _SYSTEMD_UNIT: entry.unit, SYSLOG_IDENTIFIER: entry.identifier, _PID: String(entry.pid), MESSAGE: entry.text })}\n`;
    case 'short':
    case 'short-full':
      return journalLine(process.hostname, entry);
    default:
      throw new Usage(`Unknown output format '${options.value('o')}'.`);
  }
}
