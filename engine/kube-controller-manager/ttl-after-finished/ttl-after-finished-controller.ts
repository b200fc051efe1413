import type { Job } from '../../api/kinds.ts';
import { objectKey } from '../../api/object.ts';
import { jobs } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';

/**
 * Deletes Jobs some time after they have ended.
 * https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/, after `pkg/controller/ttlafterfinished`.
 */
export class TtlAfterFinishedController {
  readonly #sim: Simulation;
  readonly #jobClient: ResourceClient<Job>;
  readonly #jobs: Informer<Job>;
  readonly #controller: Controller;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#sim = sim;
    this.#jobClient = client.resource(jobs);
    this.#jobs = informers.for(jobs);
    this.#controller = new Controller(sim, {
      name: 'ttl-after-finished-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#jobs],
    });
    this.#controller.watch(this.#jobs, (job) => remainingMs(job, sim.wallMs) !== undefined);
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(key: string): void {
    const cached = this.#jobs.lister.byKey(key);
    const remaining = cached === undefined ? undefined : remainingMs(cached, this.#sim.wallMs);
    if (cached === undefined || remaining === undefined) return;
    if (remaining > 0) {
      this.#controller.queue.addAfter(key, remaining);
      return;
    }
    // The cache may be behind a change of the time to live, and a deletion cannot be taken back.
    const job = unlessGone(() => this.#jobClient.get(cached.metadata.name, cached.metadata.namespace));
    if (job === undefined || job.metadata.uid !== cached.metadata.uid) return;
    const left = remainingMs(job, this.#sim.wallMs);
    if (left === undefined) return;
    if (left > 0) this.#controller.queue.addAfter(objectKey(job), left);
    else this.#delete(job);
  }

  #delete({ metadata: { name, namespace, uid, resourceVersion } }: Job): void {
    const preconditions = { uid, resourceVersion };
    unlessGone(() => this.#jobClient.delete(name, namespace, { propagationPolicy: 'Foreground', preconditions }));
  }
}

/** Until the Job may go; undefined for one that has not ended, is not to go, or is going already. */
function remainingMs({ spec, status, metadata }: Job, wallMs: number): number | undefined {
  const { ttlSecondsAfterFinished } = spec;
  if (ttlSecondsAfterFinished === undefined || metadata.deletionTimestamp !== undefined) return undefined;
  const end = status?.conditions?.find(
    ({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True',
  );
  if (!end?.lastTransitionTime) return undefined;
  return Date.parse(end.lastTransitionTime) + ttlSecondsAfterFinished * 1_000 - wallMs;
}
