import type { Task } from '../../sim/index.ts';
import { printError } from '../stdio.ts';
import { isBash, type Shell } from './shell.ts';

/**
 * Prints an error as the dialect does: `script: line 3: cd: …`, busybox's `sh: cd: line 3: …`, dash's `sh: 3: cd: …`.
 *
 * @param builtin the builtin that complains, if one does
 */
export function* complain(shell: Shell, message: string, builtin?: string): Task<void> {
  yield* printError(shell.process, `${complaint(shell, message, builtin)}\n`);
}

export function complaint(shell: Shell, message: string, builtin?: string): string {
  const own = builtin === undefined ? '' : `${builtin}: `;
  const atPrompt = shell.mode === 'interactive' || (shell.mode === 'stdin' && shell.interactive);
  const name = isBash(shell) ? shell.name.replace(/^-/, '') : shell.name;
  if (isBash(shell)) return `${name}: ${shell.mode === 'script' ? `line ${shell.line}: ` : ''}${own}${message}`;
  if (shell.dialect === 'dash') return `${name}: ${shell.line}: ${own}${message}`;
  if (builtin !== undefined) return `${name}: ${own}${atPrompt ? '' : `line ${shell.line}: `}${message}`;
  return `${name}: ${shell.mode === 'script' ? `line ${shell.line}: ` : ''}${message}`;
}

/** What an interactive bash says when it ends. */
export function sayFarewell({ process }: Shell): Task<void> {
  return printError(process, process.argv[0]?.startsWith('-') ? 'logout\n' : 'exit\n');
}

/** What a shell says of a program it cannot start, with the exit code. */
export function startFailure(
  shell: Shell,
  command: string,
  code: string,
  text: string,
): { message: string; status: number } {
  const bash = isBash(shell);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const path = command.includes('/');
    if (!bash) return { message: `${command}: not found`, status: 127 };
    return { message: `${command}: ${path ? text : 'command not found'}`, status: 127 };
  }
  return { message: `${command}: ${text}`, status: 126 };
}
