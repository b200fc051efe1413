import type { FileTree, FileTreeEntry } from '../host.ts';
import type { Process } from '../syscalls.ts';
import type { RegularInode } from '../vfs/inode.ts';
import { locate } from '../vfs/path.ts';
import type { Kernel } from './kernel.ts';

/**
 * Puts a tree's files on a running machine's disk, each in place of what has its name, as package managers do: a process that
 * runs an old executable goes on with it. Throws Errno.
 */
export function unpack(kernel: Kernel, tree: FileTree): void {
  const { process } = kernel.init;
  for (const [path, entry] of Object.entries(tree)) {
    process.makeDirectories('directory' in entry ? path : path.slice(0, path.lastIndexOf('/')) || '/');
    if ('directory' in entry) continue;
    const fresh = `${path}.dpkg-new`;
    write(kernel, process, fresh, entry);
    process.rename(fresh, path);
  }
}

function write(kernel: Kernel, process: Process, path: string, entry: FileTreeEntry): void {
  if ('symlink' in entry) process.symlink(entry.symlink, path);
  else if ('program' in entry) {
    const executable = kernel.executables.of(entry.program, entry.size);
    process.writeFile(path, executable.image, { mode: entry.mode ?? 0o755 });
    (locate(kernel.init, path).inode as RegularInode).executable = executable;
  } else if (!('directory' in entry)) {
    process.writeFile(path, 'text' in entry ? entry.text : entry.bytes, { mode: entry.mode ?? 0o644 });
  }
}
