import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { printError } from '../../stdio.ts';
import { type Job, jobLine, stateOf } from '../job-table.ts';
import { isBash, type Shell } from '../shell.ts';
import { diedOfSignal, reportDeath, waitForJob } from './wait.ts';

/** Lets a job read from the terminal. It has not run yet: a child's first step comes after its parent's present one. */
export function giveTerminal(shell: Shell, job: Job): void {
  if (job.processGroup !== undefined) setTerminalGroup(shell, job.processGroup);
}

function setTerminalGroup(shell: Shell, group: number): void {
  try {
    shell.process.setForegroundGroup(0, group);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

/** Waits for a foreground job, whose status becomes the shell's; when it stops or ends, so does the terminal. */
export function* finishForeground(shell: Shell, job: Job): Task<number> {
  const status = yield* waitForJob(shell, job);
  shell.status = status;
  if (job.processGroup !== undefined) setTerminalGroup(shell, shell.process.processGroup);
  if (stateOf(job) === 'stopped') {
    job.background = true;
    job.notified = true;
    yield* printError(shell.process, `\n${jobLine(shell.jobs, job, isBash(shell))}\n`);
  } else if ((!shell.isSubshell || shell.interactive) && diedOfSignal(job)) yield* reportDeath(shell, job);
  return status;
}
