import { Errno } from '../errno.ts';
import type { Stat } from '../syscalls.ts';
import { ByteQueue } from './byte-queue.ts';
import { FileDescription } from './description.ts';
import type { Inode } from './inode.ts';
import { WaitQueue } from './wait-queue.ts';

/** https://man7.org/linux/man-pages/man7/pipe.7.html */
const CAPACITY = 65_536;
/** Writes up to this size do not mix with others. */
const PIPE_BUF = 4096;

const EMPTY = new Uint8Array(0);

/** The buffer behind a pipe or a FIFO, and how many ends are open. */
export class Pipe {
  readonly buffer = new ByteQueue();
  readonly readQueue = new WaitQueue();
  readonly writeQueue = new WaitQueue();
  readers = 0;
  writers = 0;
  /** How often each end was opened: open(2) of a FIFO waits for the other end, here the first read or write does. */
  readerOpens = 0;
  writerOpens = 0;
  /** The node that fstat shows; it also makes /proc/<pid>/fd/<n> reopenable. Set right after construction. */
  inode!: Inode;
  /** Made by pipe(2): opening it again through /proc/<pid>/fd does not wait for the other end, as opening a FIFO does. */
  readonly anonymous: boolean;

  constructor(anonymous = false) {
    this.anonymous = anonymous;
  }
}

/** One open end (or both, of a FIFO opened for reading and writing). */
export class PipeEnd extends FileDescription {
  override readonly kind = 'pipe';
  override readonly path: string;
  readonly pipe: Pipe;
  readonly #reads: boolean;
  readonly #writes: boolean;
  /** How often the other end had been opened when this one was, if nobody held it then; else -1. */
  readonly #peerOpens: number;

  constructor(pipe: Pipe, path: string, access: { read: boolean; write: boolean }) {
    super();
    this.pipe = pipe;
    this.path = path;
    this.#reads = access.read;
    this.#writes = access.write;
    if (access.read) {
      pipe.readers += 1;
      pipe.readerOpens += 1;
    }
    if (access.write) {
      pipe.writers += 1;
      pipe.writerOpens += 1;
    }
    this.#peerOpens = access.read
      ? pipe.writers > 0 || pipe.anonymous
        ? -1
        : pipe.writerOpens
      : pipe.readers > 0
        ? -1
        : pipe.readerOpens;
    pipe.readQueue.wake();
    pipe.writeQueue.wake();
  }

  override get readQueue(): WaitQueue {
    return this.pipe.readQueue;
  }

  override get writeQueue(): WaitQueue {
    return this.pipe.writeQueue;
  }

  override get readable(): boolean {
    return this.pipe.buffer.length > 0 || this.#ended;
  }

  get #ended(): boolean {
    return this.pipe.writers === 0 && this.pipe.writerOpens !== this.#peerOpens;
  }

  override read(max: number): Uint8Array | undefined {
    if (!this.#reads) throw new Errno('EBADF');
    const { buffer } = this.pipe;
    if (buffer.length === 0) return this.#ended ? EMPTY : undefined;
    const data = buffer.take(max);
    this.pipe.writeQueue.wake();
    return data;
  }

  override write(data: Uint8Array, offset: number): number {
    if (!this.#writes) throw new Errno('EBADF');
    if (this.pipe.readers === 0) {
      if (this.pipe.readerOpens === this.#peerOpens) return 0;
      throw new Errno('EPIPE');
    }
    const space = CAPACITY - this.pipe.buffer.length;
    const wanted = data.length - offset;
    if (space === 0 || (wanted <= PIPE_BUF && wanted > space)) return 0;
    const count = Math.min(space, wanted);
    this.pipe.buffer.push(offset === 0 && count === data.length ? data : data.subarray(offset, offset + count));
    this.pipe.readQueue.wake();
    return count;
  }

  override stat(): Stat {
    return this.pipe.inode.stat();
  }

  override release(): void {
    if (this.#reads) this.pipe.readers -= 1;
    if (this.#writes) this.pipe.writers -= 1;
    if (this.pipe.readers === 0 && this.pipe.writers === 0) this.pipe.buffer.clear();
    this.pipe.readQueue.wake();
    this.pipe.writeQueue.wake();
  }
}
