import type { Node, PersistentVolume, Pod, Volume } from '../../api/kinds.ts';
import { StatusError } from '../../api/status-error.ts';
import { termMatches } from '../../client/node-selector.ts';
import { ConnectionError } from '../../client/transport.ts';
import type { Process } from '../../linux/syscalls.ts';
import { podDirectory } from '../host-files.ts';
import { mapDevice } from './block-device.ts';
import { pluginsOf } from './csi.ts';
import { checkHostPath } from './host-path.ts';
import { mountShare } from './nfs.ts';
import { giveToGroup } from './ownership.ts';
import { isTask, type Mounting, UnknownVolume, type VolumeContext, VolumeError, type VolumePlugin } from './volume.ts';

/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes */
export const persistentVolumeClaim: VolumePlugin = {
  field: 'persistentVolumeClaim',
  // Claims grow.
  changes: true,
  directory: 'kubernetes.io~local-volume',

  setUp(context, pod, volume) {
    const { claimName, readOnly = false } = volume.persistentVolumeClaim!;
    return mountClaimed(context, pod, volume, claimName, readOnly);
  },
};

/** A claim that lives and dies with the Pod. https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/ */
export const ephemeral: VolumePlugin = {
  field: 'ephemeral',
  changes: true,
  directory: 'kubernetes.io~local-volume',

  setUp(context, pod, volume) {
    return mountClaimed(context, pod, volume, `${pod.metadata.name}-${volume.name}`, false);
  },
};

/** Makes whoever uses the volume a member of this group. https://kubernetes.io/docs/tasks/configure-pod-container/configure-persistent-volume-storage/#access-control */
const GROUP = 'pv.beta.kubernetes.io/gid';

function mountClaimed(
  context: VolumeContext,
  pod: Pod,
  volume: Volume,
  claimName: string,
  readOnly: boolean,
): Mounting {
  const { namespace } = pod.metadata;
  const found = lookUp(`error processing PVC ${namespace}/${claimName}:`, () => boundVolume(context, pod, claimName));
  const mounting = mountVolume(context, pod, volume, found, readOnly);
  const gid = found.metadata.annotations?.[GROUP] ?? '';
  return /^\d+$/.test(gid) && !isTask(mounting) ? { ...mounting, gid: Number(gid) } : mounting;
}

function mountVolume(
  context: VolumeContext,
  pod: Pod,
  volume: Volume,
  found: PersistentVolume,
  readOnly: boolean,
): Mounting {
  const { name } = found.metadata;
  const { volumeMode = 'Filesystem', hostPath, local, nfs, csi, mountOptions } = found.spec;
  checkUse(pod, volume.name, volumeMode);
  checkAffinity(found, context.node());
  if (hostPath !== undefined) {
    nameIn(name, () => checkHostPath(context.root, hostPath.path, hostPath.type ?? ''));
    return { hostPath: hostPath.path, readOnly };
  }
  if (local !== undefined && volumeMode === 'Block') {
    const device = blockDevice(context.root, local.path, name);
    return mapDevice(context, { pod, plugin: 'kubernetes.io~local-volume', name, device, readOnly });
  }
  if (local !== undefined) {
    if (!context.root.access(local.path, 'exists')) {
      throw new VolumeError(`path "${local.path}" does not exist`, 'MountVolume.NewMounter initialization', name);
    }
    if (!readOnly) giveToGroup(context.root, pod, local.path, false);
    return { hostPath: local.path, readOnly };
  }
  if (nfs !== undefined) {
    const directory = `${podDirectory(pod.metadata.uid)}/volumes/kubernetes.io~nfs/${name}`;
    return mountShare(context, { ...nfs, readOnly: readOnly || nfs.readOnly === true }, directory, name, mountOptions);
  }
  if (csi !== undefined) return pluginsOf(context).setUp(context, { pod, volume, persistentVolume: found, readOnly });
  throw new VolumeError(`persistent volumes of this kind are not supported by this simulation`, undefined, name);
}

/** The messages of the real kubelet's desired_state_of_world_populator.go. */
function boundVolume({ claims: { claims, volumes } }: VolumeContext, pod: Pod, claimName: string): PersistentVolume {
  const claim = lookUp('failed to fetch PVC from API server:', () => claims.get(claimName, pod.metadata.namespace));
  if (claim.metadata.deletionTimestamp !== undefined) throw new UnknownVolume('PVC is being deleted');
  if (claim.status?.phase !== 'Bound') throw new UnknownVolume('PVC is not bound');
  const { volumeName = '' } = claim.spec;
  if (volumeName === '') throw new UnknownVolume('PVC has empty pvc.Spec.VolumeName');
  const volume = lookUp(`failed to fetch PV ${volumeName} from API server:`, () => volumes.get(volumeName));
  const { claimRef } = volume.spec;
  if (claimRef === undefined) {
    throw new UnknownVolume(
      `found PV object ${volumeName} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`,
    );
  }
  if (claimRef.uid !== claim.metadata.uid) {
    throw new UnknownVolume(
      `found PV object ${volumeName} but its pv.Spec.ClaimRef.UID ${claimRef.uid} does not point to claim.UID ${claim.metadata.uid}`,
    );
  }
  return volume;
}

function lookUp<T>(prefix: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (error instanceof UnknownVolume || error instanceof StatusError || error instanceof ConnectionError) {
      throw new UnknownVolume(`${prefix} ${error.message}`);
    }
    throw error;
  }
}

function nameIn(volume: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof VolumeError) throw new VolumeError(error.message, error.step, volume);
    throw error;
  }
}

/** A disk is given to a container as a device, a file system is mounted. */
function checkUse({ spec }: Pod, volume: string, volumeMode: string): void {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const [wrong, field] =
    volumeMode === 'Block'
      ? [containers.flatMap(({ volumeMounts = [] }) => volumeMounts), 'volumeMounts']
      : [containers.flatMap(({ volumeDevices = [] }) => volumeDevices), 'volumeDevices'];
  if (wrong.every(({ name }) => name !== volume)) return;
  throw new UnknownVolume(`volume ${volume} has volumeMode ${volumeMode}, but is specified in ${field}`);
}

function blockDevice(root: Process, path: string, volume: string): string {
  if (!root.access(path, 'exists')) {
    throw new VolumeError(`path "${path}" does not exist`, 'MapVolume.SetUpDevice', volume);
  }
  if (root.stat(path).type !== 'block') {
    throw new VolumeError(`path "${path}" is not a block device`, 'MapVolume.SetUpDevice', volume);
  }
  return root.realpath(path);
}

function checkAffinity({ metadata, spec }: PersistentVolume, node: Node | undefined): void {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
  if (terms === undefined || node === undefined || terms.some((term) => termMatches(term, node))) return;
  throw new VolumeError('no matching NodeSelectorTerms', 'MountVolume.NodeAffinity check', metadata.name);
}
