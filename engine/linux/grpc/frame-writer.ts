import type { Task } from '../../sim/index.ts';
import type { Process } from '../syscalls.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';

/** The sending side of a connection that several tasks share: what one sends is not cut in two by another. */
export class FrameWriter {
  readonly #process: Process;
  readonly #fd: number;
  readonly #free = new WaitQueue();
  #busy = false;

  constructor(process: Process, fd: number) {
    this.#process = process;
    this.#fd = fd;
  }

  /** @throws Errno of write(2) */
  *write(frames: Uint8Array): Task<void> {
    while (this.#busy) yield this.#free;
    this.#busy = true;
    try {
      yield* this.#process.write(this.#fd, frames);
    } finally {
      this.#busy = false;
      this.#free.wake();
    }
  }
}
