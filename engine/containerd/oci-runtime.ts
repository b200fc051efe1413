import { ConfinementError } from '../linux/confinement.ts';
import { Errno } from '../linux/errno.ts';
import type { Host, HostSpawn } from '../linux/host.ts';
import type { Process } from '../linux/syscalls.ts';

/** A process that could not be started; the message is runc's, from `exec:` on. */
export class OciError extends Error {
  override readonly name = 'OciError';
}

/** PATH of a container whose image sets none. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Starts a process in a container's namespaces: what runc does. A command without a slash is looked for in the
 * container's own PATH.
 *
 * @throws OciError when there is nothing to execute.
 */
export function startOciProcess(host: Host, options: Omit<HostSpawn, 'run'>): Process {
  const command = options.argv[0] ?? '';
  if (command.includes('/')) return spawnPath(host, command, options);
  const path = options.env?.['PATH'] ?? DEFAULT_PATH;
  let failure = `exec: "${command}": executable file not found in $PATH`;
  if (command !== '') {
    for (const directory of path.split(':')) {
      const found = trySpawn(host, `${directory === '' ? '.' : directory}/${command}`, options);
      if (!(found instanceof Errno)) return found;
      if (found.code === 'ENOENT' || found.code === 'ENOTDIR') continue;
      if (found.code !== 'EACCES') throw new OciError(explain(command, found));
      failure = `exec: "${command}": permission denied`;
    }
  }
  throw new OciError(failure);
}

function spawnPath(host: Host, path: string, options: Omit<HostSpawn, 'run'>): Process {
  const started = trySpawn(host, path, options);
  if (started instanceof Errno) throw new OciError(explain(path, started));
  return started;
}

function trySpawn(host: Host, run: string, options: Omit<HostSpawn, 'run'>): Process | Errno {
  try {
    return host.spawn({ ...options, run });
  } catch (error) {
    if (error instanceof Errno) return error;
    throw error;
  }
}

function explain(command: string, error: Errno): string {
  if (error instanceof ConfinementError) return error.explanation;
  switch (error.code) {
    case 'ENOENT':
      return `exec: "${command}": stat ${command}: no such file or directory`;
    case 'EACCES':
      return `exec: "${command}": permission denied`;
    case 'ENOEXEC':
      return `exec ${command}: exec format error`;
    default:
      return `exec ${command}: ${error.message.toLowerCase()}`;
  }
}
