import { attachmentName } from '../../client/volume-attachment.ts';
import { createSha256, hexOf } from '../../linux/hash.ts';
import { encode } from '../../linux/stdio.ts';
import { podDirectory } from '../host-files.ts';
import type { PluginSurroundings } from '../plugins.ts';
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
  const directory = `${podDirectory(pod.metadata.uid)}/volumes/${CSI_DIRECTORY}/${name}`;
  return {
    name,
    driver,
    handle,
    directory,
    target: `${directory}/mount`,
    staging: stagingPath(driver, handle),
    uniqueName: `kubernetes.io/csi/${driver}^${handle}`,
    attachment: attachmentName(handle, driver, nodeName),
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
