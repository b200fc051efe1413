import type { CONTROLLER } from '../csi/spec.ts';
import { GrpcError, type Handlers } from '../linux/grpc.ts';
import type { Process } from '../linux/syscalls.ts';
import type { DriverSettings } from './driver-settings.ts';
import { copyContent, type OneAtATime } from './volume-content.ts';
import type { StoredSnapshot, VolumesOnDisk } from './volumes-on-disk.ts';

type SnapshotMethod = 'CreateSnapshot' | 'DeleteSnapshot' | 'ListSnapshots';

/** What the csi-snapshotter asks of the driver. A snapshot lies on the node on which its volume does. */
export function snapshotHandlers(
  process: Process,
  { newId, now }: DriverSettings,
  volumes: VolumesOnDisk,
  oneAtATime: OneAtATime,
): Pick<Handlers<typeof CONTROLLER>, SnapshotMethod> {
  return {
    *CreateSnapshot({ name, source_volume_id }) {
      if (name === '') throw new GrpcError('InvalidArgument', 'Name missing in request');
      if (source_volume_id === '') throw new GrpcError('InvalidArgument', 'SourceVolumeId missing in request');
      const known = volumes.snapshots().find((snapshot) => snapshot.name === name);
      if (known?.volumeId === source_volume_id) return { snapshot: message(known) };
      if (known !== undefined) {
        const text = `snapshot with the same name: ${name} but with different SourceVolumeId already exist`;
        throw new GrpcError('AlreadyExists', text);
      }
      const volume = volumes.get(source_volume_id);
      if (volume === undefined) {
        throw new GrpcError('NotFound', `volume id ${source_volume_id} does not exist in the volumes list`);
      }
      const { sizeBytes, block = false } = volume;
      const snapshot = { id: newId(), name, volumeId: volume.id, sizeBytes, block, createdMs: now() };
      const to = volumes.snapshotPathOf(snapshot.id);
      const copy = copyContent(process, volumes.pathOf(volume.id), to, 'failed create snapshot');
      yield* oneAtATime(`Snapshot ${name}`, copy);
      volumes.putSnapshot(snapshot);
      return { snapshot: message(snapshot) };
    },

    DeleteSnapshot: ({ snapshot_id }) => {
      if (snapshot_id === '') throw new GrpcError('InvalidArgument', 'Snapshot ID missing in request');
      if (volumes.snapshots().some(({ id }) => id === snapshot_id)) volumes.removeSnapshot(snapshot_id);
      return {};
    },

    ListSnapshots: ({ snapshot_id, source_volume_id, starting_token, max_entries }) => {
      const found = volumes
        .snapshots()
        .filter(({ id, volumeId }) => {
          if (snapshot_id !== '') return id === snapshot_id;
          return source_volume_id === '' || volumeId === source_volume_id;
        })
        .sort((one, other) => (one.id < other.id ? -1 : 1));
      const first = Number(starting_token || 0);
      if (!Number.isInteger(first) || first < 0 || first > found.length) {
        throw new GrpcError('Aborted', `startingToken=${starting_token} > len(snapshots)=${found.length}`);
      }
      const end = max_entries > 0 ? Math.min(first + max_entries, found.length) : found.length;
      const entries = found.slice(first, end).map((snapshot) => ({ snapshot: message(snapshot) }));
      return { entries, next_token: end < found.length ? String(end) : '' };
    },
  };
}

function message({ id, volumeId, sizeBytes, createdMs }: StoredSnapshot) {
  const seconds = Math.floor(createdMs / 1_000);
  return {
    snapshot_id: id,
    source_volume_id: volumeId,
    size_bytes: sizeBytes,
    creation_time: { seconds, nanos: Math.round((createdMs - seconds * 1_000) * 1_000_000) },
    ready_to_use: true,
  };
}
