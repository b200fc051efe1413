import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { printError } from '../../stdio.ts';
import { ShellFault } from '../control.ts';
import { jobStatuses } from '../job-table.ts';
import { isBash, type Shell } from '../shell.ts';
import type { Command, Pipeline } from '../syntax/tree.ts';
import { finishForeground, giveTerminal } from './foreground.ts';

export function* runPipeline(shell: Shell, pipeline: Pipeline, source: string): Task<number> {
  const startedMs = pipeline.timed ? shell.process.now() : 0;
  if (pipeline.commands.length > 1) yield* runStages(shell, pipeline, source);
  else {
    yield* shell.interpreter.command(shell, pipeline.commands[0]!, false);
    shell.pipeStatus = undefined;
  }
  if (pipeline.negated) shell.status = shell.status === 0 ? 1 : 0;
  if (pipeline.timed) yield* printTimes(shell, shell.process.now() - startedMs);
  return shell.status;
}

function* runStages(shell: Shell, pipeline: Pipeline, source: string): Task<void> {
  const pids = startStages(shell, pipeline);
  const job = shell.jobs.add(pids, source, shell.options.monitor ? pids[0] : undefined, false);
  giveTerminal(shell, job);
  yield* finishForeground(shell, job);
  shell.pipeStatus = jobStatuses(job);
}

/**
 * A process for each command of a pipeline; returns their pids.
 *
 * @param firstInput what the first reads, for a pipeline in the background without job control; it is closed here
 */
export function startStages(shell: Shell, pipeline: Pipeline, firstInput?: number): readonly number[] {
  const { process } = shell;
  const pids: number[] = [];
  const { commands } = pipeline;
  let input = firstInput;
  let group: number | undefined;
  let written: number | undefined;
  try {
    for (let at = 0; at < commands.length; at++) {
      const last = at === commands.length - 1;
      const fds: Record<number, number> = {};
      if (input !== undefined) fds[0] = input;
      let next: number | undefined;
      if (!last) {
        [next, written] = process.pipe();
        fds[1] = written;
        if (pipeline.withErrors[at]) fds[2] = written;
      }
      const command: Command = commands[at]!;
      const pid = shell.interpreter.fork(shell, {
        run: (child) => child.interpreter.command(child, command, true),
        fds,
        ...(shell.options.monitor ? { processGroup: group ?? 0 } : { background: firstInput !== undefined }),
      });
      group ??= pid;
      pids.push(pid);
      if (input !== undefined) process.close(input);
      if (written !== undefined) process.close(written);
      input = next;
      written = undefined;
    }
  } catch (error) {
    if (input !== undefined) process.close(input);
    if (written !== undefined) process.close(written);
    if (error instanceof Errno) throw new ShellFault(forkFailure(shell, error), isBash(shell) ? 254 : 2);
    throw error;
  }
  return pids;
}

/** fork(2) failed: the pids of the control group are used up, as in a fork bomb. */
export function forkFailure(shell: Shell, error: Errno): string {
  if (isBash(shell)) return `fork: ${error.code === 'EAGAIN' ? 'retry: ' : ''}${error.message}`;
  return shell.dialect === 'dash' ? 'Cannot fork' : `can't fork: ${error.message}`;
}

/** What `time` prints. Virtual time passes only where something waits, so user and system time are not told apart. */
function* printTimes(shell: Shell, elapsedMs: number): Task<void> {
  const format = (ms: number) => `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s`;
  if (isBash(shell)) {
    yield* printError(shell.process, `\nreal\t${format(elapsedMs)}\nuser\t${format(0)}\nsys\t${format(0)}\n`);
    return;
  }
  const busybox = (ms: number) => `${Math.floor(ms / 60_000)}m ${((ms % 60_000) / 1000).toFixed(2)}s`;
  yield* printError(shell.process, `real\t${busybox(elapsedMs)}\nuser\t${busybox(0)}\nsys\t${busybox(0)}\n`);
}
