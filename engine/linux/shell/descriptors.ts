import { Errno } from '../errno.ts';
import type { Process } from '../syscalls.ts';

/** What a redirection replaced, to be put back after the command. */
export interface SavedDescriptor {
  readonly fd: number;
  /** Where it waits; undefined when `fd` was closed before. */
  readonly copy: number | undefined;
}

/** Copies that the shell keeps for itself lie from here on, as in dash. */
const FIRST_PRIVATE = 10;

/**
 * The descriptors that a shell's commands see. Those that the shell keeps for itself (saved by redirections, pipes
 * under construction) are not passed on to children.
 */
export class FileDescriptors {
  readonly #process: Process;
  readonly #open: Set<number>;
  /** Hardly ever more than two: an array, for the reason told in kernel/pid-table.ts. */
  readonly #private: number[] = [];
  /** What children get, until the open descriptors change: an array, which the kernel goes through fastest. */
  #inherited: readonly number[] | undefined;

  constructor(process: Process, open?: ReadonlySet<number>) {
    this.#process = process;
    this.#open = open === undefined ? probe(process) : new Set(open);
  }

  /** For a child that is about to be forked: the same numbers, and those it is given. */
  copyFor(given: Readonly<Record<number, number>>): (child: Process) => FileDescriptors {
    const open = new Set(this.#open);
    for (const fd of Object.keys(given)) open.add(Number(fd));
    return (child) => new FileDescriptors(child, open);
  }

  /** The map for fork and spawn. */
  inherited(given?: Readonly<Record<number, number>>): Readonly<Record<number, number>> {
    let fds = this.#inherited;
    if (fds === undefined) {
      const open: number[] = [];
      for (const fd of this.#open) open[fd] = fd;
      fds = open;
      this.#inherited = open;
    }
    return given === undefined ? fds : { ...fds, ...given };
  }

  #opened(fd: number): void {
    if (this.#open.has(fd)) return;
    this.#open.add(fd);
    this.#inherited = undefined;
  }

  #closed(fd: number): void {
    if (!this.#open.delete(fd)) return;
    this.#inherited = undefined;
    this.#process.close(fd);
  }

  isOpen(fd: number): boolean {
    return this.#open.has(fd);
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
    if (!this.#open.has(source)) throw new Errno('EBADF');
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
    while (this.#private.includes(fd) || this.#open.has(fd)) fd += 1;
    return fd;
  }

  /** The highest free number from `fd` downwards: coprocesses are kept up there. */
  freeFrom(fd: number): number {
    let free = fd;
    while (free > FIRST_PRIVATE && (this.#private.includes(free) || this.#open.has(free))) free -= 1;
    return free;
  }

  #save(fd: number, save: boolean): SavedDescriptor {
    if (!save || !this.#open.has(fd)) return { fd, copy: undefined };
    const copy = this.freeNumber();
    this.#process.dup(fd, copy);
    this.#private.push(copy);
    return { fd, copy };
  }
}

/** Which of the small descriptors a new shell was given. */
function probe(process: Process): Set<number> {
  const open = new Set<number>();
  for (let fd = 0; fd < FIRST_PRIVATE; fd++) {
    try {
      process.fstat(fd);
      open.add(fd);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return open;
}
