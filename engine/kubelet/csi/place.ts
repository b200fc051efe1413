import { attachmentName } from '../../client/volume-attachment.ts';
import { createSha256, hexOf } from '../../linux/hash.ts';
import { encode } from '../../linux/stdio.ts';
import { podDirectory } from '../host-files.ts';
import type { PluginSurroundings } from '../plugins.ts';
import { deviceDirectory } from '../volumes/block-device.ts';
import { CSI_DIRECTORY } from '../volumes/tear-down.ts';
import type { CsiVolume, VolumeContext } from '../volumes/volume.ts';
import type { Drivers } from './driver.ts';

/** Where a volume comes to lie, and what it is called there. */
export interface Place {
  /** In events. */
  readonly name: string;
  readonly driver: string;
  readonly handle: string;
  /** Below the Pod's directory. */
  readonly directory: string;
  readonly target: string;
  /** Where the driver prepares it for all Pods of the node. */
  readonly staging: string;
  readonly uniqueName: string;
  /** The volume is a device: `target` is its node. */
  readonly isBlock: boolean;
  /** Where the notes for a later kubelet lie. */
  readonly notes: string;
  readonly attachment: string;
}

export type MountContext = VolumeContext & PluginSurroundings & { readonly drivers: Drivers };

const STAGING = '/var/lib/kubelet/plugins/kubernetes.io/csi';

export function placeOf({ pod, volume, persistentVolume }: CsiVolume, nodeName: string): Place {
  const inline = `csi-${digest(`${pod.metadata.uid}${volume.name}`)}`;
  const { driver, volumeHandle: handle } = persistentVolume?.spec.csi ?? {
    driver: volume.csi!.driver,
    volumeHandle: inline,
  };
  const name = persistentVolume?.metadata.name ?? volume.name;
  const { uid } = pod.metadata;
  const named = {
    name,
    driver,
    handle,
    uniqueName: `kubernetes.io/csi/${driver}^${handle}`,
    attachment: attachmentName(handle, driver, nodeName),
  };
  if (persistentVolume?.spec.volumeMode === 'Block') {
    return {
      ...named,
      isBlock: true,
      directory: `${deviceDirectory(uid, CSI_DIRECTORY)}/${name}`,
      ...blockPaths(name, uid),
    };
  }
  const directory = `${podDirectory(uid)}/volumes/${CSI_DIRECTORY}/${name}`;
  return {
    ...named,
    isBlock: false,
    directory,
    notes: directory,
    target: `${directory}/mount`,
    staging: stagingPath(driver, handle),
  };
}

/** Where a block volume comes to lie: all but the Pod's link is outside of the Pod's directory. */
export function blockPaths(volume: string, uid: string): Pick<Place, 'target' | 'staging' | 'notes'> {
  const devices = `${STAGING}/volumeDevices`;
  return {
    target: `${devices}/publish/${volume}/${uid}`,
    staging: `${devices}/staging/${volume}`,
    notes: `${devices}/${volume}/data`,
  };
}

export function stagingPath(driver: string, handle: string): string {
  return `${STAGING}/${driver}/${digest(handle)}/globalmount`;
}

function digest(text: string): string {
  const hash = createSha256();
  hash.update(encode(text));
  return hexOf(hash.digest());
}
