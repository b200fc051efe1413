import type { PersistentVolumeClaim } from '../api/kinds.ts';
import { persistentVolumeClaims } from '../api/resources.ts';
import { unlessGone } from '../client/unless-gone.ts';
import { isReady, type SnapshotSetup, sourceClaim } from './snapshot-binding.ts';
import { SNAPSHOT_GROUP, snapshots, type VolumeSnapshot } from './snapshot-kinds.ts';

/** Keeps a claim as long as a snapshot of it is being taken. */
export const SOURCE_FINALIZER = 'snapshot.storage.kubernetes.io/pvc-as-source-protection';

/** @throws StatusError */
export function protectClaim({ client }: SnapshotSetup, claim: PersistentVolumeClaim): void {
  const { finalizers = [] } = claim.metadata;
  if (finalizers.includes(SOURCE_FINALIZER)) return;
  const metadata = { ...claim.metadata, finalizers: [...finalizers, SOURCE_FINALIZER] };
  client.resource<PersistentVolumeClaim>(persistentVolumeClaims).update({ ...claim, metadata });
}

/** Lets the claim go when no snapshot of it is under way, this one aside where it is being deleted. @throws StatusError */
export function releaseClaim(setup: SnapshotSetup, snapshot: VolumeSnapshot): void {
  const claim = sourceClaim(setup, snapshot);
  if (claim?.metadata.finalizers?.includes(SOURCE_FINALIZER) !== true) return;
  const { namespace, uid, deletionTimestamp } = snapshot.metadata;
  const isUsed = setup.informers
    .for(snapshots)
    .lister.list(namespace)
    .filter(({ metadata }) => deletionTimestamp === undefined || metadata.uid !== uid)
    .some((other) => other.spec.source.persistentVolumeClaimName === claim.metadata.name && !isReady(other));
  if (isUsed) return;
  const finalizers = claim.metadata.finalizers.filter((each) => each !== SOURCE_FINALIZER);
  const metadata = { ...claim.metadata, finalizers };
  unlessGone(() => setup.client.resource<PersistentVolumeClaim>(persistentVolumeClaims).update({ ...claim, metadata }));
}

/** Whether a claim waits for a volume that is made of the snapshot. */
export function isBeingRestored({ informers }: SnapshotSetup, { metadata }: VolumeSnapshot): boolean {
  return informers
    .for<PersistentVolumeClaim>(persistentVolumeClaims)
    .lister.list(metadata.namespace)
    .some(({ spec, status }) => {
      const { kind, name, apiGroup } = spec.dataSource ?? {};
      if (kind !== 'VolumeSnapshot' || apiGroup !== SNAPSHOT_GROUP) return false;
      return name === metadata.name && status?.phase === 'Pending';
    });
}
