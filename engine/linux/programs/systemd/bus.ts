import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { Errno } from '../../errno.ts';
import { decode, encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type JournalEntry, MANAGER_SOCKET, type ManagerCall, type ManagerReply } from './port.ts';

/** Asks the machine's manager; undefined where none runs: in containers, on the workstation. */
export function* askManager(process: Process, call: ManagerCall): Task<ManagerReply | undefined> {
  let fd: number;
  try {
    fd = yield* process.connectUnix(MANAGER_SOCKET);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
  try {
    yield* process.write(fd, encode(`${JSON.stringify(call)}\n`));
    let text = '';
    while (!text.endsWith('\n')) {
      const piece = yield* process.read(fd);
      if (piece.length === 0) return undefined;
      text += decode(piece);
    }
    return JSON.parse(text) as ManagerReply;
  } finally {
    process.close(fd);
  }
}

export const NO_MANAGER =
  "System has not been booted with systemd as init system (PID 1). Can't operate.\n" +
  'Failed to connect to bus: Host is down\n';

/** Debian's `Alias=` lines. */
const ALIASES: Readonly<Record<string, string>> = { 'sshd.service': 'ssh.service' };

/** `kubelet` is `kubelet.service`, `sshd` the unit that it is another name of. */
export function unitName(text: string): string {
  const name = fullName(text);
  return Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name;
}

function fullName(text: string): string {
  return /\.(service|target|socket|timer|mount|slice|scope|path)$/.test(text) ? text : `${text}.service`;
}

/** Whose lines come from the kernel. */
export const KERNEL = 'kernel';

/** A line of the journal: `Jan 12 09:00:00 node-1 kubelet[812]: text`. */
export function journalLine(hostname: string, { timeMs, identifier, pid, text }: JournalEntry): string {
  return `${formatDate('%b %d %H:%M:%S', timeMs)} ${hostname} ${identifier}${identifier === KERNEL ? '' : `[${pid}]`}: ${text}\n`;
}
