import type { Stat } from '../syscalls.ts';
import { FileDescription } from '../vfs/description.ts';
import type { Inode } from '../vfs/inode.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import type { StreamSocket } from './stream-socket.ts';

/** net.core.somaxconn */
const BACKLOG = 4096;

/** A socket that waits for connections. */
export class ListeningSocket extends FileDescription {
  override readonly kind = 'listener';
  override readonly path: string;
  /** Empty for a Unix socket. */
  readonly address: string;
  readonly port: number;
  readonly #inode: Inode;
  readonly #onClose: () => void;
  readonly #readQueue = new WaitQueue();
  #waiting: StreamSocket[] = [];
  #closed = false;

  constructor(inode: Inode, address: string, port: number, onClose: () => void) {
    super();
    this.#inode = inode;
    this.address = address;
    this.port = port;
    this.path = `socket:[${inode.number}]`;
    this.#onClose = onClose;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get full(): boolean {
    return this.#waiting.length >= BACKLOG;
  }

  /** A connection is there to be accepted. */
  offer(socket: StreamSocket): void {
    this.#waiting.push(socket);
    this.#readQueue.wake();
  }

  accept(): StreamSocket | undefined {
    return this.#waiting.shift();
  }

  override get readQueue(): WaitQueue {
    return this.#readQueue;
  }

  override get readable(): boolean {
    return this.#waiting.length > 0;
  }

  override stat(): Stat {
    return this.#inode.stat();
  }

  override release(): void {
    this.#closed = true;
    this.#onClose();
    for (const socket of this.#waiting) socket.abort();
    this.#waiting = [];
  }
}
