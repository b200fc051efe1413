import { Errno } from '../errno.ts';
import type { FileSystem } from './filesystem.ts';
import { DeviceInode, Inode, type Ownership, RegularInode, SymlinkInode } from './inode.ts';
import type { LowerDirectory, LowerNode } from './lower-tree.ts';

/** A directory of any file system. */
export abstract class DirectoryInode extends Inode {
  override readonly type = 'directory';
  /** The directory above; undefined for the root of a file system. */
  parent: DirectoryInode | undefined;
  /** Its name there; a directory has only one. */
  name = '';
  #watchers: Set<(name: string) => void> | undefined;

  abstract lookup(name: string): Inode | undefined;
  /** Names in order. */
  abstract names(): readonly string[];

  insert(_name: string, _inode: Inode): void {
    throw new Errno('EPERM');
  }

  remove(_name: string): void {
    throw new Errno('EPERM');
  }

  /** Whether directories are made and removed by `makeDirectory` and `removeDirectory` instead of as inodes. */
  get generated(): boolean {
    return false;
  }

  makeDirectory(_name: string): void {
    throw new Errno('EPERM');
  }

  removeDirectory(_name: string): void {
    throw new Errno('EPERM');
  }

  /** In memory a directory is its entries, each of which counts as 20 (BOGO_DIRENT_SIZE of Linux' mm/shmem.c). */
  override get size(): number {
    return this.#inMemory ? 20 * (2 + this.names().length) : 4096;
  }

  override get allocatedBytes(): number {
    return this.#inMemory ? 0 : 4096;
  }

  get #inMemory(): boolean {
    return this.fs.type === 'tmpfs';
  }

  watch(listener: (name: string) => void): () => void {
    this.#watchers ??= new Set();
    this.#watchers.add(listener);
    return () => this.#watchers?.delete(listener);
  }

  /** Tells the watchers that something happened to this name. */
  notify(name: string): void {
    if (this.#watchers !== undefined) for (const listener of [...this.#watchers]) listener(name);
  }
}

/** What image files show as their time: the day the images were built. */
const BUILD_TIME_MS = Date.UTC(2025, 11, 1, 12, 0, 0);

/**
 * A directory in memory, over an immutable one if it comes from a layer. Nodes of the layer become inodes of this
 * file system when they are first looked up; their bytes stay shared until they are written. That is what overlayfs
 * achieves with copy-up, without a second kind of inode.
 */
export class MemoryDirectory extends DirectoryInode {
  readonly #lower: LowerDirectory | undefined;
  /** What was looked up or changed; null hides a name of the lower directory. */
  #entries: Map<string, Inode | null> | undefined;
  /** The only one of them, as long as a second has not asked for a map: many directories hold one thing. */
  #onlyName: string | undefined;
  #only: Inode | null = null;

  constructor(fs: FileSystem, owner: Ownership, lower?: LowerDirectory) {
    super(fs, owner, lower === undefined ? undefined : BUILD_TIME_MS);
    this.#lower = lower;
    this.links = 2;
  }

  static root(fs: FileSystem, lower: LowerDirectory): MemoryDirectory {
    return new MemoryDirectory(fs, lower, lower);
  }

  override lookup(name: string): Inode | undefined {
    const entry = this.#entry(name);
    if (entry !== undefined) return entry ?? undefined;
    const node = this.#lower?.children.get(name);
    if (node === undefined) return undefined;
    const inode = materialise(this.fs, node);
    this.#put(name, inode);
    return inode;
  }

  override names(): readonly string[] {
    const names: string[] = [];
    if (this.#lower !== undefined) {
      for (const name of this.#lower.children.keys()) if (this.#entry(name) === undefined) names.push(name);
    }
    if (this.#entries !== undefined) for (const [name, inode] of this.#entries) if (inode !== null) names.push(name);
    if (this.#onlyName !== undefined && this.#only !== null) names.push(this.#onlyName);
    return names.length < 2 ? names : names.sort();
  }

  override insert(name: string, inode: Inode): void {
    this.#put(name, inode);
    this.touch();
    this.notify(name);
  }

  override remove(name: string): void {
    if (this.#lower?.children.has(name)) this.#set(name, null);
    else if (this.#entries !== undefined) this.#entries.delete(name);
    else if (this.#onlyName === name) this.#forgetOnly();
    this.touch();
    this.notify(name);
  }

  #entry(name: string): Inode | null | undefined {
    if (this.#entries !== undefined) return this.#entries.get(name);
    return this.#onlyName === name ? this.#only : undefined;
  }

  #set(name: string, inode: Inode | null): void {
    if (this.#entries === undefined) {
      if (this.#onlyName === undefined || this.#onlyName === name) {
        this.#onlyName = name;
        this.#only = inode;
        return;
      }
      this.#entries = new Map();
      this.#entries.set(this.#onlyName, this.#only);
      this.#forgetOnly();
    }
    this.#entries.set(name, inode);
  }

  #forgetOnly(): void {
    this.#onlyName = undefined;
    this.#only = null;
  }

  #put(name: string, inode: Inode): void {
    this.#set(name, inode);
    if (inode instanceof DirectoryInode) {
      inode.parent = this;
      inode.name = name;
    }
  }
}

function materialise(fs: FileSystem, node: LowerNode): Inode {
  switch (node.kind) {
    case 'directory':
      return new MemoryDirectory(fs, node, node);
    case 'symlink':
      return new SymlinkInode(fs, { mode: 0o777, uid: 0, gid: 0 }, node.target, BUILD_TIME_MS);
    case 'device':
      return new DeviceInode(fs, { mode: node.mode, uid: 0, gid: 0 }, 'character', node.deviceNumber, BUILD_TIME_MS);
    case 'file': {
      const inode = new RegularInode(fs, node, node.bytes, BUILD_TIME_MS);
      inode.executable = node.executable;
      return inode;
    }
  }
}
