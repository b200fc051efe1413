// What a process's tree of files is put together of.

/** Whether mounts below a mount travel to and from its copies: private does neither, slave only receives. */
export type Propagation = 'private' | 'slave' | 'shared';

/**
 * mount(2). `bind` mounts the file or directory `source`, with what is mounted below it if `recursive`; the others need
 * no source. `remount` changes what is mounted at `target`: `readOnly`, `sizeLimit` and `propagation`, as far as they are told.
 */
export interface MountOptions {
  readonly type: 'bind' | 'tmpfs' | 'proc' | 'sysfs' | 'devtmpfs' | 'cgroup2' | 'nfs4' | 'remount';
  readonly source?: string;
  readonly target: string;
  readonly readOnly?: boolean;
  readonly recursive?: boolean;
  readonly propagation?: Propagation;
  /** Bytes, of a tmpfs. */
  readonly sizeLimit?: number;
  /** Files and directories, of a tmpfs. */
  readonly inodeLimit?: number;
  /** Permission bits of a tmpfs's root; 0o1777 unless told. */
  readonly mode?: number;
  /** Of nfs4: the file handle that the server has given out, see `linux/nfs.ts`. */
  readonly handle?: string;
}

/** statfs(2): the file system that a path is on. */
export interface FileSystemStat {
  readonly type: string;
  /** Infinity when nothing limits it. */
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly totalInodes: number;
  readonly usedInodes: number;
}

/** What a program keeps in its memory as a file; see `Process.mapFile`. */
export interface MappedMemory {
  /** Differs after each change. */
  readonly version: number;
  /** What is in the file; nobody changes what was given out. */
  bytes(): Uint8Array;
}
