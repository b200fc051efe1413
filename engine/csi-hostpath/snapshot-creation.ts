import type { Node, PersistentVolume, PersistentVolumeClaim } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { nodes, persistentVolumes } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import { isBoundTo, isReachableFrom } from '../client/volume-binding.ts';
import { protectClaim } from './claim-in-use.ts';
import { dynamicContentName, fail, type SnapshotSetup, sourceClaim } from './snapshot-binding.ts';
import {
  MANAGED_BY,
  SNAPSHOT_GROUP,
  snapshotClasses,
  snapshotContents,
  type VolumeSnapshot,
  type VolumeSnapshotContent,
} from './snapshot-kinds.ts';

/** Asks for a snapshot of a claim's volume: an object for the driver's sidecar to act on. @throws NotYet, StatusError */
export function createContent(setup: SnapshotSetup, snapshot: VolumeSnapshot): VolumeSnapshotContent {
  const { client, recorder } = setup;
  const refuse = (why: string): never =>
    fail(setup, snapshot, 'SnapshotContentCreationFailed', `Failed to create snapshot content with error ${why}`);
  const cannotUpdate = (why: string): never =>
    refuse(`snapshot controller failed to update ${snapshot.metadata.name} on API server: ${why}`);
  const claim = sourceClaim(setup, snapshot);
  if (claim === undefined) return cannotUpdate('cannot get claim from snapshot');
  if (claim.metadata.deletionTimestamp !== undefined) {
    return cannotUpdate('cannot add finalizer on claim because it is being deleted');
  }
  protectClaim(setup, claim);
  const volume = volumeOf(setup, claim, (why) =>
    refuse(`failed to get input parameters to create snapshot ${snapshot.metadata.name}: "${why}"`),
  );
  if (volume.spec.csi === undefined) {
    return refuse(`cannot find CSI PersistentVolumeSource for volume ${volume.metadata.name}`);
  }
  const content = contentFor(setup, snapshot, volume);
  const { name } = content.metadata as { name: string };
  const resource = client.resource<VolumeSnapshotContent>(snapshotContents);
  let made: VolumeSnapshotContent;
  try {
    made = resource.create(content as never);
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
    made = resource.get(name);
  }
  const told = `Waiting for a snapshot ${objectKey(snapshot)} to be created by the CSI driver.`;
  recorder.event(snapshot, 'Normal', 'CreatingSnapshot', told);
  return made;
}

function volumeOf(
  { informers }: SnapshotSetup,
  claim: PersistentVolumeClaim,
  refuse: (why: string) => never,
): PersistentVolume {
  const { metadata, spec, status } = claim;
  if (status?.phase !== 'Bound') {
    return refuse(`the PVC ${metadata.name} is not yet bound to a PV, will not attempt to take a snapshot`);
  }
  const { volumeName = '' } = spec;
  const volume = informers.for<PersistentVolume>(persistentVolumes).lister.get(volumeName);
  if (volume === undefined) {
    return refuse(`failed to retrieve PV ${volumeName} from the API server: persistentvolumes ${volumeName} not found`);
  }
  return isBoundTo(volume, claim) ? volume : refuse('claim in dataSource not bound or invalid');
}

function contentFor(setup: SnapshotSetup, snapshot: VolumeSnapshot, volume: PersistentVolume) {
  const { name, namespace, uid, resourceVersion } = snapshot.metadata;
  const chosen = setup.informers.for(snapshotClasses).lister.get(snapshot.spec.volumeSnapshotClassName ?? '')!;
  const node = setup.isDistributed ? nodeOf(setup, volume) : undefined;
  return {
    apiVersion: `${SNAPSHOT_GROUP}/v1`,
    kind: 'VolumeSnapshotContent',
    metadata: {
      name: dynamicContentName(snapshot),
      ...(node === undefined ? {} : { labels: { [MANAGED_BY]: node } }),
    },
    spec: {
      deletionPolicy: chosen.deletionPolicy,
      driver: chosen.driver,
      source: { volumeHandle: volume.spec.csi!.volumeHandle },
      sourceVolumeMode: volume.spec.volumeMode ?? 'Filesystem',
      volumeSnapshotClassName: chosen.metadata.name,
      volumeSnapshotRef: {
        apiVersion: `${SNAPSHOT_GROUP}/v1`,
        kind: 'VolumeSnapshot',
        name,
        namespace,
        uid,
        resourceVersion,
      },
    },
  };
}

/** The node on which the volume lies, as the volume says where it can be reached. */
function nodeOf({ client }: SnapshotSetup, volume: PersistentVolume): string | undefined {
  if (volume.spec.nodeAffinity === undefined) return undefined;
  return client
    .resource<Node>(nodes)
    .list()
    .items.find((node) => isReachableFrom(volume, node))?.metadata.name;
}
