import { namesIn, removeTree } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import { GrpcError } from '../../linux/grpc.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { PODS_DIRECTORY } from '../host-files.ts';
import { globalMapPath, unmapDevice } from '../volumes/block-device.ts';
import { CSI_DIRECTORY } from '../volumes/tear-down.ts';
import { VolumeError } from '../volumes/volume.ts';
import { callDriver, type Driver, type Drivers, noSuchDriver } from './driver.ts';
import { blockPaths, stagingPath } from './place.ts';

interface VolumeData {
  readonly driverName: string;
  readonly volumeHandle: string;
  readonly specVolID: string;
  readonly volumeLifecycleMode: string;
}

/** Unpublishes a Pod's volume, and unstages it when the Pod was the last on the node to use it. @throws VolumeError */
export function* unmountCsiVolume(root: Process, drivers: Drivers, directory: string): Task<void> {
  const data = readVolumeData(root, directory);
  if (data === undefined) {
    removeTree(root, directory);
    return;
  }
  const { driverName, volumeHandle, specVolID } = data;
  const driver = drivers.find(driverName);
  if (driver === undefined) {
    const text = `kubernetes.io/csi: Unmounter.TearDownAt failed to get CSI client: ${noSuchDriver(driverName)}`;
    throw new VolumeError(text, 'UnmountVolume.TearDown', specVolID);
  }
  const target = { volume_id: volumeHandle, target_path: `${directory}/mount` };
  yield* call('UnmountVolume.TearDown', specVolID, callDriver(root, driver, 'NodeUnpublishVolume', target));
  removeTree(root, directory);
  if (data.volumeLifecycleMode === 'Ephemeral' || isUsed(root, data)) return;
  const staging = stagingPath(driverName, volumeHandle);
  yield* unstage(root, driver, data, staging, 'UnmountDevice');
  removeTree(root, staging.slice(0, staging.lastIndexOf('/')));
}

/**
 * The same for a volume that is a device.
 *
 * @param link the Pod's, to the device
 * @throws VolumeError, Errno
 */
export function* unmapCsiVolume(root: Process, drivers: Drivers, link: string): Task<void> {
  const [, uid = '', name = ''] = /\/([^/]+)\/volumeDevices\/[^/]+\/(.+)$/.exec(link) ?? [];
  const { target, staging, notes } = blockPaths(name, uid);
  const data = readVolumeData(root, notes);
  unmapDevice(root, uid, CSI_DIRECTORY, name);
  if (data === undefined) return;
  const { driverName, volumeHandle, specVolID } = data;
  const driver = drivers.find(driverName);
  if (driver === undefined) throw new VolumeError(noSuchDriver(driverName), 'UnmapVolume.UnmapPodDevice', specVolID);
  const published = { volume_id: volumeHandle, target_path: target };
  yield* call('UnmapVolume.UnmapPodDevice', specVolID, callDriver(root, driver, 'NodeUnpublishVolume', published));
  if (namesIn(root, globalMapPath(CSI_DIRECTORY, name)).length > 0) return;
  yield* unstage(root, driver, data, staging, 'UnmapDevice.TearDownDevice');
  removeTree(root, staging);
  removeTree(root, notes.slice(0, notes.lastIndexOf('/')));
}

function* unstage(
  root: Process,
  driver: Driver,
  { volumeHandle, specVolID }: VolumeData,
  staging: string,
  step: string,
): Task<void> {
  if (!driver.can.includes('STAGE_UNSTAGE_VOLUME') || !root.access(staging, 'exists')) return;
  const request = { volume_id: volumeHandle, staging_target_path: staging };
  yield* call(step, specVolID, callDriver(root, driver, 'NodeUnstageVolume', request));
}

function* call<T>(step: string, volume: string, task: Task<T>): Task<T> {
  try {
    return yield* task;
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    throw new VolumeError(error.description, step, volume);
  }
}

/** Whether another Pod of the node has the volume: its notes lie beside its mount. */
function isUsed(root: Process, { driverName, volumeHandle }: VolumeData): boolean {
  return namesIn(root, PODS_DIRECTORY).some((uid) => {
    const volumes = `${PODS_DIRECTORY}/${uid}/volumes/${CSI_DIRECTORY}`;
    return namesIn(root, volumes).some((name) => {
      const data = readVolumeData(root, `${volumes}/${name}`);
      return data?.driverName === driverName && data.volumeHandle === volumeHandle;
    });
  });
}

function readVolumeData(root: Process, directory: string): VolumeData | undefined {
  try {
    return JSON.parse(decode(root.readFile(`${directory}/vol_data.json`))) as VolumeData;
  } catch (error) {
    // Torn by a loss of power, or never written: nothing was mounted then.
    if (error instanceof Errno || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
