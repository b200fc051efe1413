import type { Options } from '../options.ts';
import { Usage } from '../program.ts';
import { KERNEL, unitName } from './bus.ts';
import { journalTime } from './journal-time.ts';
import type { JournalEntry } from './port.ts';

/** What is shown of the journal. Throws Usage. */
export function journalFilter(options: Options, nowMs: number): (entry: JournalEntry) => boolean {
  const time = (letter: string, otherwise: number) =>
    options.has(letter) ? journalTime(options.value(letter)!, nowMs) : otherwise;
  const [since, until] = [time('S', Number.NEGATIVE_INFINITY), time('U', Number.POSITIVE_INFINITY)];
  const units = options.values('u').map((text) => glob(unitName(text)));
  const identifiers = options.values('t');
  const priorities = prioritiesOf(options.value('p'));
  const pattern = patternOf(options.value('g'));
  const fields = options.operands.map(fieldMatch);
  return (entry) =>
    entry.timeMs >= since &&
    entry.timeMs <= until &&
    (units.length === 0 || units.some((unit) => unit.test(entry.unit))) &&
    (identifiers.length === 0 || identifiers.includes(entry.identifier)) &&
    priorities(priorityOf(entry)) &&
    pattern.test(entry.text) &&
    (entry.identifier === KERNEL || !options.has('k')) &&
    fields.every((matches) => matches(entry));
}

function glob(pattern: string): RegExp {
  const text = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}$`);
}

const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** syslog's number of an entry. What a service prints is `info`, whatever it says. */
function priorityOf({ identifier, text }: JournalEntry): number {
  if (identifier !== 'systemd') return 6;
  if (/^Failed to start /.test(text)) return 3;
  if (/: Failed with result '|: (Unknown|Failed to parse|Neither a valid) /.test(text)) return 4;
  return / process exited, /.test(text) ? 5 : 6;
}

/** `err`, `3`, `warning..err`. Throws Usage. */
function prioritiesOf(text: string | undefined): (priority: number) => boolean {
  if (text === undefined) return () => true;
  const numberOf = (word: string) => {
    const number = /^[0-7]$/.test(word) ? Number(word) : PRIORITIES.indexOf(word);
    if (number < 0) throw new Usage(`Unknown log level ${word}`);
    return number;
  };
  const numbers = text.split('..').map(numberOf);
  const [low, high] = numbers.length > 1 ? [Math.min(...numbers), Math.max(...numbers)] : [0, numbers[0]!];
  return (priority) => low <= priority && priority <= high;
}

/** Without regard to case, unless it has capitals. Throws Usage. */
function patternOf(text = ''): RegExp {
  try {
    return new RegExp(text, /[A-Z]/.test(text) ? '' : 'i');
  } catch {
    throw new Usage(`Bad pattern ${JSON.stringify(text)}`);
  }
}

/** `_PID=812`. Throws Usage. */
function fieldMatch(text: string): (entry: JournalEntry) => boolean {
  const [, name = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(text) ?? [];
  if (name === '') throw new Usage(`Failed to add match '${text}': Invalid argument`);
  return (entry) => String(journalFields(entry)[name] ?? '') === value;
}

/** What the journal keeps of an entry. */
export function journalFields(entry: JournalEntry): Readonly<Record<string, string>> {
  const { timeMs, unit, identifier, pid, text } = entry;
  return {
    __REALTIME_TIMESTAMP: `${Math.round(timeMs * 1000)}`,
    PRIORITY: String(priorityOf(entry)),
    SYSLOG_IDENTIFIER: identifier,
    ...(identifier === KERNEL ? { _TRANSPORT: KERNEL } : { _SYSTEMD_UNIT: unit, _PID: String(pid) }),
    MESSAGE: text,
  };
}
