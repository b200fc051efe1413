import { numericValue } from '../../api/quantity.ts';
import { makeDirectories } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import type { VolumePlugin } from './volume.ts';

/** https://kubernetes.io/docs/concepts/storage/volumes/#emptydir */
export const emptyDir: VolumePlugin = {
  field: 'emptyDir',

  setUp({ root }, pod, volume, directory) {
    if (root.access(directory, 'exists')) return directory;
    makeDirectories(root, directory, 0o750);
    if (volume.emptyDir?.medium === 'Memory') {
      const { sizeLimit } = volume.emptyDir;
      const bytes = sizeLimit === undefined ? undefined : numericValue(sizeLimit as string);
      root.mount({ type: 'tmpfs', target: directory, sizeLimit: bytes });
    }
    const fsGroup = pod.spec.securityContext?.fsGroup;
    root.chmod(directory, fsGroup === undefined ? 0o777 : 0o2777);
    if (fsGroup !== undefined) root.chown(directory, 0, fsGroup);
    return directory;
  },

  tearDown({ root }, directory) {
    try {
      root.unmount(directory);
    } catch (error) {
      // Most are not mounts.
      if (!(error instanceof Errno)) throw error;
    }
  },
};
