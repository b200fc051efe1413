import { type KubeObject, objectKey } from '../api/object.ts';
import { StatusError } from '../api/status-error.ts';
import type { Simulation, Timer } from '../sim/index.ts';
import type { Informer } from './informer.ts';
import { RequestPending } from './pending-requests.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { ConnectionError } from './transport.ts';
import { WorkQueue } from './workqueue.ts';

export interface ControllerOptions {
  /** E.g. `deployment-controller`: names the activity in the trace. */
  readonly name: string;
  /**
   * Brings one object from what is observed closer to what is desired. Called again whenever something about it
   * changes; rereads everything, remembers nothing. A StatusError or ConnectionError it throws means "try again later".
   */
  readonly reconcile: (key: string) => void;
  /** Work begins when all of these have synced. */
  readonly informers: readonly { whenSynced(callback: () => void): void }[];
  readonly rateLimiter?: RateLimiter<string>;
}

/**
 * Runs `reconcile` for every key in a workqueue, one key per event of the simulation, recorded as the cause of all that
 * it writes. Failures come back with growing delays. (A real controller has several workers; here a reconcile takes no
 * virtual time, so one does.)
 */
export class Controller {
  readonly queue: WorkQueue<string>;
  readonly #sim: Simulation;
  readonly #options: ControllerOptions;
  readonly #causes = new Map<string, number>();
  #worker: Timer | undefined;
  #state: 'new' | 'running' | 'stopped' = 'new';

  constructor(sim: Simulation, options: ControllerOptions) {
    this.#sim = sim;
    this.#options = options;
    this.queue = new WorkQueue<string>(sim, { name: options.name, rateLimiter: options.rateLimiter });
    this.queue.onReady(() => this.#arrange());
  }

  /** Queues the object; its revision goes into the trace as the cause of what follows. */
  enqueue(object: KubeObject): void {
    this.enqueueKey(objectKey(object), object);
  }

  /** Queues a key because of a change to `cause`. */
  enqueueKey(key: string, cause?: KubeObject): void {
    const revision = Number(cause?.metadata.resourceVersion);
    if (revision > 0) this.#causes.set(key, revision);
    this.queue.add(key);
  }

  /** Queues what is there, what comes and what changes, where it is this controller's concern. */
  watch<T extends KubeObject>(informer: Informer<T>, concerns: (object: T) => boolean = () => true): void {
    const look = (object: T): void => {
      if (concerns(object)) this.enqueue(object);
    };
    informer.addHandlers({ add: look, update: (_, object) => look(object) });
  }

  start(): void {
    let missing = this.#options.informers.length;
    const begin = (): void => {
      if (this.#state === 'stopped') return;
      this.#state = 'running';
      this.#arrange();
    };
    if (missing === 0) begin();
    for (const informer of this.#options.informers) {
      informer.whenSynced(() => {
        missing -= 1;
        if (missing === 0) begin();
      });
    }
  }

  stop(): void {
    this.#state = 'stopped';
    this.#worker?.cancel();
    this.queue.shutDown();
  }

  #arrange(): void {
    if (this.#state !== 'running' || this.#worker !== undefined || this.queue.length === 0) return;
    this.#worker = this.#sim.schedule(0, this.#options.name, () => {
      this.#worker = undefined;
      const key = this.queue.take();
      if (key !== undefined) this.#work(key);
      this.#arrange();
    });
  }

  #work(key: string): void {
    const { name, reconcile } = this.#options;
    const causeRevision = this.#causes.get(key);
    this.#causes.delete(key);
    this.#sim.trace.during({ component: name, key, causeRevision }, () => {
      try {
        reconcile(key);
        this.queue.forget(key);
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
        if (error instanceof RequestPending) {
          error.answered.start(() => this.queue.add(key));
          return;
        }
        this.#sim.record('reconcile.error', key, error.message);
        this.queue.addRateLimited(key);
      }
    });
    this.queue.done(key);
  }
}
