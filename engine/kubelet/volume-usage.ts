import type { Pod } from '../api/kinds.ts';
import type { Process } from '../linux/syscalls.ts';
import { diskUse } from './eviction/local-storage.ts';
import type { MountedVolumes, NodePlugins, VolumeUsage } from './volumes/volume.ts';

export interface PodVolumeUsage extends VolumeUsage {
  readonly name: string;
  /** The claim behind it. */
  readonly pvcRef?: { readonly name: string; readonly namespace: string };
}

/**
 * What the volumes of a Pod use. Drivers are asked about theirs once a minute, so these show what they said last; what a
 * hostPath holds is not counted. After `pkg/kubelet/server/stats/volume_stat_calculator.go`.
 */
export function podVolumeUsage(
  root: Process,
  pod: Pod,
  mounted: MountedVolumes,
  plugins: NodePlugins | undefined,
): readonly PodVolumeUsage[] {
  const { namespace = 'default', name: podName } = pod.metadata;
  return (pod.spec.volumes ?? []).flatMap((volume): readonly PodVolumeUsage[] => {
    const path = mounted.get(volume.name)?.hostPath;
    if (path === undefined || volume.hostPath !== undefined || volume.image !== undefined) return [];
    const claim =
      volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral && `${podName}-${volume.name}`) ?? undefined;
    const isDriven = path.includes('/kubernetes.io~csi/');
    const usage = isDriven
      ? plugins?.usageOf(path)
      : claim === undefined
        ? ofTree(root, path)
        : ofFileSystem(root, path);
    if (usage === undefined) return [];
    return [{ ...usage, name: volume.name, ...(claim === undefined ? {} : { pvcRef: { name: claim, namespace } }) }];
  });
}

/** Of a directory on the node's own disk. */
function ofTree(root: Process, path: string): VolumeUsage {
  const { bytes, inodes } = diskUse(root, path);
  return { ...ofFileSystem(root, path), usedBytes: bytes, inodesUsed: inodes };
}

function ofFileSystem(root: Process, path: string): VolumeUsage {
  const { totalBytes, usedBytes, totalInodes, usedInodes } = root.statfs(path);
  return {
    capacityBytes: totalBytes,
    availableBytes: Math.max(0, totalBytes - usedBytes),
    usedBytes,
    inodes: totalInodes,
    inodesFree: Math.max(0, totalInodes - usedInodes),
    inodesUsed: usedInodes,
  };
}
