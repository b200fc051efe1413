import { Errno } from '../../linux/errno.ts';
import { print, printError } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { KubeadmError } from './command.ts';

/** Something that is looked at before a machine is changed. */
export interface Check {
  readonly name: string;
  /** What is wrong; nothing when all is well. */
  problem(process: Process): string | undefined;
}

export function portIsFree(port: number): Check {
  return {
    name: `Port-${port}`,
    problem(process) {
      try {
        process.close(process.listen(port, '0.0.0.0'));
        return undefined;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        return `Port ${port} is in use`;
      }
    },
  };
}

export function fileIsAbsent(path: string): Check {
  return {
    name: `FileAvailable-${path.replaceAll('/', '-')}`,
    problem: (process) => (process.access(path, 'exists') ? `${path} already exists` : undefined),
  };
}

export function directoryIsEmpty(path: string): Check {
  return {
    name: `DirAvailable-${path.replaceAll('/', '-')}`,
    problem: (process) =>
      process.access(path, 'exists') && process.readdir(path).some(({ name }) => name !== '.' && name !== '..')
        ? `${path} is not empty`
        : undefined,
  };
}

export function serviceRuns(socket: string): Check {
  return {
    name: 'CRI',
    problem: (process) =>
      process.access(socket, 'exists')
        ? undefined
        : `could not connect to the container runtime: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "unix://${socket}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${socket}: connect: no such file or directory"`,
  };
}

const IS_ROOT: Check = {
  name: 'IsPrivilegedUser',
  problem: ({ credentials }) => (credentials.uid === 0 ? undefined : 'user is not running as root'),
};

/**
 * Looks at everything, and ends the program when something is wrong that is not to be ignored.
 *
 * @param ignored names of checks, or `all`
 * @throws KubeadmError, with the exit code of preflight errors
 */
export function* preflight(process: Process, checks: readonly Check[], ignored: string): Task<void> {
  yield* print(process, '[preflight] Running pre-flight checks\n');
  const isIgnored = ignoring(ignored);
  let errors = '';
  for (const check of [IS_ROOT, ...checks]) {
    const problem = check.problem(process);
    if (problem === undefined) continue;
    if (isIgnored(check.name)) yield* printError(process, `\t[WARNING ${check.name}]: ${problem}\n`);
    else errors += `\t[ERROR ${check.name}]: ${problem}\n`;
  }
  if (errors === '') return;
  yield* printError(
    process,
    `[preflight] Some fatal errors occurred:\n${errors}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\n`,
  );
  throw new KubeadmError('error execution phase preflight: preflight checks failed', PREFLIGHT_EXIT_CODE);
}

const PREFLIGHT_EXIT_CODE = 2;

/** Names are told apart without regard to case. */
function ignoring(list: string): (name: string) => boolean {
  const names = list.toLowerCase().split(',');
  return (name) => names.includes('all') || names.includes(name.toLowerCase());
}
