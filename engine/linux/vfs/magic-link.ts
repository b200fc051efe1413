import type { FileSystem } from './filesystem.ts';
import { Inode } from './inode.ts';
import type { Location } from './mount.ts';

/**
 * A link of /proc that leads to an object rather than to a path: /proc/<pid>/fd/<n>, exe, cwd, root. Following it
 * works even when the object has no path that the reader could walk.
 */
export class MagicLink extends Inode {
  override readonly type = 'symlink';
  readonly #text: () => string;
  readonly follow: () => Location;

  constructor(fs: FileSystem, owner: { uid: number; gid: number }, text: () => string, follow: () => Location) {
    super(fs, { mode: 0o777, uid: owner.uid, gid: owner.gid });
    this.#text = text;
    this.follow = follow;
  }

  /** What readlink(2) returns. */
  get target(): string {
    return this.#text();
  }
}
