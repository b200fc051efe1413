import { makeDirectories } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import type { FileType, Process } from '../../linux/syscalls.ts';
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

  setUp({ root }, _pod, volume) {
    const { path, type = '' } = volume.hostPath!;
    const found = typeOf(root, path);
    if (type === 'DirectoryOrCreate') {
      if (found === undefined) makeDirectories(root, path, 0o755);
      else if (found !== 'directory') throw mismatch(path, 'is not a directory');
    } else if (type === 'FileOrCreate') {
      if (found === undefined) root.writeFile(path, '', { mode: 0o644 });
      else if (found !== 'file') throw mismatch(path, 'is not a file');
    } else if (type !== '') {
      const [required, complaint] = REQUIRED_TYPES[type] ?? [undefined, `has unknown type ${type}`];
      if (found !== required) throw mismatch(path, complaint);
    }
    return path;
  },
};

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
