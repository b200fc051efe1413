import type { Pod } from '../../api/kinds.ts';
import type { ContainerUsage } from '../../api/node-api.ts';
import { numericValue } from '../../api/quantity.ts';
import { Errno } from '../../linux/errno.ts';
import type { Process } from '../../linux/syscalls.ts';
import { podDirectory } from '../host-files.ts';
import { amount, podLimit } from '../quantities.ts';
import { podLogDirectory } from '../sandbox-config.ts';

const RESOURCE = 'ephemeral-storage';
const BLOCK_BYTES = 512;

/** Whether a look at the disk could find the Pod guilty of anything. */
export function limitsLocalStorage({ spec }: Pod): boolean {
  return (
    (spec.volumes ?? []).some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) ||
    spec.containers.some(({ resources }) => resources?.limits?.[RESOURCE] !== undefined)
  );
}

/**
 * Why a Pod that takes too much of the node's disk has to go; undefined when it does not.
 * After `pkg/kubelet/eviction/eviction_manager.go` (`localStorageEviction`).
 * https://kubernetes.io/docs/concepts/storage/ephemeral-storage/#resource-emphemeralstorage-consumption
 */
export function localStorageExcess(root: Process, pod: Pod, containers: readonly ContainerUsage[]): string | undefined {
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    if (emptyDir?.sizeLimit === undefined) continue;
    const limit = String(emptyDir.sizeLimit);
    if (diskBytes(root, emptyDirPath(pod, name)) > numericValue(limit)) {
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${limit}". `;
    }
  }
  for (const { name, resources } of pod.spec.containers) {
    const limit = resources?.limits?.[RESOURCE] as string | undefined;
    if (limit === undefined) continue;
    if (containerBytes(root, pod, name, containers) > numericValue(limit)) {
      return `Container ${name} exceeded its local ephemeral storage limit "${limit}". `;
    }
  }
  const limit = podLimit(pod, RESOURCE);
  if (limit === undefined || podDiskBytes(root, pod, containers) <= limit) return undefined;
  const text = String(amount({ [RESOURCE]: limit }, RESOURCE));
  return `Pod ephemeral local storage usage exceeds the total limit of containers ${text}. `;
}

/** What a Pod takes of the disk: writable layers, logs, and volumes that are not in memory. */
export function podDiskBytes(root: Process, pod: Pod, containers: readonly ContainerUsage[]): number {
  let bytes = diskBytes(root, podLogDirectory(pod));
  for (const { writableBytes } of containers) bytes += writableBytes;
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    if (emptyDir !== undefined && emptyDir.medium !== 'Memory') bytes += diskBytes(root, emptyDirPath(pod, name));
  }
  return bytes;
}

function containerBytes(root: Process, pod: Pod, name: string, containers: readonly ContainerUsage[]): number {
  const layer = containers.find((each) => each.name === name)?.writableBytes ?? 0;
  return layer + diskBytes(root, `${podLogDirectory(pod)}/${name}`);
}

function emptyDirPath({ metadata }: Pod, volume: string): string {
  return `${podDirectory(metadata.uid)}/volumes/kubernetes.io~empty-dir/${volume}`;
}

/** What `du -s` says. */
function diskBytes(root: Process, path: string): number {
  return diskUse(root, path).bytes;
}

/** What a file, or a directory with everything in it, takes of the disk. Nothing where nothing is. */
export function diskUse(root: Process, path: string): { readonly bytes: number; readonly inodes: number } {
  try {
    const { type, blocks } = root.lstat(path);
    let bytes = blocks * BLOCK_BYTES;
    let inodes = 1;
    if (type !== 'directory') return { bytes, inodes };
    for (const { name } of root.readdir(path)) {
      const below = diskUse(root, `${path}/${name}`);
      bytes += below.bytes;
      inodes += below.inodes;
    }
    return { bytes, inodes };
  } catch (error) {
    if (error instanceof Errno) return { bytes: 0, inodes: 0 };
    throw error;
  }
}
