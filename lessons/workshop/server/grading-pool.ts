import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { GradeJob, GradeOutcome } from './grade-worker.ts';
import { type GradingTimes, runJob } from './run-job.ts';

export interface GradingLimits extends GradingTimes {
  readonly mostMemoryMb: number;
  /** Afterwards a thread makes room for a new one: whatever a thousand strangers' journals have left in it goes with it. */
  readonly mostGradings: number;
}

/**
 * A cluster makes much that is soon forgotten: with room for it, a tenth of the time and more goes into collecting less. Twice
 * as much room gains nothing more and takes 35 MB more of each thread.
 */
const YOUNG_MEMORY_MB = 48;

/**
 * What threads to come begin with; the server's own has its heap already. What `npm run workshop` asks for the server's young
 * generation would go before what a thread is given, which made gradings a quarter dearer. And what a grading runs it runs in
 * thousands of gradings: to learn of its types from the first call on saves a twentieth.
 */
const THREAD_FLAGS = ['--max-semi-space-size=0', '--no-lazy-feedback-allocation'];

export const LIMITS: GradingLimits = {
  longestMs: 60_000,
  longestStartMs: 300_000,
  mostMemoryMb: 512,
  mostGradings: 1000,
};

/** Threads that have nothing to do are ended after this long: what they have loaded is much. */
const IDLE_MS = 30_000;

interface Waiting {
  readonly load: () => Promise<GradeJob | undefined>;
  readonly done: (outcome: GradeOutcome | undefined) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Threads that grade journals, bounded in number, time and memory. A thread that fails takes only its job with it. A job is
 * loaded when it is its turn, so that a class's journals are never in memory all at once.
 */
export class GradingPool {
  readonly #size: number;
  readonly #limits: GradingLimits;
  readonly #idle: Worker[] = [];
  readonly #busy = new Set<Worker>();
  /** How many journals each thread has graded. */
  readonly #graded = new WeakMap<Worker, number>();
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #restTimer: NodeJS.Timeout | undefined;

  constructor(size: number, limits: GradingLimits = LIMITS) {
    this.#size = size;
    this.#limits = limits;
  }

  /** Resolves with undefined where there was nothing to load; rejects where loading failed. */
  grade(load: () => Promise<GradeJob | undefined>): Promise<GradeOutcome | undefined> {
    return new Promise((done, failed) => {
      this.#waiting.push({ load, done, failed });
      this.#next();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#restTimer);
    this.#waiting.length = 0;
    await Promise.all([...this.#idle, ...this.#busy].map((worker) => worker.terminate()));
  }

  #next(): void {
    while (this.#running < this.#size) {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) break;
      this.#running += 1;
      void this.#run(waiting).finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
    if (this.#running > 0) return;
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => this.#rest(), IDLE_MS).unref();
  }

  async #run({ load, done, failed }: Waiting): Promise<void> {
    try {
      const job = await load();
      done(job === undefined ? undefined : await this.#gradeOn(this.#idle.pop() ?? this.#startWorker(), job));
    } catch (error) {
      failed(error);
    }
  }

  async #gradeOn(worker: Worker, job: GradeJob): Promise<GradeOutcome> {
    this.#busy.add(worker);
    const outcome = await runJob(worker, job, this.#limits);
    this.#busy.delete(worker);
    const graded = (this.#graded.get(worker) ?? 0) + 1;
    this.#graded.set(worker, graded);
    if (typeof outcome === 'string' || graded >= this.#limits.mostGradings) void worker.terminate();
    else this.#idle.push(worker);
    return typeof outcome === 'string' ? { problem: outcome } : outcome;
  }

  #rest(): void {
    for (const worker of this.#idle.splice(0)) void worker.terminate();
  }

  #startWorker(): Worker {
    for (const flag of THREAD_FLAGS) setFlagsFromString(flag);
    const { mostMemoryMb } = this.#limits;
    const resourceLimits = { maxOldGenerationSizeMb: mostMemoryMb, maxYoungGenerationSizeMb: YOUNG_MEMORY_MB };
    const worker = new Worker(new URL('./grade-thread.ts', import.meta.url), { resourceLimits });
    // A thread that fails while nobody waits for it, or while it is being ended, concerns nobody.
    return worker.on('error', () => {});
  }
}
