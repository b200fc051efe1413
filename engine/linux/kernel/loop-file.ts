import { Errno } from '../errno.ts';
import type { LoopRequest } from '../loop.ts';
import type { Stat } from '../syscalls.ts';
import { FileDescription } from '../vfs/description.ts';
import type { DeviceInode } from '../vfs/inode.ts';
import type { Kernel, TaskStruct } from './kernel.ts';
import type { LoopDevices } from './loop-devices.ts';

/** An open loop device. */
export class LoopFile extends FileDescription {
  override readonly kind = 'device';
  override readonly path: string;
  readonly #task: TaskStruct;
  readonly #inode: DeviceInode;
  readonly #access: { readonly read: boolean; readonly write: boolean };
  #offset = 0;

  constructor(
    task: TaskStruct,
    inode: DeviceInode,
    path: string,
    access: { readonly read: boolean; readonly write: boolean },
  ) {
    super();
    this.#task = task;
    this.#inode = inode;
    this.path = path;
    this.#access = access;
  }

  get #loops(): LoopDevices {
    return this.#task.kernel.loops;
  }

  get #minor(): number {
    return this.#inode.deviceNumber[1];
  }

  get #size(): number {
    return this.#loops.find(this.#minor).sizeBytes;
  }

  override read(max: number): Uint8Array {
    if (!this.#access.read) throw new Errno('EBADF');
    const { inode, sizeBytes } = this.#loops.find(this.#minor);
    const data = inode.content.read(this.#offset, Math.min(max, Math.max(0, sizeBytes - this.#offset)));
    this.#offset += data.length;
    return data;
  }

  override write(data: Uint8Array, offset: number): number {
    if (!this.#access.write) throw new Errno('EBADF');
    const { inode, sizeBytes, readOnly } = this.#loops.find(this.#minor);
    if (readOnly) throw new Errno('EPERM');
    const count = Math.min(data.length - offset, sizeBytes - this.#offset);
    if (count <= 0) throw new Errno('ENOSPC');
    inode.content.write(this.#offset, data.subarray(offset, offset + count));
    inode.touch();
    this.#offset += count;
    return count;
  }

  override seek(offset: number, whence: 'set' | 'current' | 'end'): number {
    const base = whence === 'set' ? 0 : whence === 'current' ? this.#offset : this.#size;
    if (base + offset < 0) throw new Errno('EINVAL');
    this.#offset = base + offset;
    return this.#offset;
  }

  override ioctl(request: object): object {
    const asked = request as LoopRequest;
    const minor = this.#minor;
    switch (asked.name) {
      case 'LOOP_CONFIGURE':
        this.#loops.configure(minor, this.#task.files.get(asked.fd), asked.readOnly === true);
        return {};
      case 'LOOP_CLR_FD':
        this.#loops.clear(minor);
        return {};
      case 'LOOP_SET_CAPACITY': {
        const loop = this.#loops.find(minor);
        loop.sizeBytes = loop.inode.content.size;
        return {};
      }
      case 'LOOP_GET_STATUS64': {
        const { inode, path, readOnly } = this.#loops.find(minor);
        return { device: inode.fs.device, inode: inode.number, path, readOnly };
      }
      case 'BLKGETSIZE64':
        return { sizeBytes: this.#size };
      default:
        throw new Errno('ENOTTY');
    }
  }

  override stat(): Stat {
    return this.#inode.stat();
  }
}

/** An open /dev/loop-control: it tells which device is free. */
export class LoopControl extends FileDescription {
  override readonly kind = 'device';
  override readonly path: string;
  readonly #kernel: Kernel;
  readonly #inode: DeviceInode;

  constructor(kernel: Kernel, inode: DeviceInode, path: string) {
    super();
    this.#kernel = kernel;
    this.#inode = inode;
    this.path = path;
  }

  override ioctl(request: object): object {
    if ((request as LoopRequest).name !== 'LOOP_CTL_GET_FREE') throw new Errno('ENOTTY');
    return { minor: this.#kernel.loops.free() };
  }

  override stat(): Stat {
    return this.#inode.stat();
  }
}
