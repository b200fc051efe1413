import { StatusError } from '../api/status-error.ts';
import { Client } from '../client/client.ts';
import { ItemExponentialFailureRateLimiter } from '../client/rate-limiter.ts';
import { SharedInformers } from '../client/shared-informers.ts';
import { ConnectionError, type Transport } from '../client/transport.ts';
import { WorkQueue } from '../client/workqueue.ts';
import { Errno } from '../linux/errno.ts';
import { GrpcError } from '../linux/grpc.ts';
import type { Process } from '../linux/syscalls.ts';
import { type Simulation, type Task, waitFor } from '../sim/index.ts';

export interface Surroundings {
  readonly sim: Simulation;
  /** The way to the API server from where the process runs, as who its Pod's token says it is. */
  connect(process: Process): Transport;
}

/** What every controller of storage has when it begins. */
export interface LoopSetup {
  readonly process: Process;
  readonly sim: Simulation;
  readonly client: Client;
  readonly informers: SharedInformers;
  /** Keys of objects to be looked at. */
  readonly queue: WorkQueue;
}

/** Looks at one object. What it throws of what can be expected is tried again. */
export type Reconcile = (key: string) => Task<void>;

export interface Loop {
  readonly reconcile: Reconcile;
  /** What else has to end with the process. */
  stop(): void;
}

/** What cannot be done yet: it is tried again, later and later. */
export class NotYet extends Error {
  override readonly name = 'NotYet';

  get description(): string {
    return this.message;
  }
}

/** `--retry-interval-start` and `--retry-interval-max` of the project's programs. */
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 300_000;

/**
 * A program that looks at one object after the other until it is told to end.
 *
 * @param begin lets informers fill the queue; it may wait for others
 * @returns the exit code
 */
export function* runLoop(
  process: Process,
  name: string,
  { sim, connect }: Surroundings,
  begin: (setup: LoopSetup) => Task<Loop>,
): Task<number> {
  process.setSignalAction('TERM', 'catch');
  let key = '';
  const transport = connect(process);
  const traced: Transport = (request) => sim.trace.during({ component: name, key }, () => transport(request));
  const client = new Client(traced, { userAgent: name });
  const informers = new SharedInformers(sim, client, `${name}@${process.hostname}`);
  const rateLimiter = new ItemExponentialFailureRateLimiter<string>(RETRY_MS, RETRY_MAX_MS);
  const queue = new WorkQueue(sim, { name, rateLimiter });
  let loop: Loop | undefined;
  try {
    loop = yield* begin({ process, sim, client, informers, queue });
    informers.start();
    for (;;) {
      key = yield* nextKey(queue);
      yield* work(queue, key, loop.reconcile);
    }
  } catch (error) {
    if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
    return 0;
  } finally {
    queue.shutDown();
    informers.stop();
    loop?.stop();
  }
}

function* nextKey(queue: WorkQueue): Task<string> {
  for (;;) {
    const key = queue.take();
    if (key !== undefined) return key;
    yield* waitFor<void>({
      start: (resume) => {
        queue.onReady(resume);
        return () => queue.onReady(() => {});
      },
    });
    queue.onReady(() => {});
  }
}

function* work(queue: WorkQueue, key: string, reconcile: Reconcile): Task<void> {
  try {
    yield* reconcile(key);
    queue.forget(key);
  } catch (error) {
    if (!isExpected(error)) throw error;
    queue.addRateLimited(key);
  }
  queue.done(key);
}

function isExpected(error: unknown): boolean {
  return [StatusError, ConnectionError, GrpcError, NotYet].some((kind) => error instanceof kind);
}
