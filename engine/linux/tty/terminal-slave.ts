import { Errno } from '../errno.ts';
import type { Stat } from '../syscalls.ts';
import { FileDescription } from '../vfs/description.ts';
import type { WaitQueue } from '../vfs/wait-queue.ts';
import type { Terminal } from './terminal.ts';

/** The processes' end of a pseudo-terminal. */
export class TerminalSlave extends FileDescription {
  override readonly kind = 'terminal';
  override readonly path: string;
  /** A terminal is a slow thing: what is printed without end gets ever slower, so that Ctrl-C is soon heard. */
  override readonly stepsPerByte = 1 / 64;
  readonly terminal: Terminal;

  constructor(terminal: Terminal) {
    super();
    this.terminal = terminal;
    this.path = `/dev/pts/${terminal.number}`;
    terminal.slaves += 1;
  }

  override get readQueue(): WaitQueue {
    return this.terminal.readQueue;
  }

  override get writeQueue(): WaitQueue {
    return this.terminal.writeQueue;
  }

  override get readable(): boolean {
    return this.terminal.readable;
  }

  override read(max: number): Uint8Array | undefined {
    return this.terminal.read(max);
  }

  override write(data: Uint8Array, offset: number): number {
    if (this.terminal.hungUp) throw new Errno('EIO');
    if (this.terminal.isFull?.()) return 0;
    this.terminal.write(offset === 0 ? data : data.subarray(offset));
    return data.length - offset;
  }

  override stat(): Stat {
    return this.terminal.inode.stat();
  }

  override release(): void {
    this.terminal.slaves -= 1;
    if (this.terminal.slaves <= 0) this.terminal.onDeserted?.();
  }
}
