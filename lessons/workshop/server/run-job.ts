import type { Worker } from 'node:worker_threads';
import type { GradeAnswer, GradeJob, GradeOutcome } from './grade-worker.ts';

/** Of a worker what a job takes. */
export type GradingThread = Pick<Worker, 'postMessage' | 'on' | 'off'>;

export interface GradingTimes {
  /** A journal of an afternoon is replayed within seconds; one that never ends is cut off. */
  readonly longestMs: number;
  /** On a busy machine a thread's start takes longer than most gradings, and is no fault of the journal. */
  readonly longestStartMs: number;
}

/**
 * Has a thread grade a journal. Resolves with a sentence when the thread is of no more use.
 *
 * @param limits how long the grading may take, counted from when it begins, and the thread to begin with it
 */
export function runJob(
  worker: GradingThread,
  job: GradeJob,
  { longestMs, longestStartMs }: GradingTimes,
): Promise<GradeOutcome | string> {
  return new Promise((resolve) => {
    const settle = (outcome: GradeOutcome | string): void => {
      clearTimeout(timer);
      worker.off('message', heard);
      worker.off('error', lost);
      worker.off('exit', ended);
      resolve(outcome);
    };
    const lost = (error: Error & { readonly code?: string }): void =>
      settle(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'the journal takes too much memory to replay'
          : `the journal cannot be graded: ${error.message}`,
      );
    const ended = (): void => settle('the journal cannot be graded: the thread has ended');
    const giveUp = (problem: string, afterMs: number) => setTimeout(() => settle(problem), afterMs);
    let timer = giveUp('the journal cannot be graded: the thread does not start', longestStartMs);
    const heard = (answer: GradeAnswer): void => {
      if (answer !== 'begun') {
        settle(answer);
        return;
      }
      clearTimeout(timer);
      timer = giveUp('the journal takes too long to replay', longestMs);
    };
    worker.on('message', heard);
    worker.on('error', lost);
    worker.on('exit', ended);
    worker.postMessage(job);
  });
}
