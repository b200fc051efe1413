/** Signals by their names without `SIG`, with their numbers on x86-64 Linux. */
export const SIGNAL_NUMBERS = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  WINCH: 28,
  SYS: 31,
} as const;

export type Signal = keyof typeof SIGNAL_NUMBERS;

/** What a process does about a signal: the kernel's default, nothing, or its own handler. */
export type SignalAction = 'default' | 'ignore' | 'catch';

/** The exit code a shell and a container runtime report for a process that a signal ended. */
export function signalExitCode(signal: Signal): number {
  return 128 + SIGNAL_NUMBERS[signal];
}
