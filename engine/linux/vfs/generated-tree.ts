import type { FileSystem } from './filesystem.ts';
import { GeneratedDirectory, GeneratedInode } from './generated.ts';
import type { Inode } from './inode.ts';

/** A directory of generated files, by paths below it; the files are asked for anew at each look. */
export function generatedTree(fs: FileSystem, files: () => ReadonlyMap<string, () => string>, prefix = ''): Inode {
  const below = (): string[] => [...files().keys()].filter((path) => path.startsWith(prefix));
  return new GeneratedDirectory(
    fs,
    (name) => {
      const path = `${prefix}${name}`;
      const generate = files().get(path);
      if (generate !== undefined) return new GeneratedInode(fs, generate);
      return below().some((each) => each.startsWith(`${path}/`)) ? generatedTree(fs, files, `${path}/`) : undefined;
    },
    () => [...new Set(below().map((path) => path.slice(prefix.length).split('/')[0]!))].sort(),
  );
}
