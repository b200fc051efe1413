import type { CSIDriver, VolumeAttachment } from '../../api/kinds.ts';
import { compareQuantities } from '../../api/quantity.ts';
import { csiDrivers, volumeAttachments } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { storageCapacity } from '../../client/volume-binding.ts';
import { volumeCapability } from '../../csi/spec.ts';
import { makeDirectories } from '../../linux/directory-tree.ts';
import { GrpcError } from '../../linux/grpc.ts';
import { sleep, type Task } from '../../sim/index.ts';
import { giveToGroup } from '../volumes/ownership.ts';
import { type CsiVolume, type VolumeContext, VolumeError } from '../volumes/volume.ts';
import { callDriver, type Driver, noSuchDriver } from './driver.ts';
import { claimOf, expandOnNode } from './expansion.ts';
import type { MountContext, Place } from './place.ts';

const ATTACH_POLL_MS = 1_000;

/** Whether the volume has grown since it was mounted. */
export function needsExpansion(context: VolumeContext, { persistentVolume }: CsiVolume): boolean {
  const claim = persistentVolume && claimOf(context, persistentVolume);
  if (claim === undefined) return false;
  const { storage } = (claim.status?.capacity ?? {}) as Record<string, string | number | undefined>;
  return storage !== undefined && compareQuantities(storageCapacity(persistentVolume!), storage) > 0;
}

/** Whether somebody has to bring the volume to the node first. @throws StatusError, ConnectionError */
export function needsAttaching(
  around: Pick<MountContext, 'client'>,
  { persistentVolume }: CsiVolume,
  { driver }: Place,
): boolean {
  return persistentVolume !== undefined && driverObject(around, driver)?.spec?.attachRequired !== false;
}

/**
 * Attach (which others do), stage, publish, in this order.
 *
 * @throws VolumeError, StatusError, ConnectionError, Errno
 */
export function* mountCsiVolume(
  context: MountContext,
  volume: CsiVolume,
  place: Place,
  isAttached: boolean,
): Task<void> {
  const { root, client } = context;
  const csiDriver = driverObject(context, place.driver);
  let publishContext: Readonly<Record<string, string>> = {};
  if (isAttached) {
    context.unattached.add(volume.volume.name);
    publishContext = yield* waitForAttachment(client, context, place);
    context.unattached.delete(volume.volume.name);
  }
  const driver = context.drivers.find(place.driver);
  const stages = volume.persistentVolume !== undefined;
  if (driver === undefined) {
    const text = stages
      ? `kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: ${noSuchDriver(place.driver)}`
      : `kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: ${noSuchDriver(place.driver)}`;
    throw new VolumeError(text, stages ? stepNames(place).stage : undefined, place.name);
  }
  makeDirectories(root, place.notes, 0o750);
  remember(context, volume, place);
  const { accessModes, volumeMode, mountOptions = [] } = volume.persistentVolume?.spec ?? {};
  const mount = { fs_type: volume.persistentVolume?.spec.csi?.fsType ?? '', mount_flags: mountOptions };
  const common = {
    volume_id: place.handle,
    publish_context: publishContext,
    volume_capability: volumeCapability(accessModes, volumeMode, mount),
  };
  const attributes = volume.persistentVolume?.spec.csi?.volumeAttributes ?? volume.volume.csi?.volumeAttributes ?? {};
  if (stages && driver.can.includes('STAGE_UNSTAGE_VOLUME')) {
    makeDirectories(root, place.staging, 0o750);
    const request = { ...common, staging_target_path: place.staging, volume_context: attributes };
    yield* step(stepNames(place).stage, place, callDriver(root, driver, 'NodeStageVolume', request));
  }
  const request = {
    ...common,
    staging_target_path: stages ? place.staging : '',
    target_path: place.target,
    readonly: volume.readOnly,
    volume_context: { ...attributes, ...podInfo(volume, csiDriver) },
  };
  if (place.isBlock) makeDirectories(root, place.target.slice(0, place.target.lastIndexOf('/')), 0o750);
  yield* step(stepNames(place).publish, place, callDriver(root, driver, 'NodePublishVolume', request));
  if (!place.isBlock) giveAway(context, volume, csiDriver, place.target);
  yield* expand(context, volume, place, driver);
}

