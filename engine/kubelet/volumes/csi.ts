import { CSI_DIRECTORY } from './tear-down.ts';
import { type NodePlugins, type VolumeContext, VolumeError, type VolumePlugin } from './volume.ts';

/** A volume that a driver makes for the Pod alone. https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#csi-ephemeral-volumes */
export const csi: VolumePlugin = {
  field: 'csi',
  changes: false,
  directory: CSI_DIRECTORY,

  setUp(context, pod, volume) {
    return pluginsOf(context).setUp(context, { pod, volume, readOnly: volume.csi!.readOnly === true });
  },
};

/** @throws VolumeError on a node that cannot speak to drivers */
export function pluginsOf({ plugins }: VolumeContext): NodePlugins {
  const found = plugins.get();
  if (found === undefined) throw new VolumeError('csi volumes are not supported by this node');
  return found;
}
