import { makeDirectories, removeTree } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';

export interface StoredVolume {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** A disk of its own, for a container to use as it is: the volume is a file instead of a directory. */
  readonly block?: boolean;
  /** Made for one Pod, and gone with it. */
  readonly ephemeral: boolean;
  /** The node that it is attached to; absent for none. */
  readonly attachedTo?: string;
}

/** What a volume held at a moment: a copy of its directory or its file, beside it. */
export interface StoredSnapshot {
  readonly id: string;
  readonly name: string;
  /** The volume that it was taken of, which may be gone by now. */
  readonly volumeId: string;
  readonly sizeBytes: number;
  readonly block: boolean;
  readonly createdMs: number;
}

interface State {
  readonly Volumes: readonly StoredVolume[];
  readonly Snapshots?: readonly StoredSnapshot[];
}

/**
 * The volumes of a driver: a directory each, and a file that says what they are. The directory may be shared between nodes, so
 * that the file is read each time.
 */
export class VolumesOnDisk {
  readonly #process: Process;
  readonly #directory: string;

  constructor(process: Process, directory: string) {
    this.#process = process;
    this.#directory = directory;
    makeDirectories(process, directory, 0o750);
  }

  all(): readonly StoredVolume[] {
    return this.#read().Volumes;
  }

  snapshots(): readonly StoredSnapshot[] {
    return this.#read().Snapshots ?? [];
  }

  snapshotPathOf(id: string): string {
    return `${this.#directory}/${id}.snap`;
  }

  /** Remembers a snapshot, whose copy is there already. */
  putSnapshot(snapshot: StoredSnapshot): void {
    this.#write({ Snapshots: [...this.snapshots(), snapshot] });
  }

  removeSnapshot(id: string): void {
    removeTree(this.#process, this.snapshotPathOf(id));
    this.#write({ Snapshots: this.snapshots().filter((snapshot) => snapshot.id !== id) });
  }

  get(id: string): StoredVolume | undefined {
    return this.all().find((volume) => volume.id === id);
  }

  named(name: string): StoredVolume | undefined {
    return this.all().find((volume) => volume.name === name);
  }

  pathOf(id: string): string {
    return `${this.#directory}/${id}`;
  }

  /** Room that is promised to nobody yet. */
  availableBytes(): number {
    const { totalBytes } = this.#process.statfs(this.#directory);
    return Math.max(
      0,
      this.all().reduce((rest, { sizeBytes }) => rest - sizeBytes, totalBytes),
    );
  }

  /** Makes a volume, or changes what is known of it. */
  put(volume: StoredVolume): void {
    if (volume.block === true) this.#putFile(volume);
    else makeDirectories(this.#process, this.pathOf(volume.id), 0o777);
    this.#write({ Volumes: [...this.all().filter(({ id }) => id !== volume.id), volume] });
  }

  #putFile({ id, sizeBytes }: StoredVolume): void {
    const fd = this.#process.open(this.pathOf(id), { read: true, write: true, create: true, mode: 0o600 });
    try {
      if (this.#process.fstat(fd).size < sizeBytes) this.#process.truncate(fd, sizeBytes);
    } finally {
      this.#process.close(fd);
    }
  }

  remove(id: string): void {
    removeTree(this.#process, this.pathOf(id));
    this.#write({ Volumes: this.all().filter((volume) => volume.id !== id) });
  }

  get #file(): string {
    return `${this.#directory}/state.json`;
  }

  #read(): State {
    try {
      return JSON.parse(decode(this.#process.readFile(this.#file))) as State;
    } catch (error) {
      if (error instanceof Errno || error instanceof SyntaxError) return { Volumes: [] };
      throw error;
    }
  }

  #write(change: Partial<State>): void {
    const text = JSON.stringify({ ...this.#read(), ...change });
    this.#process.writeFile(`${this.#file}.tmp`, text, { mode: 0o600 });
    this.#process.rename(`${this.#file}.tmp`, this.#file);
  }
}
