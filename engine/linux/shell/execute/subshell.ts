import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { faultOf, ShellExit, ShellFault } from '../control.ts';
import { complain } from '../messages.ts';
import { isBash, type Shell } from '../shell.ts';
import type { List } from '../syntax/tree.ts';
import { finishForeground, giveTerminal } from './foreground.ts';
import { forkFailure } from './pipeline.ts';

/** `( list )`: in a child, unless this process ends with it anyway. */
export function* runSubshell(shell: Shell, body: List, last: boolean): Task<number> {
  if (last && shell.isSubshell) return yield* runInPlace(shell, body);
  const monitor = shell.options.monitor;
  let pid: number;
  try {
    pid = shell.interpreter.fork(shell, {
      run: (child) => child.interpreter.list(child, body),
      ...(monitor ? { processGroup: 0 } : {}),
    });
  } catch (error) {
    if (error instanceof Errno) throw new ShellFault(forkFailure(shell, error), isBash(shell) ? 254 : 2);
    throw error;
  }
  const job = shell.jobs.add([pid], '( … )', monitor ? pid : undefined, false);
  giveTerminal(shell, job);
  yield* finishForeground(shell, job);
  return shell.status;
}

/** What goes wrong is said here, where the subshell's own redirections are in force. */
function* runInPlace(shell: Shell, body: List): Task<number> {
  try {
    return yield* shell.interpreter.list(shell, body);
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    yield* complain(shell, fault.message);
    throw new ShellExit(fault.status);
  }
}
