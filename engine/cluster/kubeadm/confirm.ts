import { lineReader, print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { phaseError } from './command.ts';

/**
 * Asks whether to go on, which only `y` says.
 *
 * @throws KubeadmError for any other answer
 */
export function* confirm(process: Process, command: string): Task<void> {
  yield* print(process, `[${command}] Are you sure you want to proceed? [y/N]: `);
  const answer = yield* lineReader(process, 0).next();
  if (answer?.trim().toLowerCase() === 'y') return;
  throw phaseError('preflight', "won't proceed; the user didn't answer (Y|y) in order to continue");
}
