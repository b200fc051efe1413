import { Errno } from '../errno.ts';
import type { Stat } from '../syscalls.ts';
import { ByteQueue } from '../vfs/byte-queue.ts';
import { FileDescription } from '../vfs/description.ts';
import type { FileSystem } from '../vfs/filesystem.ts';
import { type Inode, SpecialInode } from '../vfs/inode.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';

const OWNER = { mode: 0o600, uid: 0, gid: 0 };
const EMPTY = new Uint8Array(0);

// The machine's own ends of what looks like a pipe to a process: how a container runtime feeds and hears one.

abstract class Endpoint extends FileDescription {
  override readonly path: string;
  readonly #inode: Inode;

  constructor(fs: FileSystem) {
    super();
    this.#inode = new SpecialInode(fs, OWNER, 'fifo', () => this);
    this.path = `pipe:[${this.#inode.number}]`;
  }

  override stat(): Stat {
    return this.#inode.stat();
  }
}

/** Somebody has to take in what is written: endless output gets ever slower, as an endless computation does. */
const SINK_STEPS_PER_BYTE = 1 / 64;

/** Hands on whatever is written to it. */
export class Sink extends Endpoint {
  override readonly kind = 'sink';
  override readonly stepsPerByte: number;
  readonly #receive: (data: Uint8Array) => void;

  constructor(fs: FileSystem, receive: (data: Uint8Array) => void, stepsPerByte = SINK_STEPS_PER_BYTE) {
    super(fs);
    this.#receive = receive;
    this.stepsPerByte = stepsPerByte;
  }

  override write(data: Uint8Array, offset: number): number {
    this.#receive(offset === 0 ? data : data.subarray(offset));
    return data.length - offset;
  }
}

/** What a client may send ahead of a process that does not read. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

/** Reads what it was sent. */
export class Source extends Endpoint {
  override readonly kind = 'source';
  readonly #pending = new ByteQueue();
  readonly #readQueue = new WaitQueue();
  #closed = false;

  /** After `close`, and beyond what may be pending, data is dropped. */
  send(data: Uint8Array): void {
    if (this.#closed || this.#pending.length + data.length > MAX_PENDING_BYTES) return;
    this.#pending.push(data);
    this.#readQueue.wake();
  }

  close(): void {
    this.#closed = true;
    this.#readQueue.wake();
  }

  override get readQueue(): WaitQueue {
    return this.#readQueue;
  }

  override get readable(): boolean {
    return this.#closed || this.#pending.length > 0;
  }

  override read(max: number): Uint8Array | undefined {
    if (this.#pending.length > 0) return this.#pending.take(max);
    return this.#closed ? EMPTY : undefined;
  }

  override write(): number {
    throw new Errno('EBADF');
  }
}
