import { CONTROLLER } from '../csi/spec.ts';
import { GrpcError, implement } from '../linux/grpc.ts';
import type { Process } from '../linux/syscalls.ts';
import type { DriverSettings } from './driver-settings.ts';
import { snapshotHandlers } from './snapshot-service.ts';
import { onlyOnce } from './volume-content.ts';
import { checkParameters, checkRoom, MAX_BYTES, volumeHandlers } from './volume-creation.ts';
import type { VolumesOnDisk } from './volumes-on-disk.ts';

const CAN = [
  'CREATE_DELETE_VOLUME',
  'GET_CAPACITY',
  'CREATE_DELETE_SNAPSHOT',
  'LIST_SNAPSHOTS',
  'CLONE_VOLUME',
  'EXPAND_VOLUME',
] as const;

/** What the sidecars ask of the driver: volumes come, grow and go. */
export function controllerService(process: Process, settings: DriverSettings, volumes: VolumesOnDisk) {
  const { attaches, modifies } = settings;
  const oneAtATime = onlyOnce();
  return implement(CONTROLLER, {
    ...volumeHandlers(process, settings, volumes, oneAtATime),
    ...snapshotHandlers(process, settings, volumes, oneAtATime),

    ControllerGetCapabilities: () => ({
      capabilities: [
        ...CAN,
        ...(attaches ? (['PUBLISH_UNPUBLISH_VOLUME'] as const) : []),
        ...(modifies ? (['MODIFY_VOLUME'] as const) : []),
      ].map((type) => ({ rpc: { type } })),
    }),

    ControllerPublishVolume: ({ volume_id, node_id, volume_capability }) => {
      if (!attaches) throw new GrpcError('Unimplemented', 'ControllerPublishVolume is not supported');
      const mayShare = volume_capability?.access_mode?.mode.startsWith('MULTI_NODE') === true;
      attach(volumes, volume_id, node_id, mayShare);
      return {};
    },

    ControllerUnpublishVolume: ({ volume_id, node_id }) => {
      detach(volumes, volume_id, node_id);
      return {};
    },

    GetCapacity: () => {
      const available = volumes.availableBytes();
      return { available_capacity: available, maximum_volume_size: { value: Math.min(available, MAX_BYTES) } };
    },

    ControllerModifyVolume: ({ volume_id, mutable_parameters }) => {
      if (!modifies) throw new GrpcError('InvalidArgument', 'unsupported capability MODIFY_VOLUME');
      if (volume_id === '') throw new GrpcError('InvalidArgument', 'Volume ID cannot be empty');
      if (Object.keys(mutable_parameters).length === 0) {
        throw new GrpcError('InvalidArgument', 'Mutable parameters cannot be empty');
      }
      checkParameters(settings, mutable_parameters);
      if (volumes.get(volume_id) === undefined) throw new GrpcError('NotFound', notThere(volume_id));
      return {};
    },

    ControllerExpandVolume: ({ volume_id, capacity_range }) => {
      const volume = volumes.get(volume_id);
      if (volume === undefined) throw new GrpcError('NotFound', notThere(volume_id));
      const bytes = capacity_range?.required_bytes ?? 0;
      if (bytes > volume.sizeBytes) {
        checkRoom(volumes, bytes, bytes - volume.sizeBytes);
        volumes.put({ ...volume, sizeBytes: bytes });
      }
      return { capacity_bytes: Math.max(bytes, volume.sizeBytes), node_expansion_required: true };
    },
  });
}

function notThere(id: string): string {
  return `volume id ${id} does not exist in the volumes list`;
}

function attach(volumes: VolumesOnDisk, id: string, nodeId: string, mayShare: boolean): void {
  const volume = volumes.get(id);
  if (volume === undefined) throw new GrpcError('NotFound', notThere(id));
  const { attachedTo } = volume;
  if (attachedTo !== undefined && attachedTo !== nodeId && !mayShare) {
    throw new GrpcError('FailedPrecondition', `volume ${id} is attached to another node: ${attachedTo}`);
  }
  volumes.put({ ...volume, attachedTo: nodeId });
}

function detach(volumes: VolumesOnDisk, id: string, nodeId: string): void {
  const volume = volumes.get(id);
  if (volume === undefined || volume.attachedTo !== nodeId) return;
  const { attachedTo: _, ...rest } = volume;
  volumes.put(rest);
}
