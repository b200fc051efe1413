import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions } from '../options.ts';
import { program } from '../program.ts';
import type { PowerAction } from './port.ts';
import { turnOff } from './systemctl.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** shutdown(8). https://man7.org/linux/man-pages/man8/shutdown.8.html */
export const shutdown = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'HPrhkc',
    long: { halt: 'H', poweroff: 'P', reboot: 'r', 'no-wall': 'w' },
  });
  const action: PowerAction = options.has('r') ? 'reboot' : options.has('H') ? 'halt' : 'poweroff';
  if (options.has('c')) return yield* turnOff(process, action, undefined);
  const when = options.operands[0] ?? '+1';
  const atMs = timeOf(when, process.now());
  if (atMs === undefined) {
    yield* printError(process, `Failed to parse time specification: ${when}\n`);
    return 1;
  }
  if (options.has('k')) return 0;
  const status = yield* turnOff(process, action, atMs);
  if (status === 0 && atMs > process.now()) {
    const verb = action === 'reboot' ? 'Reboot' : 'Shutdown';
    const stamp = formatDate('%a %Y-%m-%d %H:%M:%S %Z', atMs);
    yield* printError(process, `${verb} scheduled for ${stamp}, use 'shutdown -c' to cancel.\n`);
  }
  return status;
});

/** `now`, `+5`, `23:30`. */
function timeOf(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs;
  const minutes = /^\+?(\d{1,6})$/.exec(text);
  if (minutes !== null) return nowMs + Number(minutes[1]) * MINUTE_MS;
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (clock === null) return undefined;
  const atMs = nowMs - (nowMs % DAY_MS) + (Number(clock[1]) * 60 + Number(clock[2])) * MINUTE_MS;
  return atMs > nowMs ? atMs : atMs + DAY_MS;
}

const now = (action: PowerAction) =>
  program(function* (process: Process, args): Task<number> {
    getOptions(args, { letters: 'fpwd', long: { force: 'f', poweroff: 'p', 'no-wall': 'w', 'no-wtmp': 'd' } });
    return yield* turnOff(process, action, process.now());
  });

export const poweroff = now('poweroff');
export const reboot = now('reboot');
export const halt = now('halt');
