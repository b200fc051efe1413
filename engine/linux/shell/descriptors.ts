import { Errno } from '../errno.ts';
import type { DescriptorList, Process } from '../syscalls.ts';

/** What a redirection replaced, to be put back after the command. */
export interface SavedDescriptor {
  readonly fd: number;
  /** Where it waits; undefined when `fd` was closed before. */
  readonly copy: number | undefined;
}

/** A child's 0, 1 and 2, where they are others than the shell's. */
export type ChildDescriptors = Readonly<Partial<Record<0 | 1 | 2, number>>>;

/** Copies that the shell keeps for itself lie from here on, as in dash. */
const FIRST_PRIVATE = 10;

/**
 * The descriptors that a shell's commands see. Those that the shell keeps for itself (saved by redirections, pipes
 * under construction) are not passed on to children.
 */
export class FileDescriptors {
  readonly #process: Process;
  /**
   * Each open number at its own index: what children get. Never changed, only replaced, so that children have it in
   * common.
   */
  #open: DescriptorList;
  /** Hardly ever more than two: an array, for the reason told in kernel/pid-table.ts. */
  readonly #private: number[] = [];

  constructor(process: Process, open: DescriptorList = probe(process)) {
    this.#process = process;
    this.#open = open;
  }

  /** Of a child that has been forked: the same numbers, and those it was given. */
  ofChild(process: Process, given: ChildDescriptors | undefined): FileDescriptors {
    let open = this.#open;
    if (given !== undefined) for (const fd of STANDARD) if (given[fd] !== undefined) open = including(open, fd);
    return new FileDescriptors(process, open);
  }

  /** The map for fork and spawn. */
  inherited(given?: ChildDescriptors): DescriptorList {
    if (given === undefined) return this.#open;
    const fds = this.#open.slice();
    for (const fd of STANDARD) {
      const source = given[fd];
      if (source !== undefined) fds[fd] = source;
    }
    return fds;
  }

  #opened(fd: number): void {
    this.#open = including(this.#open, fd);
  }

  #closed(fd: number): void {
    if (!this.isOpen(fd)) return;
    this.#open = this.#open.with(fd, undefined);
    this.#process.close(fd);
  }

  isOpen(fd: number): boolean {
    return this.#open[fd] !== undefined;
  }

  /** Puts `from` at `fd` and closes `from`; returns what was there. */
  place(from: number, fd: number, save: boolean): SavedDescriptor {
    const saved = this.#save(fd, save && from !== fd);
    if (from !== fd) {
      this.#process.dup(from, fd);
      this.#process.close(from);
    }
    this.#opened(fd);
    return saved;
  }

  /** Makes `fd` another name of `source`. */
  duplicate(source: number, fd: number, save: boolean): SavedDescriptor {
    if (!this.isOpen(source)) throw new Errno('EBADF');
    if (source === fd) return { fd, copy: fd };
    const saved = this.#save(fd, save);
    this.#process.dup(source, fd);
    this.#opened(fd);
    return saved;
  }

  close(fd: number, save: boolean): SavedDescriptor {
    const saved = this.#save(fd, save);
    this.#closed(fd);
    return saved;
  }

  restore({ fd, copy }: SavedDescriptor): void {
    if (copy === fd) return;
    if (copy === undefined) {
      this.#closed(fd);
      return;
    }
    this.#process.dup(copy, fd);
    this.#process.close(copy);
    this.#private.splice(this.#private.indexOf(copy), 1);
    this.#opened(fd);
  }

  /** The lowest free number of those that `{fd}>file` gives out, from 10 on. */
  freeNumber(): number {
    let fd = FIRST_PRIVATE;
    while (this.#private.includes(fd) || this.isOpen(fd)) fd += 1;
    return fd;
  }

  /** The highest free number from `fd` downwards: coprocesses are kept up there. */
  freeFrom(fd: number): number {
    let free = fd;
    while (free > FIRST_PRIVATE && (this.#private.includes(free) || this.isOpen(free))) free -= 1;
    return free;
  }

  #save(fd: number, save: boolean): SavedDescriptor {
    if (!save || !this.isOpen(fd)) return { fd, copy: undefined };
    const copy = this.freeNumber();
    this.#process.dup(fd, copy);
    this.#private.push(copy);
    return { fd, copy };
  }
}

const STANDARD = [0, 1, 2] as const;

function including(open: DescriptorList, fd: number): DescriptorList {
  if (open[fd] !== undefined) return open;
  const more = open.slice();
  while (more.length < fd) more.push(undefined);
  more[fd] = fd;
  return more;
}

/** Which of the small descriptors a new shell was given. */
function probe(process: Process): DescriptorList {
  let open: DescriptorList = [];
  for (let fd = 0; fd < FIRST_PRIVATE; fd++) {
    try {
      process.fstat(fd);
      open = including(open, fd);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return open;
}
