import { FileDescription } from '../../vfs/description.ts';
import type { Inode } from '../../vfs/inode.ts';
import { WaitQueue } from '../../vfs/wait-queue.ts';
import type { Frame, PacketSocketOptions } from './frame.ts';

/** What libpcap sets aside for frames that nobody has read yet. */
const BUFFER_BYTES = 2 * 1024 * 1024;

/** What a frame takes beside its bytes. */
const FRAME_BYTES = 80;

/** What was heard since somebody asked last, and the counts from the beginning. */
export interface Heard {
  readonly frames: readonly Frame[];
  /** Those that the filter let pass, whether there was room for them or not. */
  readonly received: number;
  readonly dropped: number;
}

/** Hears what passes. https://man7.org/linux/man-pages/man7/packet.7.html */
export class PacketSocket extends FileDescription {
  override readonly kind = 'socket';
  override readonly path: string;
  readonly #inode: Inode;
  readonly #options: PacketSocketOptions;
  readonly #onClose: () => void;
  readonly #readQueue = new WaitQueue();
  #frames: Frame[] = [];
  #bytes = 0;
  #received = 0;
  #dropped = 0;

  constructor(inode: Inode, options: PacketSocketOptions, onClose: () => void) {
    super();
    this.#inode = inode;
    this.#options = options;
    this.#onClose = onClose;
    this.path = `socket:[${inode.number}]`;
  }

  offer(frame: Frame): void {
    const { interfaceName, accepts } = this.#options;
    if ((interfaceName ?? frame.interfaceName) !== frame.interfaceName || !accepts(frame)) return;
    this.#received += 1;
    const size = frame.payload.length + FRAME_BYTES;
    if (this.#bytes + size > BUFFER_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#bytes += size;
    this.#frames.push(frame);
    this.#readQueue.wake();
  }

  /** Takes what was heard, whatever is asked. */
  override ioctl(): Heard {
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    return { frames, received: this.#received, dropped: this.#dropped };
  }

  override get readQueue(): WaitQueue {
    return this.#readQueue;
  }

  override get readable(): boolean {
    return this.#frames.length > 0;
  }

  override stat() {
    return this.#inode.stat();
  }

  override release(): void {
    this.#onClose();
  }
}
