import type { PersistentVolume } from '../../api/kinds.ts';
import { persistentVolumes } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { ControllerContext } from '../controller-context.ts';
import { finalizerStep, withFinalizer } from '../protection-finalizer.ts';

const FINALIZER = 'kubernetes.io/pv-protection';

/** Lets a volume that is being deleted go only when no claim has it. After `pkg/controller/volume/pvprotection`. */
export class VolumeProtectionController {
  readonly #client: ResourceClient<PersistentVolume>;
  readonly #volumes: Informer<PersistentVolume>;
  readonly #controller: Controller;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#client = client.resource(persistentVolumes);
    this.#volumes = informers.for(persistentVolumes);
    this.#controller = new Controller(sim, {
      name: 'persistentvolume-protection-controller',
      reconcile: (name) => this.#reconcile(name),
      informers: [this.#volumes],
    });
    this.#controller.watch(this.#volumes, (volume) => stepFor(volume) !== undefined);
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(name: string): void {
    const volume = this.#volumes.lister.get(name);
    const step = volume === undefined ? undefined : stepFor(volume);
    if (step !== undefined) unlessGone(() => this.#client.update(withFinalizer(volume!, FINALIZER, step)));
  }
}

function stepFor(volume: PersistentVolume): 'add' | 'remove' | undefined {
  return finalizerStep(volume, FINALIZER, () => volume.status?.phase === 'Bound');
}
