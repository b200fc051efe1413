import type { PersistentVolume, PersistentVolumeClaim, StorageClass, VolumeAttributesClass } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { numericValue } from '../api/quantity.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
  volumeAttributesClasses,
} from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import { unlessGone } from '../client/unless-gone.ts';
import { claimClass, requestedStorage, SELECTED_NODE, waitsForConsumer } from '../client/volume-binding.ts';
import { CONTROLLER, volumeCapability } from '../csi/spec.ts';
import { GrpcError } from '../linux/grpc.ts';
import type { Task } from '../sim/index.ts';
import { contentSource, isKnownSource, protectCloned, releaseCloned } from './content-source.ts';
import { NotYet, type Surroundings } from './controller-loop.ts';
import { callDriver } from './driver-call.ts';
import { isSet } from './flags.ts';
import { FINALIZER, isOwnVolume, PROVISIONED_BY, volumeFor } from './provisioned-volume.ts';
import { type SidecarSetup, sidecar } from './sidecar.ts';
import { publishCapacity } from './storage-capacity.ts';
import type { ContentSource } from './volume-content.ts';

const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
/** How long the provisioners of a driver that runs on every node wait before one takes an immediate claim, at most. */
const TAKE_DELAY_MS = 2_000;
const CAPACITY = 'capacity';
const CAPACITY_MS = 60_000;

/** Makes volumes for claims, and takes them away again. https://github.com/kubernetes-csi/external-provisioner */
export const provisioner = (surroundings: Surroundings) =>
  sidecar('csi-provisioner', surroundings, (setup) => {
    const provisioner = new Provisioner(setup);
    return (key) => provisioner.reconcile(key);
  });

type DataSource = NonNullable<PersistentVolumeClaim['spec']['dataSource']>;

class Provisioner {
  readonly #setup: SidecarSetup;
  readonly #onEveryNode: boolean;

  constructor(setup: SidecarSetup) {
    this.#setup = setup;
    const { informers, queue, process } = setup;
    this.#onEveryNode = isSet(process, 'node-deployment');
    const claim = (object: PersistentVolumeClaim): void => queue.add(objectKey(object));
    informers.for(persistentVolumeClaims).addHandlers({ add: claim, update: (_, object) => claim(object) });
    const volume = ({ metadata }: PersistentVolume): void => queue.add(metadata.name);
    informers.for(persistentVolumes).addHandlers({ add: volume, update: (_, object) => volume(object) });
    const classes = informers.for(storageClasses);
    const capacity = (): void => queue.add(CAPACITY);
    if (isSet(process, 'enable-capacity')) classes.addHandlers({ add: capacity, update: capacity, delete: capacity });
  }

