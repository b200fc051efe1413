import type { PersistentVolume, StorageClass } from '../api/kinds.ts';
import { persistentVolumes, storageClasses } from '../api/resources.ts';
import { claimClass } from '../client/volume-binding.ts';
import { fail, isReady, type SnapshotSetup, sourceClaim } from './snapshot-binding.ts';
import { snapshotClasses, snapshots, type VolumeSnapshot } from './snapshot-kinds.ts';

const IS_DEFAULT = 'snapshot.storage.kubernetes.io/is-default-class';

/**
 * A snapshot without a class gets the default one of the driver that has the claim's volume.
 *
 * @returns the snapshot; undefined when it was changed, and will be looked at again
 * @throws NotYet where there is no such class
 */
export function chooseClass(setup: SnapshotSetup, snapshot: VolumeSnapshot): VolumeSnapshot | undefined {
  const { informers, client } = setup;
  const { volumeSnapshotClassName: name, source } = snapshot.spec;
  if (name !== undefined) {
    if (informers.for(snapshotClasses).lister.get(name) !== undefined) return snapshot;
    const message = `Failed to get snapshot class with error volumesnapshotclass.snapshot.storage.k8s.io "${name}" not found`;
    fail(setup, snapshot, 'GetSnapshotClassFailed', message, isReady(snapshot));
  }
  if (source.volumeSnapshotContentName !== undefined) return snapshot;
  const chosen = defaultClass(setup, snapshot);
  client
    .resource<VolumeSnapshot>(snapshots)
    .update({ ...snapshot, spec: { ...snapshot.spec, volumeSnapshotClassName: chosen } });
  return undefined;
}

function defaultClass(setup: SnapshotSetup, snapshot: VolumeSnapshot): string {
  const refuse = (why: string): never =>
    fail(setup, snapshot, 'SetDefaultSnapshotClassFailed', `Failed to set default snapshot class with error ${why}`);
  const driver = driverOf(setup, snapshot, refuse);
  const found = setup.informers
    .for(snapshotClasses)
    .lister.list()
    .filter((each) => each.driver === driver && each.metadata.annotations?.[IS_DEFAULT] === 'true');
  if (found.length === 0) refuse('cannot find default snapshot class');
  if (found.length > 1) refuse(`${found.length} default snapshot classes were found`);
  return found[0]!.metadata.name;
}

function driverOf(setup: SnapshotSetup, snapshot: VolumeSnapshot, refuse: (why: string) => never): string {
  const { informers } = setup;
  const claim = sourceClaim(setup, snapshot);
  const name = snapshot.spec.source.persistentVolumeClaimName;
  if (claim === undefined) {
    return refuse(`failed to retrieve PVC ${name} from the lister: "persistentvolumeclaim \\"${name}\\" not found"`);
  }
  const { volumeName = '' } = claim.spec;
  const volume = informers.for<PersistentVolume>(persistentVolumes).lister.get(volumeName);
  const className = claimClass(claim);
  const storageClass = informers.for<StorageClass>(storageClasses).lister.get(className);
  const driver = volume?.spec.csi?.driver ?? storageClass?.provisioner;
  return driver ?? refuse(`storageclass.storage.k8s.io "${className}" not found`);
}
