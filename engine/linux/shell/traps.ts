import type { Task } from '../../sim/index.ts';
import { SIGNAL_NUMBERS, type Signal } from '../signal.ts';
import { Interrupted } from './control.ts';
import type { Shell } from './shell.ts';

/** Takes the caught signals that have come. In an interactive shell an untrapped Ctrl-C ends the command. */
export function collectSignals(shell: Shell): void {
  if (shell.traps.size === 0 && !shell.interactive) return;
  const signals = shell.process.takeSignals();
  if (signals.length > 0) shell.pendingSignals.push(...signals);
  if (shell.pendingSignals.length === 0 || !shell.interactive) return;
  if (shell.pendingSignals.includes('INT') && !shell.traps.has('INT')) {
    shell.pendingSignals.length = 0;
    throw new Interrupted();
  }
}

/** Runs the traps of signals that have come: after each command, as POSIX says. */
export function* runTraps(shell: Shell): Task<void> {
  collectSignals(shell);
  while (shell.pendingSignals.length > 0) {
    const signal = shell.pendingSignals.shift()!;
    const action = shell.traps.get(signal);
    if (action === undefined || action === '') continue;
    const { status } = shell;
    yield* shell.interpreter.source(shell, action);
    shell.status = status;
  }
}

/** A signal by the names `trap` and `kill` take: `TERM`, `SIGTERM`, `15`. */
export function signalNamed(text: string): Signal | 'EXIT' | undefined {
  if (text === '0') return 'EXIT';
  if (/^\d+$/.test(text)) return SIGNALS_BY_NUMBER.get(Number(text));
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (name === 'EXIT') return 'EXIT';
  return name in SIGNAL_NUMBERS ? (name as Signal) : undefined;
}

export const SIGNALS_BY_NUMBER: ReadonlyMap<number, Signal> = new Map(
  Object.entries(SIGNAL_NUMBERS).map(([name, number]) => [number, name as Signal]),
);

/**
 * The signals an interactive shell keeps for itself. They are caught, not ignored, though nothing comes of them but
 * Ctrl-C: what a shell ignores its programs would ignore too.
 */
const INTERACTIVE: readonly Signal[] = ['TERM', 'QUIT', 'TSTP', 'TTIN', 'TTOU', 'INT', 'WINCH'];

export function guardInteractive(shell: Shell): void {
  for (const signal of INTERACTIVE) shell.process.setSignalAction(signal, 'catch');
}

/** In a child of the shell caught signals act as by default again; ignored ones stay ignored. */
export function resetForChild(child: Shell, parentInteractive: boolean, background: boolean): void {
  const { process } = child;
  if (parentInteractive) for (const signal of INTERACTIVE) process.setSignalAction(signal, 'default');
  for (const [name, action] of child.traps) {
    if (action === '') continue;
    child.traps.delete(name);
    if (!SHELL_CONDITIONS.has(name)) process.setSignalAction(name as Signal, 'default');
  }
  if (background) {
    process.setSignalAction('INT', 'ignore');
    process.setSignalAction('QUIT', 'ignore');
  }
}

/** bash's ERR: after a command that would end a script under `set -e`; not within itself, nor in functions. */
export function* runErrorTrap(shell: Shell): Task<void> {
  if (!shell.trapRunning) yield* runAside(shell, shell.traps.get('ERR')!);
}

/** bash's DEBUG (before each simple command) and RETURN (after a function, or a file that `.` reads). */
export function* runDebuggingTrap(shell: Shell, name: 'DEBUG' | 'RETURN'): Task<void> {
  const action = shell.traps.get(name);
  if (action !== undefined && action !== '' && !shell.trapRunning) yield* runAside(shell, action);
}

/** Runs an action that leaves no trace in `$?`. */
function* runAside(shell: Shell, action: string): Task<void> {
  const { status } = shell;
  shell.trapRunning = true;
  try {
    yield* shell.interpreter.source(shell, action);
  } finally {
    shell.trapRunning = false;
  }
  shell.status = status;
}

const DEBUGGING = ['DEBUG', 'RETURN'] as const;

/** Functions do not inherit these two. */
export function putTrapsAside(shell: Shell): readonly (readonly [string, string])[] {
  const aside: [string, string][] = [];
  for (const name of DEBUGGING) {
    const action = shell.traps.get(name);
    if (action === undefined) continue;
    aside.push([name, action]);
    shell.traps.delete(name);
  }
  return aside;
}

/** What the function has set itself stays. */
export function bringTrapsBack(shell: Shell, aside: readonly (readonly [string, string])[]): void {
  for (const [name, action] of aside) if (!shell.traps.has(name)) shell.traps.set(name, action);
}

/** Conditions that are none of the kernel's signals. */
export const SHELL_CONDITIONS: ReadonlySet<string> = new Set(['EXIT', 'ERR', ...DEBUGGING]);

/** Runs the EXIT trap, once. */
export function* runExitTrap(shell: Shell): Task<void> {
  const action = shell.traps.get('EXIT');
  if (action === undefined || action === '') return;
  shell.traps.delete('EXIT');
  yield* shell.interpreter.source(shell, action);
}
