import type { Job, Pod } from '../../api/kinds.ts';
import { controllerOf } from '../../api/object.ts';
import { jobs, pods } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import type { ControllerContext } from '../controller-context.ts';
import { controlledBy } from '../owner-index.ts';
import { isFinished } from './job-conditions.ts';
import { isManagedElsewhere, isTracked, removeTracking } from './job-pod.ts';

/**
 * Takes the tracking finalizer off Pods that no Job will count any more: it would keep them for ever.
 * After `pkg/controller/job/job_controller.go` (syncOrphanPod).
 */
export class OrphanedPods {
  readonly #podClient: ResourceClient<Pod>;
  readonly #pods: Informer<Pod>;
  readonly #jobs: Informer<Job>;
  readonly #controller: Controller;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#podClient = client.resource(pods);
    this.#pods = informers.for(pods);
    this.#jobs = informers.for(jobs);
    this.#controller = new Controller(sim, {
      name: 'job-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#pods, this.#jobs],
    });
    const isOrphaned = (pod: Pod): boolean => isTracked(pod) && !this.#isCounted(pod);
    this.#controller.watch(this.#pods, isOrphaned);
    const lookAll = (job: Job) => {
      for (const pod of controlledBy(this.#pods, job)) if (isOrphaned(pod)) this.#controller.enqueue(pod);
    };
    this.#jobs.addHandlers({ update: (_, job) => isFinished(job) && lookAll(job), delete: lookAll });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  /** Whether a Job that is still at work will see to it. */
  #isCounted(pod: Pod): boolean {
    const reference = controllerOf(pod);
    if (reference?.kind !== 'Job') return false;
    const job = this.#jobs.lister.get(reference.name, pod.metadata.namespace);
    if (job === undefined || job.metadata.uid !== reference.uid) return false;
    return isManagedElsewhere(job) || !isFinished(job);
  }

  #reconcile(key: string): void {
    const pod = this.#pods.lister.byKey(key);
    if (pod === undefined || !isTracked(pod) || this.#isCounted(pod)) return;
    removeTracking(this.#podClient, pod);
  }
}
