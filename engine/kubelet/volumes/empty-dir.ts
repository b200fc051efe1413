import { numericValue } from '../../api/quantity.ts';
import { makeDirectories } from '../../linux/directory-tree.ts';
import type { Process } from '../../linux/syscalls.ts';
import { giveToGroup } from './ownership.ts';
import { VolumeError, type VolumePlugin } from './volume.ts';

/** https://kubernetes.io/docs/concepts/storage/volumes/#emptydir, after `pkg/volume/emptydir/empty_dir.go` */
export const emptyDir: VolumePlugin = {
  field: 'emptyDir',
  changes: false,
  directory: 'kubernetes.io~empty-dir',

  setUp({ root }, pod, volume, directory) {
    if (root.access(directory, 'exists')) return { hostPath: directory, readOnly: false };
    const { medium = '', sizeLimit } = volume.emptyDir!;
    if (medium !== '' && medium !== 'Memory') {
      throw new VolumeError(`the medium "${medium}" is not supported by this simulation`);
    }
    makeDirectories(root, directory, 0o750);
    if (medium === 'Memory') {
      const bytes = sizeLimit === undefined ? undefined : numericValue(sizeLimit as string);
      root.mount({ type: 'tmpfs', target: directory, sizeLimit: bytes });
    }
    root.chmod(directory, 0o777);
    giveToGroup(root, pod, directory, false);
    return { hostPath: directory, readOnly: false };
  },
};

/** A volume whose files are only in memory, as those with secrets are. */
export function mountInMemory(root: Process, directory: string): void {
  if (root.access(directory, 'exists')) return;
  makeDirectories(root, directory, 0o750);
  root.mount({ type: 'tmpfs', target: directory });
  root.chmod(directory, 0o777);
}
