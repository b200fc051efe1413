import type { Pod } from '../../api/kinds.ts';
import { makeDirectories } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import type { Process } from '../../linux/syscalls.ts';
import { errnoText, podDirectory } from '../host-files.ts';
import { podEvent } from '../kubelet-context.ts';
import { type MountedVolume, type VolumeContext, VolumeError } from './volume.ts';

// Volumes that a container gets as a device: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#raw-block-volume-support

const PLUGINS = '/var/lib/kubelet/plugins';

/** Below a Pod's directory: a link for each volume, in a directory for each plugin. */
export function deviceDirectory(uid: string, plugin: string): string {
  return `${podDirectory(uid)}/volumeDevices/${plugin}`;
}

/** A Pod's device as the whole node may see it; it also says that the device is in use. */
export function globalMapPath(plugin: string, volume: string): string {
  return `${PLUGINS}/${plugin.replace('~', '/')}/volumeDevices/${volume}/dev`;
}

/** A volume that is a device: where it can be found, and what the events call it. */
export interface BlockVolume {
  readonly pod: Pod;
  readonly plugin: string;
  /** Of the PersistentVolume. */
  readonly name: string;
  readonly device: string;
  readonly readOnly: boolean;
}

/**
 * Lets a device appear where the kubelet looks for a Pod's devices. After `volume_path_handler.go` (`MapDevice`), without the
 * loop device that keeps others from the disk.
 *
 * @throws VolumeError
 */
export function mapDevice(context: VolumeContext, { pod, plugin, name, device, readOnly }: BlockVolume): MountedVolume {
  const { root } = context;
  const { uid } = pod.metadata;
  const directory = deviceDirectory(uid, plugin);
  const link = `${directory}/${name}`;
  const isThere = linkTarget(root, link) === device;
  if (isThere) return { hostPath: link, readOnly };
  const everywhere = globalMapPath(plugin, name);
  try {
    makeDirectories(root, everywhere, 0o750);
    root.writeFile(`${everywhere}/${uid}`, '', { mode: 0o640 });
    root.mount({ type: 'bind', source: device, target: `${everywhere}/${uid}` });
    makeDirectories(root, directory, 0o750);
    root.symlink(device, link);
  } catch (error) {
    if (error instanceof Errno) throw new VolumeError(errnoText(error), 'MapVolume.MapBlockVolume', name);
    throw error;
  }
  const done = `MapVolume.MapPodDevice succeeded for volume "${name}"`;
  podEvent(context, pod, 'Normal', 'SuccessfulMountVolume', `${done} globalMapPath "${everywhere}"`);
  podEvent(context, pod, 'Normal', 'SuccessfulMountVolume', `${done} volumeMapPath "${directory}"`);
  return { hostPath: link, readOnly };
}

/** Undoes `mapDevice`. */
export function unmapDevice(root: Process, uid: string, plugin: string, name: string): void {
  const everywhere = `${globalMapPath(plugin, name)}/${uid}`;
  if (root.access(everywhere, 'exists')) {
    unmountIfMounted(root, everywhere);
    root.unlink(everywhere);
  }
  const link = `${deviceDirectory(uid, plugin)}/${name}`;
  if (linkTarget(root, link) !== undefined) root.unlink(link);
}

/** @throws Errno when it is in use */
export function unmountIfMounted(root: Process, path: string): void {
  try {
    root.unmount(path);
  } catch (error) {
    // Most are not mounts.
    if (!(error instanceof Errno) || error.code === 'EBUSY') throw error;
  }
}

function linkTarget(root: Process, path: string): string | undefined {
  try {
    return root.readlink(path);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
