import { encode } from '../stdio.ts';
import type { FileType, Stat } from '../syscalls.ts';
import type { FileDescription } from './description.ts';
import type { Executable } from './executables.ts';
import { FileContent } from './file-content.ts';
import { type FileSystem, INODE_HEAP_BYTES } from './filesystem.ts';

export interface Ownership {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const BLOCK_BYTES = 4096;

/** A file, by whatever names it has. */
export abstract class Inode {
  abstract readonly type: FileType;
  readonly fs: FileSystem;
  readonly number: number;
  mode: number;
  uid: number;
  gid: number;
  links = 1;
  /** Whether it counts in its file system's quota; nodes of layers do not. */
  counted = false;
  /** How many mounts lie on it, in all namespaces: with none, a path that leads here need not look for one. */
  mountsOn = 0;
  accessedMs: number;
  modifiedMs: number;
  changedMs: number;

  constructor(fs: FileSystem, owner: Ownership, timeMs = fs.now(), number = fs.allocateInode()) {
    this.fs = fs;
    this.number = number;
    this.mode = owner.mode;
    this.uid = owner.uid;
    this.gid = owner.gid;
    this.accessedMs = timeMs;
    this.modifiedMs = timeMs;
    this.changedMs = timeMs;
  }

  get size(): number {
    return 0;
  }

  /** Bytes on the disk, in whole blocks of 4 KiB. */
  get allocatedBytes(): number {
    return Math.ceil(this.size / BLOCK_BYTES) * BLOCK_BYTES;
  }

  /** Of a device: major and minor. */
  get deviceNumber(): readonly [number, number] | undefined {
    return undefined;
  }

  /** The content changed. */
  touch(): void {
    this.modifiedMs = this.changedMs = this.fs.now();
  }

  /** Takes its place in the quota. Throws ENOSPC. */
  count(): this {
    this.fs.quota.reserveInodes(1);
    try {
      this.fs.heap.reserve(INODE_HEAP_BYTES);
    } catch (error) {
      this.fs.quota.reserveInodes(-1);
      throw error;
    }
    this.counted = true;
    return this;
  }

  /** The last name is gone (and the last descriptor, for regular files). */
  free(): void {
    if (!this.counted) return;
    this.fs.quota.reserveInodes(-1);
    this.fs.heap.reserve(-INODE_HEAP_BYTES);
    this.counted = false;
  }

  /** A mount needs the inode, whatever becomes of its names. */
  hold(): void {}

  /** The mount is gone. */
  release(): void {}

  stat(): Stat {
    const stat: Stat = {
      type: this.type,
      mode: this.mode,
      uid: this.uid,
      gid: this.gid,
      size: this.size,
      blocks: this.allocatedBytes / 512,
      links: this.links,
      inode: this.number,
      device: this.fs.device,
      accessedMs: this.accessedMs,
      modifiedMs: this.modifiedMs,
      changedMs: this.changedMs,
    };
    const { deviceNumber } = this;
    return deviceNumber === undefined ? stat : { ...stat, deviceNumber };
  }
}

export class RegularInode extends Inode {
  override readonly type = 'file';
  readonly content: FileContent;
  /** Present as long as nobody has written to the file. */
  executable: Executable | undefined;
  /** Descriptions and mounts of it. */
  openCount = 0;

  constructor(fs: FileSystem, owner: Ownership, content?: Uint8Array | FileContent, timeMs?: number) {
    super(fs, owner, timeMs);
    this.content = content instanceof FileContent ? content : new FileContent(fs, content);
  }

  override get size(): number {
    return this.executable?.size ?? this.content.size;
  }

  override get allocatedBytes(): number {
    if (this.executable !== undefined) return super.allocatedBytes;
    return Math.ceil(this.content.allocatedBytes / BLOCK_BYTES) * BLOCK_BYTES;
  }

  /** Makes this all that is in it, or puts it at the end. Throws Errno. */
  put(data: Uint8Array | string, append: boolean): void {
    const { content } = this;
    this.executable = undefined;
    if (typeof data === 'string' && !append) content.replace(data);
    else {
      if (!append) content.truncate(0);
      content.write(content.size, typeof data === 'string' ? encode(data) : data);
    }
    this.touch();
  }

  override free(): void {
    if (this.links > 0 || this.openCount > 0) return;
    this.content.free();
    super.free();
  }

  override hold(): void {
    this.openCount += 1;
  }

  override release(): void {
    this.openCount -= 1;
    this.free();
  }
}

export class SymlinkInode extends Inode {
  override readonly type = 'symlink';
  readonly target: string;

  constructor(fs: FileSystem, owner: Ownership, target: string, timeMs?: number) {
    super(fs, { ...owner, mode: 0o777 }, timeMs);
    this.target = target;
  }

  override get size(): number {
    return this.target.length;
  }

  /** A short target is kept in the inode itself. */
  override get allocatedBytes(): number {
    return 0;
  }
}

/** A character or block device node; what it does is found by its number when it is opened. */
export class DeviceInode extends Inode {
  override readonly type: 'character' | 'block';
  readonly #deviceNumber: readonly [number, number];

  constructor(
    fs: FileSystem,
    owner: Ownership,
    type: 'character' | 'block',
    deviceNumber: readonly [number, number],
    timeMs?: number,
  ) {
    super(fs, owner, timeMs);
    this.type = type;
    this.#deviceNumber = deviceNumber;
  }

  override get deviceNumber(): readonly [number, number] {
    return this.#deviceNumber;
  }
}

/** A FIFO, a bound Unix socket or an anonymous object: opening it asks `open`. */
export class SpecialInode extends Inode {
  override readonly type: 'fifo' | 'socket' | 'character';
  /** Makes a description of the object behind the node. Throws Errno. */
  readonly open: (access: { read: boolean; write: boolean }) => FileDescription;

  constructor(fs: FileSystem, owner: Ownership, type: 'fifo' | 'socket' | 'character', open: SpecialInode['open']) {
    super(fs, owner);
    this.type = type;
    this.open = open;
  }
}
