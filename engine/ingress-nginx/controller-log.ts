import { printError } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';

/** A line of the controller's log, as klog begins it: severity, month and day, time, process, and where it is said. */
export function* log(process: Process, severity: 'I' | 'W' | 'E', place: string, text: string): Task<void> {
  const [, month, day, time] = /-(\d\d)-(\d\d)T([\d:.]+)Z/.exec(new Date(process.now()).toISOString())!;
  yield* printError(
    process,
    `${severity}${month}${day} ${time}000 ${String(process.pid).padStart(7)} ${place}] ${text}\n`,
  );
}
