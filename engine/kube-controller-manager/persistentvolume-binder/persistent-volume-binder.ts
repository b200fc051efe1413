import { sameValue } from '../../api/copy-on-write.ts';
import type { ObjectReference, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/kinds.ts';
import { objectKey } from '../../api/object.ts';
import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { objectReference } from '../../client/event-sink.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, isBoundTo } from '../../client/volume-binding.ts';
import { CLAIM_INDEX, indexByClaim } from '../claim-users.ts';
import type { ControllerContext } from '../controller-context.ts';
import { WrittenVersions } from '../written-versions.ts';
import { type ClaimStep, claimStep, type Notice } from './claim-step.ts';
import { Recycler, recycledVolume } from './recycler.ts';
import { type VolumeStep, volumeStep } from './volume-step.ts';

type Phase = NonNullable<PersistentVolume['status']>['phase'];

/** How long until claims that wait are looked at, and told, again. */
const RESYNC_MS = 15_000;

const PROVISIONER_ANNOTATIONS = [
  'volume.beta.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/storage-provisioner',
];

/**
 * Brings claims and volumes together, and decides what becomes of a volume whose claim is gone.
 *
 * A binding is written in four steps (the volume's claimRef, its phase, the claim's volumeName, its phase); each can fail,
 * and the next look finds out how far it got. After `pkg/controller/volume/persistentvolume/pv_controller.go`.
 *
 * What a hostPath volume held stays on its machine when the volume is deleted.
 */
export class PersistentVolumeBinder {
  readonly #claimClient: ResourceClient<PersistentVolumeClaim>;
  readonly #volumeClient: ResourceClient<PersistentVolume>;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #volumes: Informer<PersistentVolume>;
  readonly #classes: Informer<StorageClass>;
  readonly #pods: Informer<Pod>;
  readonly #recorder: EventRecorder;
  readonly #recycler: Recycler;
  /** Caches lag behind what was written here; deciding on them would bind twice. */
  readonly #written: WrittenVersions;
  readonly #claimController: Controller;
  readonly #volumeController: Controller;

  constructor({ sim, client, informers, recorder }: ControllerContext) {
    this.#claimClient = client.resource(persistentVolumeClaims);
    this.#volumeClient = client.resource(persistentVolumes);
    this.#claims = informers.for(persistentVolumeClaims);
    this.#volumes = informers.for(persistentVolumes);
    this.#classes = informers.for(storageClasses);
    this.#pods = informers.for(pods);
    indexByClaim(this.#pods);
    this.#recycler = new Recycler(client.resource(pods), this.#pods.lister);
    this.#recorder = recorder('persistentvolume-controller');
    const needed = [this.#claims, this.#volumes, this.#classes, this.#pods];
    this.#written = new WrittenVersions(sim);
    this.#claimController = new Controller(sim, {
      name: 'persistentvolume-binder-controller',
      reconcile: (key) => this.#reconcileClaim(key),
      informers: needed,
    });
    this.#volumeController = new Controller(sim, {
      name: 'persistentvolume-binder-controller',
      reconcile: (name) => this.#reconcileVolume(name),
      informers: needed,
    });
    this.#follow();
  }

  start(): void {
    this.#claimController.start();
    this.#volumeController.start();
  }

  stop(): void {
    this.#claimController.stop();
    this.#volumeController.stop();
  }

  #follow(): void {
    const volumeOf = ({ spec }: PersistentVolumeClaim): void => {
      if ((spec.volumeName ?? '') !== '') this.#volumeController.enqueueKey(spec.volumeName!);
    };
    const changed = (claim: PersistentVolumeClaim): void => {
      this.#claimController.enqueue(claim);
      volumeOf(claim);
    };
    this.#claims.addHandlers({ add: changed, update: (_, claim) => changed(claim), delete: volumeOf });
    const claimOf = ({ spec }: PersistentVolume): void => {
      const { namespace, name } = spec.claimRef ?? {};
      if (name !== undefined) this.#claimController.enqueueKey(`${namespace}/${name}`);
    };
    this.#volumes.addHandlers({
      add: (volume) => this.#offer(volume),
      update: (_, volume) => this.#offer(volume),
      delete: claimOf,
    });
    const recycled = (pod: Pod): void => {
      const name = recycledVolume(pod);
      if (name !== undefined) this.#volumeController.enqueueKey(name);
    };
    this.#pods.addHandlers({ update: (_, pod) => recycled(pod), delete: recycled });
    this.#classes.addHandlers({ add: () => this.#lookAtWaiting(), update: () => this.#lookAtWaiting() });
  }

  /** A volume that is free may be what a waiting claim waits for. */
  #offer(volume: PersistentVolume): void {
    this.#volumeController.enqueue(volume);
    const { namespace, name } = volume.spec.claimRef ?? {};
    if (name !== undefined) this.#claimController.enqueueKey(`${namespace}/${name}`);
    else if (volume.status?.phase === 'Available') this.#lookAtWaiting();
  }

  #lookAtWaiting(): void {
    for (const claim of this.#claims.lister.list()) {
      if (claim.status?.phase === 'Pending') this.#claimController.enqueue(claim);
    }
  }

  #reconcileClaim(key: string): void {
    const claim = this.#claims.lister.byKey(key);
    if (claim === undefined) {
      this.#written.forgetAll(key);
      return;
    }
    const step = claimStep(claim, {
      volumes: this.#volumes.lister,
      storageClasses: this.#classes.lister,
      waitingPods: ({ metadata }) => waitingPods(this.#pods.lister.byIndex(CLAIM_INDEX, objectKey({ metadata }))),
    });
    const volumes = step.kind === 'bind' ? [step.volume] : [];
    if (this.#isBehind(key, [claim]) || volumes.some((each) => this.#isBehind(each.metadata.name, [each]))) {
      // What was written has not come back yet; its arrival brings the claim back, too.
      this.#claimController.queue.addAfter(key, CACHE_WAIT_MS);
      return;
    }
    this.#takeClaimStep(claim, step);
  }

  #isBehind(key: string, cached: readonly (PersistentVolumeClaim | PersistentVolume)[]): boolean {
    return this.#written.isAheadOf(key, cached);
  }

  #takeClaimStep(claim: PersistentVolumeClaim, step: ClaimStep): void {
    switch (step.kind) {
      case 'bind':
        this.#bind(step.volume, claim);
        return;
      case 'class':
        this.#noteClaim(
          this.#claimClient.update({ ...claim, spec: { ...claim.spec, storageClassName: step.storageClassName } }),
        );
        return;
      case 'lost':
        if (claim.status?.phase === 'Lost') return;
        this.#setClaimStatus(claim, { phase: 'Lost' });
        this.#tell(claim, step.notice);
        return;
      case 'provision':
        this.#tell(claim, step.notice);
        this.#markForProvisioner(claim, step.provisioner);
        break;
      case 'wait':
        if (step.notice !== undefined) this.#tell(claim, step.notice);
        if (claim.status?.phase !== 'Pending') this.#setClaimStatus(claim, { phase: 'Pending' });
    }
    this.#claimController.queue.addAfter(objectKey(claim), RESYNC_MS);
  }

  #tell(about: PersistentVolumeClaim | PersistentVolume, { type, reason, message }: Notice): void {
    this.#recorder.event(about, type, reason, message);
  }

  #noteClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
    this.#written.note(objectKey(claim), claim);
    return claim;
  }

  #noteVolume(volume: PersistentVolume): PersistentVolume {
    this.#written.note(volume.metadata.name, volume);
    return volume;
  }

  #markForProvisioner(claim: PersistentVolumeClaim, provisioner: string): void {
    const { annotations = {} } = claim.metadata;
    if (PROVISIONER_ANNOTATIONS.every((name) => annotations[name] === provisioner)) return;
    const marks = Object.fromEntries(PROVISIONER_ANNOTATIONS.map((name) => [name, provisioner]));
    const metadata = { ...claim.metadata, annotations: { ...annotations, ...marks } };
    this.#noteClaim(this.#claimClient.update({ ...claim, metadata }));
  }

  #bind(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    const given = this.#giveTo(volume, claim);
    const bound = this.#setVolumePhase(given, 'Bound');
    const named = this.#nameVolume(claim, volume);
    // A volume that has grown shows in the claim when its file system has grown, too: whoever does that says so.
    const isNew = named.status?.phase !== 'Bound';
    const { accessModes, volumeAttributesClassName: attributes } = bound.spec;
    const capacity = isNew ? bound.spec.capacity : named.status?.capacity;
    const more = isNew && attributes !== undefined ? { currentVolumeAttributesClassName: attributes } : {};
    this.#setClaimStatus(named, { phase: 'Bound', accessModes, capacity, ...more });
  }

  #giveTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
    const { claimRef } = volume.spec;
    if (claimRef?.uid === claim.metadata.uid && isBoundTo(volume, claim)) return volume;
    const { metadata, spec } = volume;
    // What was kept for the claim by hand is not marked as our choice.
    const annotations =
      claimRef === undefined ? { ...metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' } : metadata.annotations;
    const next = {
      ...volume,
      metadata: { ...metadata, annotations },
      spec: { ...spec, claimRef: objectReference(claim) },
    };
    return this.#noteVolume(this.#volumeClient.update(next));
  }

  #nameVolume(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
    const { metadata, spec } = claim;
    const { annotations = {} } = metadata;
    const chosen = spec.volumeName !== volume.metadata.name;
    if (!chosen && annotations[BIND_COMPLETED] !== undefined) return claim;
    const marks = { [BIND_COMPLETED]: 'yes', ...(chosen ? { [BOUND_BY_CONTROLLER]: 'yes' } : {}) };
    return this.#noteClaim(
      this.#claimClient.update({
        ...claim,
        metadata: { ...metadata, annotations: { ...annotations, ...marks } },
        spec: { ...spec, volumeName: volume.metadata.name },
      }),
    );
  }

  #setClaimStatus(claim: PersistentVolumeClaim, status: NonNullable<PersistentVolumeClaim['status']>): void {
    const { phase, accessModes, capacity } = claim.status ?? {};
    const { currentVolumeAttributesClassName: _, ...shown } = status;
    if (sameValue({ phase, accessModes, capacity }, { accessModes: undefined, capacity: undefined, ...shown })) return;
    this.#noteClaim(this.#claimClient.updateStatus({ ...claim, status: { ...claim.status, ...status } }));
  }

  #setVolumePhase(volume: PersistentVolume, phase: Phase, message?: string): PersistentVolume {
    if (volume.status?.phase === phase) return volume;
    return this.#noteVolume(this.#volumeClient.updateStatus({ ...volume, status: { phase, message } }));
  }

  #reconcileVolume(name: string): void {
    const volume = this.#volumes.lister.get(name);
    if (volume === undefined) {
      this.#written.forgetAll(name);
      return;
    }
    if (this.#isBehind(name, [volume])) {
      this.#volumeController.queue.addAfter(name, CACHE_WAIT_MS);
      return;
    }
    const { claimRef } = volume.spec;
    this.#takeVolumeStep(volume, volumeStep(volume, claimRef === undefined ? undefined : this.#claimOf(claimRef)));
  }

  /** A claim that the cache lacks may be new: a volume is not given up before the server has said that it is gone. */
  #claimOf({ name = '', namespace, uid = '' }: ObjectReference): PersistentVolumeClaim | undefined {
    const cached = this.#claims.lister.get(name, namespace);
    if (uid === '' || cached?.metadata.uid === uid) return cached;
    return unlessGone(() => this.#claimClient.get(name, namespace));
  }

  #takeVolumeStep(volume: PersistentVolume, step: VolumeStep): void {
    const { name } = volume.metadata;
    switch (step.kind) {
      case 'phase':
        if (volume.status?.phase === step.phase || (step.phase === 'Released' && volume.status?.phase === 'Failed'))
          return;
        this.#setVolumePhase(volume, step.phase);
        return;
      case 'claim':
        this.#claimController.enqueueKey(`${volume.spec.claimRef!.namespace}/${volume.spec.claimRef!.name}`, volume);
        return;
      case 'unbind':
        this.#unbind(volume);
        return;
      case 'delete':
        if (volume.metadata.deletionTimestamp === undefined) unlessGone(() => this.#volumeClient.delete(name));
        return;
      case 'recycle':
        this.#recycle(volume);
        return;
      case 'fail':
        this.#fail(volume, step.notice);
    }
  }

  #fail(volume: PersistentVolume, notice: Notice): void {
    if (volume.status?.phase === 'Failed') return;
    this.#setVolumePhase(volume, 'Failed', notice.message);
    this.#tell(volume, notice);
  }

  #recycle(volume: PersistentVolume): void {
    const outcome = this.#recycler.recycle(volume);
    if (outcome === 'working') return;
    if (outcome === 'done') {
      this.#tell(volume, { type: 'Normal', reason: 'VolumeRecycled', message: 'Volume recycled' });
      this.#unbind(volume);
    } else {
      const message = `Recycle failed: ${outcome.failure}`;
      this.#fail(volume, { type: 'Warning', reason: 'VolumeFailedRecycle', message });
    }
  }

  /** What we chose is free again; what a user kept for the claim stays kept. */
  #unbind(volume: PersistentVolume): void {
    const { metadata, spec } = volume;
    const { [BOUND_BY_CONTROLLER]: ours, ...annotations } = metadata.annotations ?? {};
    const claimRef = ours === undefined ? { ...spec.claimRef, uid: undefined } : undefined;
    const next = { ...volume, metadata: { ...metadata, annotations }, spec: { ...spec, claimRef } };
    this.#setVolumePhase(this.#noteVolume(this.#volumeClient.update(next)), 'Available');
  }
}

function waitingPods(users: readonly Pod[]): readonly string[] {
  const waiting = users.filter(({ spec, status }) => {
    return (spec.nodeName ?? '') === '' && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
  });
  return waiting.map(({ metadata }) => metadata.name).sort();
}

/** By then a watch has delivered what was written. */
const CACHE_WAIT_MS = 100;
