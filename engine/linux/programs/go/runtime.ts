import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { Errno } from '../../errno.ts';
import type { Signal } from '../../signal.ts';
import { printError } from '../../stdio.ts';
import type { Process, Program } from '../../syscalls.ts';

// What programs written in Go have in common, beyond what they do.

const ENDING: readonly Signal[] = ['TERM', 'INT', 'HUP', 'QUIT'];

/**
 * A Go program: as PID 1 of a container, where signals have no default action, the Go runtime ends it with exit code 2
 * when one comes that the program does not wait for itself. https://pkg.go.dev/os/signal#hdr-Default_behavior_of_signals_in_Go_programs
 */
export function goProgram(main: (process: Process, args: readonly string[]) => Task<number>): Program {
  return function* (process) {
    if (process.pid === 1) for (const signal of ENDING) process.setSignalAction(signal, 'catch');
    try {
      return yield* main(process, process.argv.slice(1));
    } catch (error) {
      if (error instanceof Errno && error.code === 'EINTR' && process.takeSignals().some(isEnding)) return 2;
      throw error;
    }
  };
}

export function isEnding(signal: Signal): boolean {
  return ENDING.includes(signal);
}

/** `log.Printf`: a line with date and time on standard error. */
export function* log(process: Process, text: string): Task<void> {
  yield* printError(process, `${formatDate('%Y/%m/%d %H:%M:%S', process.now())} ${text}\n`);
}

/** `klog.Infof`: a line with severity, time, thread and place. */
export function* klog(process: Process, severity: 'I' | 'W' | 'E' | 'F', place: string, text: string): Task<void> {
  yield* printError(process, `${klogLine(severity, process.now(), process.pid, place, text)}\n`);
}

export function klogLine(severity: string, nowMs: number, pid: number, place: string, text: string): string {
  const fraction = String(Math.floor((nowMs % 1000) * 1000)).padStart(6, '0');
  const time = `${formatDate('%m%d %H:%M:%S', nowMs)}.${fraction}`;
  return `${severity}${time} ${String(pid).padStart(7)} ${place}] ${text}`;
}

/** The value of `--name=value` or `--name value` on a command line, as Go's flags are written in manifests. */
export function flagValue(argv: readonly string[], name: string): string | undefined {
  const flag = `--${name}`;
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = argv[at];
  if (word !== flag) return word?.slice(flag.length + 1);
  const next = argv[at + 1];
  return next?.startsWith('-') ? undefined : next;
}

/** `log.Fatal`: `return yield* fatal(process, '…')`. */
export function* fatal(process: Process, text: string): Task<number> {
  yield* log(process, text);
  return 1;
}

/** The kernel's error as Go words it: `open /x: no such file or directory`. */
export function goError(operation: string, error: unknown): string {
  if (!(error instanceof Errno)) throw error;
  const text = error.message;
  return `${operation}: ${text[0]!.toLowerCase()}${text.slice(1)}`;
}
