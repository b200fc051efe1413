import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { Errno } from '../../errno.ts';
import { decode, fail, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions } from '../options.ts';
import { program } from '../program.ts';
import { askManager, NO_MANAGER } from './bus.ts';

// hostnamectl and timedatectl, which ask services of systemd that the machine's manager stands for here.

function* isManaged(process: Process): Task<boolean> {
  return (yield* askManager(process, { method: 'units' })) !== undefined;
}

function firstLine(process: Process, path: string): string | undefined {
  try {
    return decode(process.readFile(path)).split('\n')[0];
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** Titles stand to the right, as systemd sets them; what is not known is left out. */
function* table(process: Process, rows: readonly (readonly [string, string | undefined])[]): Task<number> {
  const known = rows.filter(([, value]) => value !== undefined);
  const width = Math.max(...known.map(([title]) => title.length));
  yield* print(process, known.map(([title, value]) => `${title.padStart(width)}: ${value}\n`).join(''));
  return 0;
}

/** https://www.freedesktop.org/software/systemd/man/latest/hostnamectl.html */
export const hostnamectl = program(function* (process, args) {
  const options = getOptions(args, { letters: 'H:M:', long: { static: 's', transient: 't', pretty: 'p' } });
  const [verb = 'status', value] = options.operands;
  if (!(yield* isManaged(process))) {
    yield* printError(process, NO_MANAGER);
    return 1;
  }
  if (verb === 'hostname' || verb === 'set-hostname') {
    if (value === undefined && verb === 'set-hostname') return yield* fail(process, 'Too few arguments.');
    if (value === undefined) {
      yield* print(process, `${process.hostname}\n`);
      return 0;
    }
    return yield* rename(process, value);
  }
  if (verb !== 'status') return yield* fail(process, `Unknown command verb '${verb}'.`);
  const release = firstLine(process, '/etc/os-release');
  const kernel = firstLine(process, '/proc/sys/kernel/osrelease');
  return yield* table(process, [
    ['Static hostname', firstLine(process, '/etc/hostname') ?? '(unset)'],
    ['Icon name', 'computer-vm'],
    ['Chassis', 'vm'],
    ['Machine ID', firstLine(process, '/etc/machine-id')],
    ['Boot ID', firstLine(process, '/proc/sys/kernel/random/boot_id')?.replaceAll('-', '')],
    ['Operating System', release === undefined ? undefined : /^PRETTY_NAME="(.*)"$/.exec(release)?.[1]],
    ['Kernel', kernel === undefined ? undefined : `Linux ${kernel}`],
    ['Architecture', 'x86-64'],
  ]);
});

function* rename(process: Process, name: string): Task<number> {
  if (!/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,62}[a-zA-Z0-9])?$/.test(name)) {
    yield* printError(process, `Could not set static hostname: Invalid static hostname '${name}'\n`);
    return 1;
  }
  try {
    process.setHostname(name);
    process.writeFile('/etc/hostname', `${name}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* printError(process, `Could not set static hostname: ${error.message}\n`);
    return 1;
  }
}

/** https://www.freedesktop.org/software/systemd/man/latest/timedatectl.html */
export const timedatectl = program(function* (process, args) {
  const [verb = 'status'] = getOptions(args, { letters: 'H:M:a' }).operands;
  if (!(yield* isManaged(process))) {
    yield* printError(process, NO_MANAGER);
    return 1;
  }
  if (verb !== 'status') {
    const known = /^(set-time|set-timezone|set-ntp|set-local-rtc|show|list-timezones|timesync-status)$/.test(verb);
    return yield* fail(
      process,
      known ? `${verb} is not supported: these machines share one clock` : `Unknown command verb '${verb}'.`,
    );
  }
  const now = process.now();
  return yield* table(process, [
    ['Local time', formatDate('%a %F %T UTC', now)],
    ['Universal time', formatDate('%a %F %T UTC', now)],
    ['RTC time', formatDate('%a %F %T', now)],
    ['Time zone', 'Etc/UTC (UTC, +0000)'],
    ['System clock synchronized', 'no'],
    ['NTP service', 'n/a'],
    ['RTC in local TZ', 'no'],
  ]);
});
