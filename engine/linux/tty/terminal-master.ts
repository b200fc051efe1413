import { Errno } from '../errno.ts';
import type { Stat } from '../syscalls.ts';
import { ByteQueue } from '../vfs/byte-queue.ts';
import { FileDescription } from '../vfs/description.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import type { Terminal } from './terminal.ts';

/** What is shown and not yet read by the emulator: whoever prints more waits. */
const MAX_PENDING_BYTES = 64 * 1024;

/** The emulator's end of a pseudo-terminal where the emulator is a process: sshd, for one. Closing it hangs up. */
export class TerminalMaster extends FileDescription {
  override readonly kind = 'terminal master';
  override readonly path = '/dev/ptmx';
  readonly terminal: Terminal;
  readonly #shown = new ByteQueue();
  readonly #readQueue = new WaitQueue();
  readonly #onClose: () => void;

  constructor(terminal: Terminal, onClose: () => void) {
    super();
    this.terminal = terminal;
    this.#onClose = onClose;
    terminal.listen((data) => {
      this.#shown.push(data.slice());
      this.#readQueue.wake();
    });
    terminal.onDeserted = () => this.#readQueue.wake();
    terminal.isFull = () => this.#shown.length >= MAX_PENDING_BYTES;
  }

  override get readQueue(): WaitQueue {
    return this.#readQueue;
  }

  override get readable(): boolean {
    return this.#shown.length > 0 || this.#isOver;
  }

  override read(max: number): Uint8Array | undefined {
    if (this.#shown.length > 0) {
      const data = this.#shown.take(max);
      this.terminal.writeQueue.wake();
      return data;
    }
    if (this.#isOver) throw new Errno('EIO');
    return undefined;
  }

  /** Nobody will write to it any more. */
  get #isOver(): boolean {
    return this.terminal.hungUp || this.terminal.slaves <= 0;
  }

  override write(data: Uint8Array, offset: number): number {
    if (this.terminal.hungUp) throw new Errno('EIO');
    this.terminal.type(data.slice(offset));
    return data.length - offset;
  }

  override stat(): Stat {
    return this.terminal.inode.stat();
  }

  override release(): void {
    this.terminal.hangUp();
    this.#onClose();
  }
}
