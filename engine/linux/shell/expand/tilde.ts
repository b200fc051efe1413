import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import { isBash, type Shell } from '../shell.ts';

/** What `~user` stands for; unknown users stay as they are written. */
export function homeDirectory(shell: Shell, user: string): string {
  if (user === '') return shell.variables.value('HOME') ?? '~';
  if (!isBash(shell) && (user === '+' || user === '-')) return `~${user}`;
  if (user === '+') return shell.variables.value('PWD') ?? '~+';
  if (user === '-') return shell.variables.value('OLDPWD') ?? '~-';
  try {
    for (const line of decode(shell.process.readFile('/etc/passwd')).split('\n')) {
      const fields = line.split(':');
      if (fields[0] === user && fields[5] !== undefined) return fields[5];
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return `~${user}`;
}
