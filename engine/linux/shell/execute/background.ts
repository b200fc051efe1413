import type { Task } from '../../../sim/index.ts';
import { printError } from '../../stdio.ts';
import { isBash, type Shell } from '../shell.ts';
import type { Statement } from '../syntax/tree.ts';
import { startStages } from './pipeline.ts';

/** `command &`: a child runs it, `$!` is its pid. */
export function* startBackground(
  shell: Shell,
  statement: Statement,
  runChain: (shell: Shell, statement: Statement) => Task<number>,
): Task<number> {
  const { process } = shell;
  const input = shell.options.monitor ? undefined : process.open('/dev/null', { read: true });
  const pids = startProcesses(shell, statement, runChain, input);
  const pid = pids.at(-1)!;
  shell.lastBackgroundPid = pid;
  const job = shell.jobs.add(pids, statement.source, input === undefined ? pids[0] : undefined, true);
  if (shell.interactive && isBash(shell)) yield* printError(process, `[${job.id}] ${pid}\n`);
  shell.status = 0;
  return 0;
}

/** A child for each command of a pipeline, one for everything else. */
function startProcesses(
  shell: Shell,
  statement: Statement,
  runChain: (shell: Shell, statement: Statement) => Task<number>,
  input: number | undefined,
): readonly number[] {
  const only = statement.pipelines.length === 1 ? statement.pipelines[0]! : undefined;
  const isPlain = only !== undefined && !only.negated && !only.timed;
  if (isPlain && only.commands.length > 1) return startStages(shell, only, input);
  const single = isPlain ? only.commands[0] : undefined;
  try {
    return [
      shell.interpreter.fork(shell, {
        run: (child) =>
          single === undefined ? runChain(child, statement) : child.interpreter.command(child, single, true),
        ...(input === undefined ? { processGroup: 0 } : { fds: { 0: input }, background: true }),
      }),
    ];
  } finally {
    if (input !== undefined) shell.process.close(input);
  }
}
