import { Errno } from '../errno.ts';
import type { Stat } from '../syscalls.ts';
import { FileDescription } from './description.ts';
import { DirectoryInode } from './directory.ts';
import type { Inode, RegularInode } from './inode.ts';

export interface RegularFileAccess {
  readonly read: boolean;
  readonly write: boolean;
  readonly append: boolean;
}

/** An open regular file. */
export class RegularFile extends FileDescription {
  override readonly kind = 'file';
  readonly inode: RegularInode;
  readonly #directory: DirectoryInode | undefined;
  readonly #name: string;
  readonly #findPath: () => string;
  readonly #access: RegularFileAccess;
  #offset = 0;

  constructor(
    inode: RegularInode,
    findPath: () => string,
    access: RegularFileAccess,
    found: { readonly directory: Inode; readonly name: string },
  ) {
    super();
    this.inode = inode;
    this.#findPath = findPath;
    this.#access = access;
    const { directory } = found;
    this.#directory = directory instanceof DirectoryInode ? directory : undefined;
    this.#name = found.name;
    inode.openCount += 1;
  }

  /** Hardly ever asked for, while files are opened all the time. */
  override get path(): string {
    return this.#findPath();
  }

  override read(max: number): Uint8Array {
    if (!this.#access.read) throw new Errno('EBADF');
    const data = this.inode.content.read(this.#offset, max);
    this.#offset += data.length;
    this.inode.accessedMs = this.inode.fs.now();
    return data;
  }

  override write(data: Uint8Array, offset: number): number {
    if (!this.#access.write) throw new Errno('EBADF');
    const { inode } = this;
    if (this.#access.append) this.#offset = inode.content.size;
    const rest = offset === 0 ? data : data.subarray(offset);
    inode.executable = undefined;
    inode.content.write(this.#offset, rest);
    this.#offset += rest.length;
    this.#changed();
    return rest.length;
  }

  #changed(): void {
    this.inode.touch();
    this.#directory?.notify(this.#name);
  }

  override seek(offset: number, whence: 'set' | 'current' | 'end'): number {
    const base = whence === 'set' ? 0 : whence === 'current' ? this.#offset : this.inode.content.size;
    if (base + offset < 0) throw new Errno('EINVAL');
    this.#offset = base + offset;
    return this.#offset;
  }

  override truncate(size: number): void {
    if (!this.#access.write || size < 0) throw new Errno('EINVAL');
    this.inode.executable = undefined;
    this.inode.content.truncate(size);
    this.#changed();
  }

  override stat(): Stat {
    return this.inode.stat();
  }

  override release(): void {
    this.inode.openCount -= 1;
    this.inode.free();
  }
}

/** An open directory: only its attributes can be read through it. */
export class OpenDirectory extends FileDescription {
  override readonly kind = 'directory';
  override readonly path: string;
  readonly inode: DirectoryInode;

  constructor(inode: DirectoryInode, path: string) {
    super();
    this.inode = inode;
    this.path = path;
  }

  override read(_max: number): Uint8Array {
    throw new Errno('EISDIR');
  }

  override stat(): Stat {
    return this.inode.stat();
  }
}
