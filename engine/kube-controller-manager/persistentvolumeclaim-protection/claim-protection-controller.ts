import type { PersistentVolumeClaim, Pod } from '../../api/kinds.ts';
import { objectKey } from '../../api/object.ts';
import { persistentVolumeClaims, pods } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import { CLAIM_INDEX, claimKeys, indexByClaim } from '../claim-users.ts';
import type { ControllerContext } from '../controller-context.ts';
import { finalizerStep, withFinalizer } from '../protection-finalizer.ts';

const FINALIZER = 'kubernetes.io/pvc-protection';

/**
 * Lets a claim that is being deleted go only when no Pod with a node uses it.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection, after
 * `pkg/controller/volume/pvcprotection`.
 */
export class ClaimProtectionController {
  readonly #client: ResourceClient<PersistentVolumeClaim>;
  readonly #podClient: ResourceClient<Pod>;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #pods: Informer<Pod>;
  readonly #controller: Controller;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#client = client.resource(persistentVolumeClaims);
    this.#podClient = client.resource(pods);
    this.#claims = informers.for(persistentVolumeClaims);
    this.#pods = informers.for(pods);
    indexByClaim(this.#pods);
    this.#controller = new Controller(sim, {
      name: 'persistentvolumeclaim-protection-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#claims, this.#pods],
    });
    this.#controller.watch(this.#claims, (claim) => finalizerStep(claim, FINALIZER, () => false) !== undefined);
    this.#pods.addHandlers({
      delete: (pod) => {
        for (const key of claimKeys(pod)) this.#controller.enqueueKey(key, pod);
      },
    });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(key: string): void {
    const claim = this.#claims.lister.byKey(key);
    if (claim === undefined) return;
    const step = finalizerStep(claim, FINALIZER, () => this.#isUsed(claim));
    if (step !== undefined) unlessGone(() => this.#client.update(withFinalizer(claim, FINALIZER, step)));
  }

  /** A Pod without a node does not count: no kubelet would start it with a claim that is going. */
  #isUsed(claim: PersistentVolumeClaim): boolean {
    const { namespace } = claim.metadata;
    const isUser = (pod: Pod): boolean => (pod.spec.nodeName ?? '') !== '' && claimKeys(pod).includes(objectKey(claim));
    if (this.#pods.lister.byIndex(CLAIM_INDEX, objectKey(claim)).some(isUser)) return true;
    // The cache may lack a new Pod, and a claim that is gone does not come back.
    return this.#podClient.list({ namespace }).items.some(isUser);
  }
}
