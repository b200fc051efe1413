import type { Task } from '../../../sim/index.ts';
import { printError } from '../../stdio.ts';
import { isBash, type Shell } from '../shell.ts';
import type { Statement } from '../syntax/tree.ts';

/** `command &`: a child runs it, `$!` is its pid. */
export function* startBackground(
  shell: Shell,
  statement: Statement,
  runChain: (shell: Shell, statement: Statement) => Task<number>,
): Task<number> {
  const { process } = shell;
  const only = statement.pipelines.length === 1 ? statement.pipelines[0]! : undefined;
  const single = only !== undefined && only.commands.length === 1 && !only.negated ? only.commands[0] : undefined;
  const input = shell.options.monitor ? undefined : process.open('/dev/null', { read: true });
  try {
    const pid = shell.interpreter.fork(shell, {
      run: (child) =>
        single === undefined ? runChain(child, statement) : child.interpreter.command(child, single, true),
      ...(input === undefined ? { processGroup: 0 } : { fds: { 0: input }, background: true }),
    });
    shell.lastBackgroundPid = pid;
    const job = shell.jobs.add([pid], statement.source, input === undefined ? pid : undefined, true);
    if (shell.interactive && isBash(shell)) yield* printError(process, `[${job.id}] ${pid}\n`);
  } finally {
    if (input !== undefined) process.close(input);
  }
  shell.status = 0;
  return 0;
}
