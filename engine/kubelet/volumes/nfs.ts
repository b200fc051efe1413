import { makeDirectories } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { errnoText } from '../host-files.ts';
import { type MountedVolume, type Mounting, type VolumeContext, VolumeError, type VolumePlugin } from './volume.ts';

const MOUNT = '/bin/mount';

interface Share {
  readonly server: string;
  readonly path: string;
  readonly readOnly?: boolean;
}

/** https://kubernetes.io/docs/concepts/storage/volumes/#nfs, after `pkg/volume/nfs/nfs.go` */
export const nfs: VolumePlugin = {
  field: 'nfs',
  changes: false,
  directory: 'kubernetes.io~nfs',

  setUp(context, _pod, volume, directory) {
    return mountShare(context, volume.nfs!, directory, volume.name);
  },
};

/** @param name as the events call the volume */
export function mountShare(
  context: VolumeContext,
  share: Share,
  directory: string,
  name: string,
  options: readonly string[] = [],
): Mounting {
  const readOnly = share.readOnly === true;
  if (isMountPoint(context.root, directory)) return { hostPath: directory, readOnly };
  return mountNow(context, { ...share, readOnly }, directory, name, options);
}

function* mountNow(
  { root, run }: VolumeContext,
  { server, path, readOnly }: Share,
  directory: string,
  name: string,
  options: readonly string[],
): Task<MountedVolume> {
  if (run === undefined) throw new VolumeError('this node has no mount program', undefined, name);
  makeDirectories(root, directory, 0o750);
  const words = [...options, ...(readOnly === true ? ['ro'] : [])];
  const args = ['-t', 'nfs', ...(words.length === 0 ? [] : ['-o', words.join(',')]), `${server}:${path}`, directory];
  const { exitCode, output } = yield* tryRun(run(MOUNT, args), name);
  if (exitCode === 0) return { hostPath: directory, readOnly: readOnly === true };
  const text = `mount failed: exit status ${exitCode}\nMounting command: mount\nMounting arguments: ${args.join(' ')}`;
  throw new VolumeError(`${text}\nOutput: ${output}`, undefined, name);
}

function* tryRun<T>(task: Task<T>, name: string): Task<T> {
  try {
    return yield* task;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new VolumeError(`mount failed: fork/exec ${MOUNT}: ${errnoText(error)}`, undefined, name);
  }
}

/** Whether something is mounted at the directory. */
function isMountPoint(root: Process, directory: string): boolean {
  return decode(root.readFile('/proc/mounts'))
    .split('\n')
    .some((line) => line.split(' ')[1] === directory);
}
