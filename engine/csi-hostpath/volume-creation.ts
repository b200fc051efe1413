import type { CONTROLLER } from '../csi/spec.ts';
import { GrpcError, type Handlers } from '../linux/grpc.ts';
import type { Process } from '../linux/syscalls.ts';
import { detachDisk } from './block-volume.ts';
import type { DriverSettings } from './driver-settings.ts';
import { fillVolume, type OneAtATime } from './volume-content.ts';
import type { StoredVolume, VolumesOnDisk } from './volumes-on-disk.ts';

export const MAX_BYTES = 2 ** 40;
const DEFAULT_BYTES = 2 ** 30;

/** How volumes come, empty or as copies, and go. */
export function volumeHandlers(
  process: Process,
  settings: DriverSettings,
  volumes: VolumesOnDisk,
  oneAtATime: OneAtATime,
): Pick<Handlers<typeof CONTROLLER>, 'CreateVolume' | 'DeleteVolume'> {
  const { topology } = settings;
  return {
    *CreateVolume({
      name,
      capacity_range,
      volume_capabilities,
      parameters,
      volume_content_source,
      mutable_parameters,
    }) {
      checkParameters(settings, mutable_parameters);
      if (name === '') throw new GrpcError('InvalidArgument', 'Name missing in request');
      if (volume_capabilities.length === 0) {
        throw new GrpcError('InvalidArgument', 'Volume Capabilities missing in request');
      }
      const block = volume_capabilities.some((capability) => capability.block !== undefined);
      if (block && volume_capabilities.some(({ mount }) => mount !== undefined)) {
        throw new GrpcError('InvalidArgument', 'cannot have both block and mount access type');
      }
      const bytes = capacity_range?.required_bytes || DEFAULT_BYTES;
      let volume = existing(volumes, name, bytes);
      if (volume === undefined) {
        const made = newVolume(settings, volumes, name, bytes, block);
        yield* oneAtATime(`Volume ${name}`, fillVolume(process, volumes, made, volume_content_source ?? {}));
        volumes.put(made);
        volume = made;
      }
      const accessible = Object.keys(topology).length === 0 ? [] : [{ segments: topology }];
      return {
        volume: {
          volume_id: volume.id,
          capacity_bytes: volume.sizeBytes,
          volume_context: parameters,
          ...(volume_content_source === undefined ? {} : { content_source: volume_content_source }),
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
  };
}

function existing(volumes: VolumesOnDisk, name: string, bytes: number): StoredVolume | undefined {
  const found = volumes.named(name);
  if (found === undefined || found.sizeBytes >= bytes) return found;
  const message = `Volume with the same name: ${name} but with different size already exist`;
  throw new GrpcError('AlreadyExists', message);
}

/** A volume that nobody knows of yet. */
function newVolume(
  { newId }: DriverSettings,
  volumes: VolumesOnDisk,
  name: string,
  sizeBytes: number,
  block: boolean,
): StoredVolume {
  checkRoom(volumes, sizeBytes, sizeBytes);
  return { id: newId(), name, sizeBytes, ephemeral: false, ...(block ? { block } : {}) };
}

/** @throws GrpcError for a mutable parameter that the driver was not told to take */
export function checkParameters({ mutableParameters }: DriverSettings, given: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(given).filter((name) => !mutableParameters.includes(name));
  if (mutableParameters.length === 0 || unknown.length === 0) return;
  throw new GrpcError('InvalidArgument', `invalid parameters: [${unknown.join(' ')}]`);
}

/** @throws GrpcError where there is no room */
export function checkRoom(volumes: VolumesOnDisk, wanted: number, more: number): void {
  if (wanted > MAX_BYTES) {
    throw new GrpcError('OutOfRange', `Requested capacity ${wanted} exceeds maximum allowed ${MAX_BYTES}`);
  }
  const available = volumes.availableBytes();
  if (more > available) {
    throw new GrpcError('ResourceExhausted', `requested capacity ${wanted} exceeds remaining capacity ${available}`);
  }
}
