import { Errno } from '../errno.ts';
import type { ContainerDevice } from '../host.ts';
import type { FileDescription } from '../vfs/description.ts';
import type { RegularInode } from '../vfs/inode.ts';
import { RegularFile } from '../vfs/regular-file.ts';

export const LOOP_MAJOR = 7;
/** /dev/loop-control, among the miscellaneous devices. */
export const LOOP_CONTROL = [10, 237] as const;
const MAX_LOOPS = 256;

/** A file that is used as a disk. */
interface Loop {
  readonly inode: RegularInode;
  readonly path: string;
  readonly readOnly: boolean;
  /** Of the disk: the file may have grown since. */
  sizeBytes: number;
}

/** The loop devices of a machine: disks that are files. They end with the machine's life, the files stay. */
export class LoopDevices {
  readonly #loops = new Map<number, Loop | undefined>();
  readonly #nodesChanged: () => void;

  constructor(nodesChanged: () => void) {
    this.#nodesChanged = nodesChanged;
  }

  /** Those that there are, in use or not. */
  nodes(): readonly ContainerDevice[] {
    return [...this.#loops.keys()]
      .sort((a, b) => a - b)
      .map((minor) => ({
        path: `/dev/loop${minor}`,
        type: 'block',
        deviceNumber: [LOOP_MAJOR, minor] as const,
        mode: 0o660,
      }));
  }

  has(minor: number): boolean {
    return this.#loops.has(minor);
  }

  /** ENXIO when no file is behind it. */
  find(minor: number): Loop {
    const loop = this.#loops.get(minor);
    if (loop === undefined) throw new Errno('ENXIO');
    return loop;
  }

  /** The number of a device that is not in use; its node is made if need be. */
  free(): number {
    for (let minor = 0; minor < MAX_LOOPS; minor++) {
      if (this.#loops.get(minor) !== undefined) continue;
      if (!this.#loops.has(minor)) {
        this.#loops.set(minor, undefined);
        this.#nodesChanged();
      }
      return minor;
    }
    throw new Errno('ENOSPC');
  }

  configure(minor: number, file: FileDescription, readOnly: boolean): void {
    if (this.#loops.get(minor) !== undefined) throw new Errno('EBUSY');
    if (!(file instanceof RegularFile)) throw new Errno('EINVAL');
    const { inode, path } = file;
    inode.hold();
    this.#loops.set(minor, { inode, path, readOnly, sizeBytes: inode.content.size });
  }

  clear(minor: number): void {
    this.find(minor).inode.release();
    this.#loops.set(minor, undefined);
  }

  /** The machine is off. */
  reset(): void {
    for (const loop of this.#loops.values()) loop?.inode.release();
    this.#loops.clear();
  }
}
