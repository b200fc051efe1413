import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { printError } from '../../stdio.ts';
import { type Job, jobStatus, signalText, stateOf } from '../job-table.ts';
import { complaint } from '../messages.ts';
import { isBash, type Shell } from '../shell.ts';

/**
 * Waits until a job is done or stopped and returns its status. Signals that come meanwhile are put aside: traps run
 * after the foreground command. Other children, also adopted ones of a shell that is PID 1, are reaped on the way.
 */
export function* waitForJob(shell: Shell, job: Job): Task<number> {
  while (stateOf(job) === 'running') {
    try {
      const change = yield* shell.process.waitpid(-1, { stopped: shell.options.monitor });
      if (change !== undefined) shell.jobs.record(change.pid, change.status);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (error.code === 'EINTR') shell.pendingSignals.push(...shell.process.takeSignals());
      else {
        for (const process of job.processes) process.status ??= { kind: 'exited', code: 127 };
      }
    }
  }
  const status = jobStatus(job, shell.options.pipefail);
  if (stateOf(job) === 'done') shell.jobs.remove(job);
  return status;
}

export function diedOfSignal(job: Job): boolean {
  return job.processes.at(-1)!.status?.kind === 'signaled';
}

/** Tells of a foreground command that a signal ended, as shells do. */
export function* reportDeath(shell: Shell, job: Job): Task<void> {
  const last = job.processes.at(-1)!;
  if (last.status?.kind !== 'signaled') return;
  const { signal } = last.status;
  if (signal === 'PIPE') return;
  if (signal === 'INT') {
    if (shell.interactive) yield* printError(shell.process, '\n');
    return;
  }
  const text = signalText(signal);
  if (!isBash(shell) || shell.interactive) yield* printError(shell.process, `${text}\n`);
  else {
    const line = complaint(shell, `${String(last.pid).padStart(5)} ${text.padEnd(23)} ${job.source}`);
    yield* printError(shell.process, `${line}\n`);
  }
}

/** Collects children that have ended, without waiting. */
export function* reapChildren(shell: Shell): Task<void> {
  for (;;) {
    const change = yield* shell.process.waitpid(-1, { noHang: true, stopped: shell.options.monitor });
    if (change === undefined) return;
    shell.jobs.record(change.pid, change.status);
  }
}
