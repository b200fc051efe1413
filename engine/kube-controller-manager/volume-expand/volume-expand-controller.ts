import type { PersistentVolume, PersistentVolumeClaim } from '../../api/kinds.ts';
import { compareQuantities } from '../../api/quantity.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../api/resources.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { requestedStorage, storageCapacity } from '../../client/volume-binding.ts';
import type { ControllerContext } from '../controller-context.ts';

/**
 * Says who will let a volume grow. It lets none grow itself: volumes that can are those of CSI drivers, which have a resizer
 * beside them. After `pkg/controller/volume/expand`.
 */
export class VolumeExpandController {
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #volumes: Informer<PersistentVolume>;
  readonly #recorder: EventRecorder;
  readonly #controller: Controller;

  constructor({ sim, informers, recorder }: ControllerContext) {
    this.#claims = informers.for(persistentVolumeClaims);
    this.#volumes = informers.for(persistentVolumes);
    this.#recorder = recorder('volume_expand');
    this.#controller = new Controller(sim, {
      name: 'persistentvolume-expander-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#claims, this.#volumes],
    });
    this.#claims.addHandlers({
      update: (before, claim) => {
        if (compareQuantities(requestedStorage(claim), requestedStorage(before)) > 0) this.#controller.enqueue(claim);
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
    const volume = claim && this.#volumes.lister.get(claim.spec.volumeName ?? '');
    if (claim === undefined || volume === undefined || claim.status?.phase !== 'Bound') return;
    if (compareQuantities(requestedStorage(claim), storageCapacity(volume)) <= 0) return;
    const text = 'waiting for an external controller to expand this PVC';
    this.#recorder.event(claim, 'Normal', 'ExternalExpanding', text);
  }
}
