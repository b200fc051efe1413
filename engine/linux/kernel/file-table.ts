import { Errno } from '../errno.ts';
import type { DescriptorList } from '../syscalls.ts';
import type { FileDescription } from '../vfs/description.ts';

/** `ulimit -n` */
export const MAX_OPEN_FILES = 1024;

/** A process's descriptors. */
export class FileTable {
  readonly #slots: (FileDescription | undefined)[];

  constructor(slots: (FileDescription | undefined)[] = []) {
    this.#slots = slots;
  }

  /**
   * What a child gets: at each index the description that has this number here. Throws EBADF.
   * Programs are started so often that it matters how: mapping makes arrays that the collector takes for short-lived
   * ones, which it does not do with a literal that was once found in many long-lived tables.
   */
  inherited(fds: DescriptorList): FileTable {
    const slots = fds.map((fd) => (fd === undefined ? undefined : this.get(fd)));
    for (const description of slots) if (description !== undefined) description.references += 1;
    return new FileTable(slots);
  }

  get(fd: number): FileDescription {
    const description = this.#slots[fd];
    if (description === undefined) throw new Errno('EBADF');
    return description;
  }

  /** At the lowest free number. Throws EMFILE. */
  add(description: FileDescription): number {
    let fd = 0;
    while (this.#slots[fd] !== undefined) fd += 1;
    if (fd >= MAX_OPEN_FILES) {
      if (description.references === 0) description.release();
      throw new Errno('EMFILE');
    }
    this.#slots[fd] = description;
    description.references += 1;
    return fd;
  }

  /** At this number, closing what was there. */
  set(fd: number, description: FileDescription): void {
    if (!Number.isInteger(fd) || fd < 0 || fd >= MAX_OPEN_FILES) throw new Errno('EBADF');
    const before = this.#slots[fd];
    if (before === description) return;
    description.references += 1;
    while (this.#slots.length < fd) this.#slots.push(undefined);
    this.#slots[fd] = description;
    if (before !== undefined) drop(before);
  }

  close(fd: number): void {
    const description = this.get(fd);
    this.#slots[fd] = undefined;
    drop(description);
  }

  closeAll(): void {
    const slots = this.#slots;
    for (let fd = 0; fd < slots.length; fd++) {
      const description = slots[fd];
      slots[fd] = undefined;
      if (description !== undefined) drop(description);
    }
    slots.length = 0;
  }

  /** What a child that gets everything is given. */
  list(): DescriptorList {
    return this.#slots.map((description, fd) => (description === undefined ? undefined : fd));
  }

  /** The numbers in use, in order. */
  numbers(): number[] {
    const numbers: number[] = [];
    for (let fd = 0; fd < this.#slots.length; fd++) if (this.#slots[fd] !== undefined) numbers.push(fd);
    return numbers;
  }

  has(fd: number): boolean {
    return this.#slots[fd] !== undefined;
  }
}

function drop(description: FileDescription): void {
  description.references -= 1;
  if (description.references === 0) description.release();
}