  *reconcile(key: string): Task<void> {
    const { informers } = this.#setup;
    if (key === CAPACITY) yield* this.#publishCapacity();
    else if (key.includes('/')) {
      const claim = informers.for(persistentVolumeClaims).lister.byKey(key);
      if (claim === undefined) return;
      releaseCloned(this.#setup, claim);
      yield* this.#serve(claim);
    } else {
      const volume = informers.for(persistentVolumes).lister.get(key);
      if (volume !== undefined) yield* this.#reclaim(volume);
    }
  }

  *#publishCapacity(): Task<void> {
    const { informers, queue } = this.#setup;
    yield* publishCapacity(this.#setup, informers.for(storageClasses).lister.list());
    queue.addAfter(CAPACITY, CAPACITY_MS);
  }

  *#serve(claim: PersistentVolumeClaim): Task<void> {
    const { driver, informers, nodeId } = this.#setup;
    const { annotations = {}, deletionTimestamp } = claim.metadata;
    if (annotations[PROVISIONER] !== driver || (claim.spec.volumeName ?? '') !== '') return;
    if (deletionTimestamp !== undefined || claim.status?.phase === 'Bound') return;
    const storageClass = informers.for(storageClasses).lister.get(claimClass(claim));
    // The cache of classes may be behind that of claims.
    if (storageClass === undefined) throw new GrpcError('NotFound', `storageclass "${claimClass(claim)}" not found`);
    if (storageClass.provisioner !== driver) return;
    const selected = annotations[SELECTED_NODE];
    if (selected === undefined && waitsForConsumer(storageClass)) return;
    if (!this.#onEveryNode || selected === nodeId) yield* this.#provision(claim, storageClass);
    else if (selected === undefined) yield* this.#takeOver(claim);
  }

  /** A claim that nobody's node was chosen for: the first to put its own down makes the volume. */
  *#takeOver(claim: PersistentVolumeClaim): Task<void> {
    const { client, process, sim, nodeId } = this.#setup;
    yield* process.sleep(sim.random(`csi-provisioner/${nodeId}`).float() * TAKE_DELAY_MS);
    const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: nodeId };
    try {
      client.resource(persistentVolumeClaims).update({ ...claim, metadata: { ...claim.metadata, annotations } });
    } catch (error) {
      // Another one was faster.
      if (!(error instanceof StatusError) || (error.reason !== 'Conflict' && error.reason !== 'NotFound')) throw error;
    }
  }

  *#provision(claim: PersistentVolumeClaim, storageClass: StorageClass): Task<void> {
    const { client, recorder, topology, process, queue } = this.#setup;
    const name = `pvc-${claim.metadata.uid}`;
    const told = `External provisioner is provisioning volume for claim "${objectKey(claim)}"`;
    recorder.event(claim, 'Normal', 'Provisioning', told);
    const { dataSource } = claim.spec;
    if (dataSource !== undefined && !isKnownSource(dataSource)) {
      const text = 'Assuming an external populator will provision the volume';
      recorder.event(claim, 'Normal', 'Provisioning', text);
      return;
    }
    try {
      const attributes = this.#attributesOf(claim);
      const source = dataSource && this.#sourceOf(claim, storageClass, dataSource);
      const { volume } = yield* callDriver(process, CONTROLLER, 'CreateVolume', {
        name,
        capacity_range: { required_bytes: numericValue(requestedStorage(claim)) },
        volume_capabilities: [capabilityOf(claim, storageClass)],
        parameters: ownParameters(storageClass),
        ...(source === undefined ? {} : { volume_content_source: source }),
        mutable_parameters: attributes?.parameters ?? {},
        ...(Object.keys(topology).length === 0
          ? {}
          : {
              accessibility_requirements: { requisite: [{ segments: topology }], preferred: [{ segments: topology }] },
            }),
      });
      client.resource(persistentVolumes).create(volumeFor(claim, storageClass, this.#setup.driver, volume!));
      recorder.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
      queue.add(CAPACITY);
    } catch (error) {
      if (error instanceof StatusError && error.reason === 'AlreadyExists') return;
      if (!(error instanceof GrpcError || error instanceof NotYet)) throw error;
      const text = `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${error.description}`;
      recorder.event(claim, 'Warning', 'ProvisioningFailed', text);
      if (error instanceof GrpcError && error.code === 'ResourceExhausted') this.#giveNodeUp(claim);
      throw error;
    }
  }

  /** @throws NotYet */
  #sourceOf(claim: PersistentVolumeClaim, storageClass: StorageClass, source: DataSource): ContentSource {
    const found = contentSource(this.#setup, claim, storageClass, source);
    if (found.volume !== undefined) protectCloned(this.#setup, source.name, claim.metadata.namespace);
    return found;
  }

  /** The VolumeAttributesClass that the claim asks for. @throws NotYet where there is no such class */
  #attributesOf({ spec }: PersistentVolumeClaim): VolumeAttributesClass | undefined {
    const { client, driver } = this.#setup;
    const { volumeAttributesClassName: name = '' } = spec;
    if (name === '') return undefined;
    const found = unlessGone(() => client.resource<VolumeAttributesClass>(volumeAttributesClasses).get(name));
    if (found === undefined) throw new NotYet(`volumeattributesclass.storage.k8s.io "${name}" not found`);
    if (found.driverName !== driver) {
      throw new NotYet(
        `VAC ${name} referenced in PVC is for driver ${found.driverName} which does not match driver name ${driver}`,
      );
    }
    return found;
  }

  /** There is no room here: the scheduler is asked for another node. */
  #giveNodeUp(claim: PersistentVolumeClaim): void {
    const metadata = { annotations: { [SELECTED_NODE]: null } };
    const { name, namespace } = claim.metadata;
    this.#setup.client.resource(persistentVolumeClaims).patch(name, namespace, 'merge', { metadata });
  }

  *#reclaim(volume: PersistentVolume): Task<void> {
    const { client, driver, recorder, process, queue, topology } = this.#setup;
    const { metadata, spec, status } = volume;
    if (metadata.annotations?.[PROVISIONED_BY] !== driver || !isOwnVolume(volume, topology)) return;
    const isUnwanted =
      status?.phase === 'Released' || (metadata.deletionTimestamp !== undefined && status?.phase !== 'Bound');
    if (spec.persistentVolumeReclaimPolicy !== 'Delete' || !isUnwanted) return;
    try {
      yield* callDriver(process, CONTROLLER, 'DeleteVolume', { volume_id: spec.csi!.volumeHandle });
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      recorder.event(volume, 'Warning', 'VolumeFailedDelete', error.description);
      throw error;
    }
    const volumes = client.resource(persistentVolumes);
    if (metadata.deletionTimestamp === undefined) unlessGone(() => volumes.delete(metadata.name));
    unlessGone(() => {
      const current = volumes.get(metadata.name);
      const finalizers = (current.metadata.finalizers ?? []).filter((each) => each !== FINALIZER);
      return volumes.update({ ...current, metadata: { ...current.metadata, finalizers } });
    });
    queue.add(CAPACITY);
  }
}

function capabilityOf({ spec }: PersistentVolumeClaim, { parameters = {}, mountOptions = [] }: StorageClass) {
  const fs_type = parameters['csi.storage.k8s.io/fstype'] ?? '';
  return volumeCapability(spec.accessModes, spec.volumeMode, { fs_type, mount_flags: mountOptions });
}

/** Those with the prefix are the sidecars' own, and not handed on. */
function ownParameters({ parameters = {} }: StorageClass): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.startsWith('csi.storage.k8s.io/')));
}
