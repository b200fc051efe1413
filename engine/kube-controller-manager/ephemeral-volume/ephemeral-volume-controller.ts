import { hasEnded } from '../../api/core/pod-phase.ts';
import type { PersistentVolumeClaim, Pod } from '../../api/kinds.ts';
import type { Manifest } from '../../api/object.ts';
import { controllerOf, objectKey } from '../../api/object.ts';
import { persistentVolumeClaims, pods } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { controllerReference } from '../claim.ts';
import { CLAIM_INDEX, indexByClaim } from '../claim-users.ts';
import type { ControllerContext } from '../controller-context.ts';

type Volume = NonNullable<Pod['spec']['volumes']>[number];

/**
 * Makes the claims of generic ephemeral volumes, which live and die with their Pods. After `pkg/controller/volume/ephemeral`.
 * https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
 */
export class EphemeralVolumeController {
  readonly #client: ResourceClient<PersistentVolumeClaim>;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #pods: Informer<Pod>;
  readonly #recorder: EventRecorder;
  readonly #controller: Controller;

  constructor({ sim, client, informers, recorder }: ControllerContext) {
    this.#client = client.resource(persistentVolumeClaims);
    this.#claims = informers.for(persistentVolumeClaims);
    this.#pods = informers.for(pods);
    indexByClaim(this.#pods);
    this.#recorder = recorder('ephemeral_volume');
    this.#controller = new Controller(sim, {
      name: 'ephemeral-volume-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#pods, this.#claims],
    });
    this.#controller.watch(this.#pods, wantsClaims);
    // A claim that stood in the way, or was taken from the Pod.
    this.#claims.addHandlers({
      delete: (claim) => {
        for (const pod of this.#pods.lister.byIndex(CLAIM_INDEX, objectKey(claim))) {
          if (wantsClaims(pod)) this.#controller.enqueue(pod);
        }
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
    const pod = this.#pods.lister.byKey(key);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    if (hasEnded(pod)) return;
    for (const volume of pod.spec.volumes ?? []) if (volume.ephemeral !== undefined) this.#serve(pod, volume);
  }

  #serve(pod: Pod, volume: Volume): void {
    const { namespace } = pod.metadata;
    const name = `${pod.metadata.name}-${volume.name}`;
    const found = this.#claims.lister.get(name, namespace);
    if (found !== undefined) {
      if (controllerOf(found)?.uid === pod.metadata.uid) return;
      const text = `PVC "${namespace}/${name}" was not created for pod "${objectKey(pod)}" (pod is not owner)`;
      this.#recorder.event(pod, 'Warning', 'FailedBinding', `ephemeral volume: ${text}`);
      return;
    }
    try {
      this.#client.create(claimFor(pod, volume, name));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.reason !== 'AlreadyExists') {
        this.#recorder.event(pod, 'Warning', 'FailedBinding', `ephemeral volume: create PVC ${name}: ${error.message}`);
      }
      throw error;
    }
  }
}

function wantsClaims({ spec }: Pod): boolean {
  return spec.volumes?.some(({ ephemeral }) => ephemeral !== undefined) ?? false;
}

function claimFor(pod: Pod, { ephemeral }: Volume, name: string): Manifest<PersistentVolumeClaim> {
  const { metadata, spec } = ephemeral!.volumeClaimTemplate!;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: pod.metadata.namespace,
      labels: metadata?.labels,
      annotations: metadata?.annotations,
      ownerReferences: [controllerReference(pod)],
    },
    spec,
  } as Manifest<PersistentVolumeClaim>;
}
