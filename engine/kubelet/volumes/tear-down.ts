import { namesIn, removeTree } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import type { Process } from '../../linux/syscalls.ts';
import { sleep, type Task } from '../../sim/index.ts';
import { podDirectory } from '../host-files.ts';
import type { KubeletContext } from '../kubelet-context.ts';
import { unmapDevice, unmountIfMounted } from './block-device.ts';
import { type NodePlugins, type VolumeContext, VolumeError } from './volume.ts';

/** The directory of volumes that drivers mount. */
export const CSI_DIRECTORY = 'kubernetes.io~csi';

/** A volume that cannot be unmounted is tried again, later and later. */
const RETRY_MS = 500;
const MAX_RETRY_MS = 122_000;

/**
 * Removes everything that belonged to a Pod on the host, however long it takes: a Pod is not gone before its volumes are, since
 * whoever has them next must find them free. What there is to undo is read off the disk, so that a Pod can also be torn down
 * that this kubelet has never seen.
 */
export function* tearDownPod({ root, plugins, sim, nodeName }: KubeletContext, uid: string): Task<void> {
  if (root === undefined) return;
  for (let waitMs = RETRY_MS; ; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
    try {
      yield* tearDownOnce(root, plugins, uid);
      return;
    } catch (error) {
      if (!(error instanceof VolumeError) && !(error instanceof Errno)) throw error;
      yield* sleep(sim, waitMs, `kubelet/${nodeName} unmount`);
    }
  }
}

/** Nothing is removed below something that is still mounted: the files in it are not the Pod's. */
function* tearDownOnce(root: Process, plugins: VolumeContext['plugins'], uid: string): Task<void> {
  const directory = podDirectory(uid);
  const volumes = `${directory}/volumes`;
  for (const plugin of namesIn(root, volumes)) {
    for (const name of namesIn(root, `${volumes}/${plugin}`)) {
      const path = `${volumes}/${plugin}/${name}`;
      if (plugin !== CSI_DIRECTORY) unmountIfMounted(root, path);
      else yield* driversOf(plugins, name).tearDown(path);
    }
  }
  const devices = `${directory}/volumeDevices`;
  for (const plugin of namesIn(root, devices)) {
    for (const name of namesIn(root, `${devices}/${plugin}`)) {
      if (plugin === CSI_DIRECTORY) yield* driversOf(plugins, name).tearDown(`${devices}/${plugin}/${name}`);
      else unmapDevice(root, uid, plugin, name);
    }
  }
  removeTree(root, directory);
}

function driversOf(plugins: VolumeContext['plugins'], volume: string): NodePlugins {
  const found = plugins.get();
  if (found === undefined) throw new VolumeError('no driver can be reached', 'UnmountVolume.NewUnmounter', volume);
  return found;
}
