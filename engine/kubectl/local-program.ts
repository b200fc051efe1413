import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';

/** Where a program of the machine lies, by the PATH; its own name when it lies nowhere. */
export function findProgram(process: Process, program: string): string {
  if (program.includes('/')) return program;
  const directories = (process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin').split(':');
  const directory = directories.find((one) => process.access(`${one}/${program}`, 'execute'));
  return directory === undefined ? program : `${directory}/${program}`;
}

/** Runs a program of this machine on kubectl's own descriptors, and returns its exit code. @throws Errno */
export function* runLocally(process: Process, argv: readonly string[]): Task<number> {
  const pid = process.spawn({ path: findProgram(process, argv[0]!), argv });
  const ended = yield* process.waitpid(pid);
  return ended?.status.kind === 'exited' ? ended.status.code : 1;
}
