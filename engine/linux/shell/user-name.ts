import { Errno } from '../errno.ts';
import { decode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';

/** The name of the process's user, as /etc/passwd has it. */
export function readUserName(process: Process): string {
  const { uid } = process.credentials;
  try {
    for (const line of decode(process.readFile('/etc/passwd')).split('\n')) {
      const fields = line.split(':');
      if (Number(fields[2]) === uid && fields.length > 3) return fields[0]!;
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return uid === 0 ? 'root' : 'I have no name!';
}
