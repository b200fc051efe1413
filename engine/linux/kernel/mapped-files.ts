import type { MappedMemory } from '../syscalls.ts';
import { RegularInode } from '../vfs/inode.ts';
import { MappedContent } from '../vfs/mapped-content.ts';
import { locate } from '../vfs/path.ts';
import type { TaskStruct } from './kernel.ts';
import { access, create, unlink } from './path-calls.ts';

/** See `Process.mapFile`. Throws Errno. */
export function mapFile(task: TaskStruct, path: string, memory: MappedMemory, mode: number): void {
  if (access(task, path, 'exists')) unlink(task, path);
  create(task, path, ({ fs }, owner) => {
    return new RegularInode(fs, { ...owner, mode: mode & ~task.umask }, new MappedContent(fs, memory));
  });
}

/** See `Process.mappedFile`. Throws Errno. */
export function mappedFile(task: TaskStruct, path: string): MappedMemory | undefined {
  const { inode } = locate(task, path);
  const content = inode instanceof RegularInode ? inode.content : undefined;
  return content instanceof MappedContent && !content.parted ? content.memory : undefined;
}
