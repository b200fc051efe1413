import type { Pod } from '../../api/kinds.ts';
import { numericValue } from '../../api/quantity.ts';
import { makeDirectories } from '../../linux/directory-tree.ts';
import { podLimits } from '../cgroups.ts';
import { giveToGroup } from './ownership.ts';
import { type VolumeContext, VolumeError, type VolumePlugin } from './volume.ts';

/** https://kubernetes.io/docs/concepts/storage/volumes/#emptydir, after `pkg/volume/emptydir/empty_dir.go` */
export const emptyDir: VolumePlugin = {
  field: 'emptyDir',
  changes: false,
  directory: 'kubernetes.io~empty-dir',

  setUp(context, pod, volume, directory) {
    const { root } = context;
    if (root.access(directory, 'exists')) return { hostPath: directory, readOnly: false };
    const { medium = '', sizeLimit } = volume.emptyDir!;
    if (medium !== '' && medium !== 'Memory') {
      throw new VolumeError(`the medium "${medium}" is not supported by this simulation`);
    }
    makeDirectories(root, directory, 0o750);
    if (medium === 'Memory') mountTmpfs(context, pod, directory, sizeLimit as string | undefined);
    // A tmpfs has the mode 1777 from the start.
    else root.chmod(directory, 0o777);
    giveToGroup(root, pod, directory, false);
    return { hostPath: directory, readOnly: false };
  },
};

/** A volume whose files are only in memory, as those with secrets are. */
export function mountInMemory(context: VolumeContext, pod: Pod, directory: string): void {
  if (makeDirectories(context.root, directory, 0o750)) mountTmpfs(context, pod, directory);
}

/** No larger than what its Pod may have of the node's memory, nor than its own limit. */
function mountTmpfs({ root, allocatable }: VolumeContext, pod: Pod, target: string, sizeLimit?: string): void {
  const bounds = [podLimits(pod).memoryBytes ?? 0, sizeLimit === undefined ? 0 : numericValue(sizeLimit)];
  const bytes = Math.min(allocatable('memory'), ...bounds.filter((bound) => bound > 0));
  root.mount({ type: 'tmpfs', target, sizeLimit: bytes });
}
