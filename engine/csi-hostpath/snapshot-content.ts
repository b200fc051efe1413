import { objectKey } from '../api/object.ts';
import { unlessGone } from '../client/unless-gone.ts';
import { NotYet } from './controller-loop.ts';
import { markBeingDeleted, type SnapshotSetup } from './snapshot-binding.ts';
import { CONTENT_FINALIZER, snapshotContents, snapshots, type VolumeSnapshotContent } from './snapshot-kinds.ts';

/** The snapshot-controller's part in a VolumeSnapshotContent. After `syncContent`. @throws NotYet, StatusError */
export function syncContent(setup: SnapshotSetup, content: VolumeSnapshotContent): void {
  const { client, informers, recorder } = setup;
  const { metadata, spec } = content;
  const { source, volumeSnapshotRef } = spec;
  if ((source.volumeHandle === undefined) === (source.snapshotHandle === undefined)) {
    const message = 'Exactly one of VolumeHandle and SnapshotHandle should be specified';
    recorder.event(content, 'Warning', 'ContentValidationError', message);
    throw new NotYet(message);
  }
  // Reserved for a snapshot that has not come yet.
  if ((volumeSnapshotRef.uid ?? '') === '') return;
  const { finalizers = [] } = metadata;
  if (metadata.deletionTimestamp === undefined && !finalizers.includes(CONTENT_FINALIZER)) {
    const protectedOne = { ...metadata, finalizers: [...finalizers, CONTENT_FINALIZER] };
    unlessGone(() =>
      client.resource<VolumeSnapshotContent>(snapshotContents).update({ ...content, metadata: protectedOne }),
    );
    return;
  }
  const key = objectKey({ metadata: volumeSnapshotRef } as never);
  const snapshot = informers.for(snapshots).lister.byKey(key);
  if (snapshot === undefined || snapshot.metadata.uid !== volumeSnapshotRef.uid) return;
  if (snapshot.metadata.deletionTimestamp !== undefined) markBeingDeleted(setup, content);
}
