import { NODE } from '../csi/spec.ts';
import { makeDirectories, removeTree } from '../linux/directory-tree.ts';
import { GrpcError, implement } from '../linux/grpc.ts';
import type { Process } from '../linux/syscalls.ts';
import { checkAccess, diskSize, growDisk, publishDisk } from './block-volume.ts';
import type { DriverSettings } from './driver-settings.ts';
import { deviceError, isMounted } from './mount-point.ts';
import type { StoredVolume, VolumesOnDisk } from './volumes-on-disk.ts';

const EPHEMERAL = 'csi.storage.k8s.io/ephemeral';
const EPHEMERAL_BYTES = 2 ** 30;

/** What the kubelet asks of the driver: volumes appear where containers find them. */
export function nodeService(process: Process, settings: DriverSettings, volumes: VolumesOnDisk) {
  const { nodeId, topology, maxVolumes } = settings;
  return implement(NODE, {
    NodeGetInfo: () => ({
      node_id: nodeId,
      max_volumes_per_node: maxVolumes,
      ...(Object.keys(topology).length === 0 ? {} : { accessible_topology: { segments: topology } }),
    }),

    NodeGetCapabilities: () => ({
      capabilities: (['STAGE_UNSTAGE_VOLUME', 'GET_VOLUME_STATS', 'EXPAND_VOLUME'] as const).map((type) => ({
        rpc: { type },
      })),
    }),

    NodeStageVolume: ({ volume_id, staging_target_path }) => {
      find(volumes, volume_id);
      if (staging_target_path === '') throw new GrpcError('InvalidArgument', 'Target path missing in request');
      return {};
    },

    NodeUnstageVolume: ({ volume_id }) => {
      // One that was deleted meanwhile (its Pod was, by force) is not staged: the real driver refuses, and is asked for ever.
      if (volume_id === '') throw new GrpcError('InvalidArgument', 'Volume ID missing in request');
      return {};
    },

    NodePublishVolume: ({ volume_id, target_path, readonly, volume_context, volume_capability }) => {
      if (target_path === '') throw new GrpcError('InvalidArgument', 'Target path missing in request');
      if (volume_context[EPHEMERAL] === 'true' && volumes.get(volume_id) === undefined) {
        volumes.put({ id: volume_id, name: `ephemeral-${volume_id}`, sizeBytes: EPHEMERAL_BYTES, ephemeral: true });
      }
      const { id, block = false } = find(volumes, volume_id);
      checkAccess(block, volume_capability?.block !== undefined);
      if (block) {
        publishDisk(process, volumes.pathOf(id), target_path, readonly);
        return {};
      }
      if (isMounted(process, target_path)) return {};
      makeDirectories(process, target_path, 0o750);
      process.mount({ type: 'bind', source: volumes.pathOf(id), target: target_path, readOnly: readonly });
      return {};
    },

    NodeUnpublishVolume: ({ volume_id, target_path }) => {
      try {
        if (isMounted(process, target_path)) process.unmount(target_path);
        if (process.access(target_path, 'exists')) removeTree(process, target_path);
      } catch (error) {
        throw deviceError(`unmounting ${target_path}`, error);
      }
      if (volumes.get(volume_id)?.ephemeral === true) volumes.remove(volume_id);
      return {};
    },

    NodeExpandVolume: ({ volume_id, capacity_range }) => {
      const { sizeBytes, block } = find(volumes, volume_id);
      if (block === true) growDisk(process, volumes.pathOf(volume_id));
      return { capacity_bytes: Math.max(sizeBytes, capacity_range?.required_bytes ?? 0) };
    },

    NodeGetVolumeStats: ({ volume_id, volume_path }) => ({
      usage: usageOf(process, volume_path, find(volumes, volume_id)),
    }),
  });
}

function find(volumes: VolumesOnDisk, id: string): StoredVolume {
  if (id === '') throw new GrpcError('InvalidArgument', 'Volume ID missing in request');
  const volume = volumes.get(id);
  if (volume === undefined) throw new GrpcError('NotFound', `volume id ${id} does not exist in the volumes list`);
  return volume;
}

/** What there is of the volume, and what of that is in use. */
function usageOf(process: Process, path: string, { block }: StoredVolume) {
  if (block === true) return [{ total: diskSize(process, path), unit: 'BYTES' as const }];
  const stat = process.statfs(path);
  const usage = (total: number, used: number) => ({ total, used, available: Math.max(0, total - used) });
  return [
    { ...usage(stat.totalBytes, stat.usedBytes), unit: 'BYTES' as const },
    { ...usage(stat.totalInodes, stat.usedInodes), unit: 'INODES' as const },
  ];
}
