import { Worker } from 'node:worker_threads';
import type { GradeJob, GradeOutcome } from './grade-worker.ts';

/** A journal of an afternoon is replayed within seconds; one that never ends is cut off. */
const LONGEST_MS = 60_000;
const MOST_MEMORY_MB = 512;

interface Waiting {
  readonly job: GradeJob;
  readonly done: (outcome: GradeOutcome) => void;
}

/** Threads that grade journals, bounded in number, time and memory. A thread that fails takes only its job with it. */
export class GradingPool {
  readonly #size: number;
  readonly #idle: Worker[] = [];
  readonly #busy = new Set<Worker>();
  readonly #waiting: Waiting[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  grade(job: GradeJob): Promise<GradeOutcome> {
    return new Promise((done) => {
      this.#waiting.push({ job, done });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#waiting.length = 0;
    await Promise.all([...this.#idle, ...this.#busy].map((worker) => worker.terminate()));
  }

  #next(): void {
    while (this.#busy.size < this.#size) {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      const worker = this.#idle.pop() ?? startWorker();
      this.#busy.add(worker);
      void runJob(worker, waiting.job).then((outcome) => {
        this.#busy.delete(worker);
        if (outcome === undefined) void worker.terminate();
        else this.#idle.push(worker);
        waiting.done(outcome ?? { problem: 'the journal takes too long or too much memory to replay' });
        this.#next();
      });
    }
  }
}

function startWorker(): Worker {
  const limits = { maxOldGenerationSizeMb: MOST_MEMORY_MB };
  const worker = new Worker(new URL('./grade-worker.ts', import.meta.url), { resourceLimits: limits });
  // A thread that fails while nobody waits for it, or while it is being ended, concerns nobody.
  return worker.on('error', () => {});
}

/** Resolves with undefined when the thread is of no more use. */
function runJob(worker: Worker, job: GradeJob): Promise<GradeOutcome | undefined> {
  return new Promise((resolve) => {
    const settle = (outcome: GradeOutcome | undefined): void => {
      clearTimeout(timer);
      worker.off('message', settle);
      worker.off('error', lost);
      worker.off('exit', lost);
      resolve(outcome);
    };
    const lost = (): void => settle(undefined);
    const timer = setTimeout(lost, LONGEST_MS);
    worker.on('message', settle);
    worker.on('error', lost);
    worker.on('exit', lost);
    worker.postMessage(job);
  });
}
