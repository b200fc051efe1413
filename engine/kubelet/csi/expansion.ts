import type { PersistentVolume, PersistentVolumeClaim } from '../../api/kinds.ts';
import { numericValue } from '../../api/quantity.ts';
import { persistentVolumeClaims } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { storageCapacity } from '../../client/volume-binding.ts';
import type { Task } from '../../sim/index.ts';
import type { CsiVolume, VolumeContext } from '../volumes/volume.ts';
import { callDriver, type Driver } from './driver.ts';
import type { MountContext, Place } from './place.ts';

const RESIZE_CONDITIONS = ['FileSystemResizePending', 'Resizing', 'ControllerResizeError', 'NodeResizeError'];

/** The claim that a volume is bound to, as it is now. */
export function claimOf(
  { claims }: Pick<VolumeContext, 'claims'>,
  { spec }: PersistentVolume,
): PersistentVolumeClaim | undefined {
  if (spec.claimRef?.name === undefined) return undefined;
  try {
    return claims.claims.get(spec.claimRef.name, spec.claimRef.namespace);
  } catch (error) {
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}

/**
 * The second half of an expansion: the file system follows the volume, while it is mounted, and the claim shows the new size.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
 */
export function* expandOnNode(
  context: MountContext,
  { pod, persistentVolume }: CsiVolume,
  place: Place,
  driver: Driver,
): Task<void> {
  const { root, client, recorder, nodeName } = context;
  const storage = storageCapacity(persistentVolume!);
  const patch = (to: PersistentVolumeClaim, status: object): PersistentVolumeClaim =>
    client
      .resource<PersistentVolumeClaim>(persistentVolumeClaims)
      .patch(to.metadata.name, to.metadata.namespace, 'merge', { status }, { subresource: 'status' });
  const before = claimOf(context, persistentVolume!);
  if (before !== undefined) patch(before, { allocatedResourceStatuses: { storage: 'NodeResizeInProgress' } });
  yield* callDriver(root, driver, 'NodeExpandVolume', {
    volume_id: place.handle,
    volume_path: place.target,
    staging_target_path: place.staging,
    capacity_range: { required_bytes: numericValue(storage) },
  });
  const claim = claimOf(context, persistentVolume!);
  if (claim === undefined) return;
  const conditions = (claim.status?.conditions ?? []).filter(({ type }) => !RESIZE_CONDITIONS.includes(type));
  const capacity = { ...claim.status?.capacity, storage: String(storage) };
  patch(claim, { capacity, conditions: conditions.length === 0 ? null : conditions, allocatedResourceStatuses: null });
  const message = `MountVolume.NodeExpandVolume succeeded for volume "${place.name}" ${nodeName}`;
  recorder.event(pod, 'Normal', 'FileSystemResizeSuccessful', message);
  recorder.event(claim, 'Normal', 'FileSystemResizeSuccessful', message);
}
