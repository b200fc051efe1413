import { makeDirectories } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import type { FileType, Process } from '../../linux/syscalls.ts';
import { errnoText } from '../host-files.ts';
import { VolumeError, type VolumePlugin } from './volume.ts';

const REQUIRED_TYPES: Readonly<Record<string, readonly [FileType, string]>> = {
  Directory: ['directory', 'is not a directory'],
  File: ['file', 'is not a file'],
  Socket: ['socket', 'is not a socket file'],
  CharDevice: ['character', 'is not a character device'],
  BlockDevice: ['block', 'is not a block device'],
};

/** https://kubernetes.io/docs/concepts/storage/volumes/#hostpath, after `pkg/volume/hostpath/host_path.go` */
export const hostPath: VolumePlugin = {
  field: 'hostPath',
  changes: false,
  directory: 'kubernetes.io~host-path',

  setUp({ root }, _pod, volume) {
    const { path, type = '' } = volume.hostPath!;
    checkHostPath(root, path, type);
    return { hostPath: path, readOnly: false };
  },
};

/** @throws VolumeError when there is something else at the path than `type` says. */
export function checkHostPath(root: Process, path: string, type: string): void {
  const found = typeOf(root, path);
  if (type === 'DirectoryOrCreate') {
    if (found === undefined) make('mkdir', path, () => makeDirectories(root, path, 0o755));
    else if (found !== 'directory') throw mismatch(path, 'is not a directory');
  } else if (type === 'FileOrCreate') {
    if (found === undefined) make('open', path, () => root.writeFile(path, '', { mode: 0o644 }));
    else if (found !== 'file') throw mismatch(path, 'is not a file');
  } else if (type !== '') {
    const [required, complaint] = REQUIRED_TYPES[type] ?? [undefined, 'is an invalid volume type'];
    if (found !== required) throw mismatch(path, complaint);
  }
}

function make(call: string, path: string, create: () => void): void {
  try {
    create();
  } catch (error) {
    if (error instanceof Errno) throw new VolumeError(`${call} ${path}: ${errnoText(error)}`);
    throw error;
  }
}

function mismatch(path: string, complaint: string): VolumeError {
  return new VolumeError(`hostPath type check failed: ${path} ${complaint}`);
}

function typeOf(root: Process, path: string): FileType | undefined {
  try {
    return root.stat(path).type;
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