function stepNames({ isBlock }: Place): { readonly stage: string; readonly publish: string } {
  return isBlock
    ? { stage: 'MapVolume.SetUpDevice', publish: 'MapVolume.MapPodDevice' }
    : { stage: 'MountVolume.MountDevice', publish: 'MountVolume.SetUp' };
}

function* expand(context: MountContext, volume: CsiVolume, place: Place, driver: Driver): Task<void> {
  if (!needsExpansion(context, volume) || !driver.can.includes('EXPAND_VOLUME')) return;
  yield* step('MountVolume.NodeExpandVolume', place, expandOnNode(context, volume, place, driver));
}

function* step<T>(name: string, place: Place, task: Task<T>): Task<T> {
  try {
    return yield* task;
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    throw new VolumeError(error.description, name, place.name);
  }
}

/** As the driver was installed; undefined when nobody has described it. */
function driverObject({ client }: Pick<MountContext, 'client'>, name: string): CSIDriver | undefined {
  try {
    return client.resource<CSIDriver>(csiDrivers).get(name);
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}

function* waitForAttachment(
  client: MountContext['client'],
  { sim, nodeName }: MountContext,
  { attachment }: Place,
): Task<Readonly<Record<string, string>>> {
  for (;;) {
    try {
      const { status } = client.resource<VolumeAttachment>(volumeAttachments).get(attachment);
      if (status?.attached === true) return status.attachmentMetadata ?? {};
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
    yield* sleep(sim, ATTACH_POLL_MS, `kubelet/${nodeName} attachment`);
  }
}

/** What a later kubelet needs to undo this, after `saveVolumeData`. */
function remember({ root, nodeName }: MountContext, volume: CsiVolume, place: Place): void {
  const data = {
    attachmentID: place.attachment,
    driverName: place.driver,
    nodeName,
    specVolID: place.name,
    volumeHandle: place.handle,
    volumeLifecycleMode: volume.persistentVolume === undefined ? 'Ephemeral' : 'Persistent',
  };
  root.writeFile(`${place.notes}/vol_data.json`, JSON.stringify(data), { mode: 0o644 });
}

/** https://kubernetes-csi.github.io/docs/pod-info.html */
function podInfo({ pod, persistentVolume }: CsiVolume, driver: CSIDriver | undefined): Record<string, string> {
  if (driver?.spec?.podInfoOnMount !== true) return {};
  return {
    'csi.storage.k8s.io/pod.name': pod.metadata.name,
    'csi.storage.k8s.io/pod.namespace': pod.metadata.namespace ?? 'default',
    'csi.storage.k8s.io/pod.uid': pod.metadata.uid,
    'csi.storage.k8s.io/serviceAccount.name': pod.spec.serviceAccountName ?? 'default',
    'csi.storage.k8s.io/ephemeral': String(persistentVolume === undefined),
  };
}

/** https://kubernetes-csi.github.io/docs/support-fsgroup.html */
function giveAway({ root }: MountContext, volume: CsiVolume, driver: CSIDriver | undefined, target: string): void {
  const { fsGroupPolicy = 'ReadWriteOnceWithFSType' } = driver?.spec ?? {};
  const { csi, accessModes } = volume.persistentVolume?.spec ?? {};
  const isOwned = (csi?.fsType ?? '') !== '' && accessModes?.includes('ReadWriteOnce') === true;
  if (fsGroupPolicy === 'None' || volume.readOnly || (fsGroupPolicy !== 'File' && !isOwned)) return;
  giveToGroup(root, volume.pod, target, false);
}
