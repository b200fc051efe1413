import { CONTROLLER } from '../csi/spec.ts';
import { GrpcError, implement } from '../linux/grpc.ts';
import type { Process } from '../linux/syscalls.ts';
import { detachDisk } from './block-volume.ts';
import type { DriverSettings } from './driver-settings.ts';
import type { StoredVolume, VolumesOnDisk } from './volumes-on-disk.ts';

const CAN = ['CREATE_DELETE_VOLUME', 'GET_CAPACITY', 'EXPAND_VOLUME'] as const;
const MAX_BYTES = 2 ** 40;
const DEFAULT_BYTES = 2 ** 30;

/** What the sidecars ask of the driver: volumes come, grow and go. */
export function controllerService(process: Process, settings: DriverSettings, volumes: VolumesOnDisk) {
  const { topology, attaches } = settings;
  return implement(CONTROLLER, {
    ControllerGetCapabilities: () => ({
      capabilities: [...CAN, ...(attaches ? (['PUBLISH_UNPUBLISH_VOLUME'] as const) : [])].map((type) => ({
        rpc: { type },
      })),
    }),

    CreateVolume: ({ name, capacity_range, volume_capabilities, parameters }) => {
      if (name === '') throw new GrpcError('InvalidArgument', 'Name missing in request');
      if (volume_capabilities.length === 0) {
        throw new GrpcError('InvalidArgument', 'Volume Capabilities missing in request');
      }
      const block = volume_capabilities.some((capability) => capability.block !== undefined);
      if (block && volume_capabilities.some(({ mount }) => mount !== undefined)) {
        throw new GrpcError('InvalidArgument', 'cannot have both block and mount access type');
      }
      const bytes = capacity_range?.required_bytes || DEFAULT_BYTES;
      const volume = existing(volumes, name, bytes) ?? create(settings, volumes, name, bytes, block);
      const accessible = Object.keys(topology).length === 0 ? [] : [{ segments: topology }];
      return {
        volume: {
          volume_id: volume.id,
          capacity_bytes: volume.sizeBytes,
          volume_context: parameters,
          accessible_topology: accessible,
        },
      };
    },

    DeleteVolume: ({ volume_id }) => {
      if (volume_id === '') throw new GrpcError('InvalidArgument', 'Volume ID missing in request');
      const volume = volumes.get(volume_id);
      if (volume === undefined) return {};
      if (volume.block === true) detachDisk(process, volumes.pathOf(volume_id));
      volumes.remove(volume_id);
      return {};
    },

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

function existing(volumes: VolumesOnDisk, name: string, bytes: number): StoredVolume | undefined {
  const found = volumes.named(name);
  if (found === undefined || found.sizeBytes >= bytes) return found;
  const message = `Volume with the same name: ${name} but with different size already exist`;
  throw new GrpcError('AlreadyExists', message);
}

function create(
  { newId }: DriverSettings,
  volumes: VolumesOnDisk,
  name: string,
  sizeBytes: number,
  block: boolean,
): StoredVolume {
  checkRoom(volumes, sizeBytes, sizeBytes);
  const volume = { id: newId(), name, sizeBytes, ephemeral: false, ...(block ? { block } : {}) };
  volumes.put(volume);
  return volume;
}

function checkRoom(volumes: VolumesOnDisk, wanted: number, more: number): void {
  if (wanted > MAX_BYTES) {
    throw new GrpcError('OutOfRange', `Requested capacity ${wanted} exceeds maximum allowed ${MAX_BYTES}`);
  }
  const available = volumes.availableBytes();
  if (more > available) {
    throw new GrpcError('ResourceExhausted', `requested capacity ${wanted} exceeds remaining capacity ${available}`);
  }
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
