import { Errno } from '../errno.ts';
import type { FileType, Stat } from '../syscalls.ts';
import { FileDescription } from './description.ts';
import { DirectoryInode } from './directory.ts';
import type { FileSystem } from './filesystem.ts';
import { Inode } from './inode.ts';

/** A file of /proc or /sys: its text is made when it is opened. */
export class GeneratedInode extends Inode {
  override readonly type: FileType = 'file';
  readonly generate: () => string;
  /** What a write does; absent for read-only files. Throws Errno. */
  readonly accept: ((text: string) => void) | undefined;

  constructor(
    fs: FileSystem,
    generate: () => string,
    options: { mode?: number; uid?: number; gid?: number; accept?: (text: string) => void } = {},
  ) {
    const mode = options.mode ?? (options.accept === undefined ? 0o444 : 0o644);
    super(fs, { mode, uid: options.uid ?? 0, gid: options.gid ?? 0 });
    this.generate = generate;
    this.accept = options.accept;
  }
}

/** An open generated file: the text as it was when it was opened. */
export class GeneratedFile extends FileDescription {
  override readonly kind = 'file';
  override readonly path: string;
  readonly #inode: GeneratedInode;
  #bytes: Uint8Array | undefined;
  #offset = 0;

  constructor(inode: GeneratedInode, path: string) {
    super();
    this.#inode = inode;
    this.path = path;
  }

  override read(max: number): Uint8Array {
    this.#bytes ??= new TextEncoder().encode(this.#inode.generate());
    const data = this.#bytes.subarray(this.#offset, this.#offset + max);
    this.#offset += data.length;
    return data;
  }

  override write(data: Uint8Array, offset: number): number {
    if (this.#inode.accept === undefined) throw new Errno('EACCES');
    this.#inode.accept(new TextDecoder().decode(data.subarray(offset)));
    return data.length - offset;
  }

  override seek(offset: number, whence: 'set' | 'current' | 'end'): number {
    const next = whence === 'set' ? offset : whence === 'current' ? this.#offset + offset : -1;
    if (next < 0) throw new Errno('EINVAL');
    this.#offset = next;
    return next;
  }

  override truncate(_size: number): void {}

  override stat(): Stat {
    return this.#inode.stat();
  }
}

interface GeneratedDirectoryOptions {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** What mkdir and rmdir do in it; they are refused unless told. Throw Errno. */
  readonly make?: (name: string) => void;
  readonly remove?: (name: string) => void;
}

/** A directory whose entries are found when they are looked up. */
export class GeneratedDirectory extends DirectoryInode {
  readonly #find: (name: string) => Inode | undefined;
  readonly #list: () => readonly string[];
  readonly #make: ((name: string) => void) | undefined;
  readonly #remove: ((name: string) => void) | undefined;

  constructor(
    fs: FileSystem,
    find: (name: string) => Inode | undefined,
    list: () => readonly string[],
    owner: GeneratedDirectoryOptions = {},
  ) {
    super(fs, { mode: owner.mode ?? 0o555, uid: owner.uid ?? 0, gid: owner.gid ?? 0 });
    this.#make = owner.make;
    this.#remove = owner.remove;
    this.#find = find;
    this.#list = list;
  }

  override lookup(name: string): Inode | undefined {
    const inode = this.#find(name);
    if (inode instanceof DirectoryInode) {
      inode.parent = this;
      inode.name = name;
    }
    return inode;
  }

  override names(): readonly string[] {
    return this.#list();
  }

  override get size(): number {
    return 0;
  }

  override get generated(): boolean {
    return true;
  }

  override makeDirectory(name: string): void {
    if (this.#make === undefined) throw new Errno('EPERM');
    this.#make(name);
  }

  override removeDirectory(name: string): void {
    if (this.#remove === undefined) throw new Errno('EPERM');
    this.#remove(name);
  }
}

/** A generated directory from a table of makers. */
export function directoryOf(
  fs: FileSystem,
  entries: Readonly<Record<string, () => Inode>>,
  owner: { mode?: number; uid?: number; gid?: number } = {},
): GeneratedDirectory {
  const names = Object.keys(entries).sort();
  return new GeneratedDirectory(
    fs,
    (name) => (Object.hasOwn(entries, name) ? entries[name]!() : undefined),
    () => names,
    owner,
  );
}
