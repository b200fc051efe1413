import { hasEnded } from '../../api/core/pod-phase.ts';
import type { Pod } from '../../api/kinds.ts';
import { objectKey } from '../../api/object.ts';
import { podGroups, pods } from '../../api/resources.ts';
import { podGroupKey } from '../../api/scheduling/pod-group-key.ts';
import type { PodGroup } from '../../api/scheduling/workload-kinds.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { ControllerContext } from '../controller-context.ts';
import { finalizerStep, withFinalizer } from '../protection-finalizer.ts';

const FINALIZER = 'scheduling.k8s.io/podgroup-protection';
const GROUP_INDEX = 'podGroup';

/**
 * Lets a PodGroup that is being deleted go only when all its Pods have come to their end.
 * https://kubernetes.io/docs/concepts/workloads/podgroup-api/lifecycle/#deletion-protection, after
 * `pkg/controller/scheduling/podgroupprotection`.
 */
export class PodGroupProtectionController {
  readonly #client: ResourceClient<PodGroup>;
  readonly #groups: Informer<PodGroup>;
  readonly #pods: Informer<Pod>;
  readonly #controller: Controller;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#client = client.resource(podGroups);
    this.#groups = informers.for(podGroups);
    this.#pods = informers.for(pods);
    this.#pods.addIndex(GROUP_INDEX, groupKeys);
    this.#controller = new Controller(sim, {
      name: 'podgroup-protection-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#groups, this.#pods],
    });
    this.#controller.watch(this.#groups, (group) => finalizerStep(group, FINALIZER, () => false) !== undefined);
    this.#pods.addHandlers({
      add: (pod) => this.#lookAtGroupOf(pod),
      update: (_, pod) => this.#lookAtGroupOf(pod),
      delete: (pod) => this.#enqueueGroupOf(pod),
    });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  /** A Pod that runs changes nothing: only new ones and finished ones count. */
  #lookAtGroupOf(pod: Pod): void {
    if ((pod.spec.nodeName ?? '') === '' || hasEnded(pod)) this.#enqueueGroupOf(pod);
  }

  #enqueueGroupOf(pod: Pod): void {
    for (const key of groupKeys(pod)) this.#controller.enqueueKey(key, pod);
  }

  #reconcile(key: string): void {
    const group = this.#groups.lister.byKey(key);
    if (group === undefined) return;
    const isUsed = (): boolean =>
      this.#pods.lister.byIndex(GROUP_INDEX, objectKey(group)).some((pod) => !hasEnded(pod));
    const step = finalizerStep(group, FINALIZER, isUsed);
    if (step === undefined || (step === 'add' && !isUsed())) return;
    unlessGone(() => this.#client.update(withFinalizer(group, FINALIZER, step)));
  }
}

function groupKeys(pod: Pod): readonly string[] {
  const key = podGroupKey(pod);
  return key === undefined ? [] : [key];
}
