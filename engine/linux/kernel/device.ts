import { Errno } from '../errno.ts';
import type { DeviceCaller, Driver } from '../host.ts';
import { encode } from '../stdio.ts';
import type { Stat } from '../syscalls.ts';
import { TerminalSlave } from '../tty/terminal-slave.ts';
import { FileDescription } from '../vfs/description.ts';
import type { DeviceInode } from '../vfs/inode.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import type { Kernel, TaskStruct } from './kernel.ts';
import { LOOP_CONTROL, LOOP_MAJOR } from './loop-devices.ts';
import { LoopControl, LoopFile } from './loop-file.ts';

const EMPTY = new Uint8Array(0);
const MAX_CHUNK_BYTES = 1024 * 1024;

interface Behaviour {
  readonly read: (max: number, kernel: Kernel, offset: number) => Uint8Array;
  readonly write: (count: number) => number;
}

/** What is read is never written to, so all readers share it. */
const ZEROS = new Uint8Array(MAX_CHUNK_BYTES);
const zeros = (max: number): Uint8Array => ZEROS.subarray(0, max);
const swallow = (count: number): number => count;

function random(max: number, kernel: Kernel): Uint8Array {
  const stream = kernel.sim.random(`urandom/${kernel.name}`);
  const bytes = new Uint8Array(Math.min(max, MAX_CHUNK_BYTES));
  for (let i = 0; i < bytes.length; i++) bytes[i] = stream.uint32() & 0xff;
  return bytes;
}

/** The memory devices, by minor number. https://man7.org/linux/man-pages/man4/null.4.html */
const MEMORY_DEVICES: Readonly<Record<number, Behaviour>> = {
  3: { read: () => EMPTY, write: swallow },
  5: { read: zeros, write: swallow },
  7: {
    read: zeros,
    write: () => {
      throw new Errno('ENOSPC');
    },
  },
  8: { read: random, write: swallow },
  9: { read: random, write: swallow },
  // The kernel's log: what there is of it, without waiting for more.
  11: { read: (max, kernel, offset) => encode(kernel.log.text).subarray(offset, offset + max), write: swallow },
};

class MemoryDevice extends FileDescription {
  override readonly kind = 'device';
  override readonly path: string;
  readonly #inode: DeviceInode;
  readonly #behaviour: Behaviour;
  readonly #kernel: Kernel;
  #offset = 0;

  constructor(kernel: Kernel, inode: DeviceInode, path: string, behaviour: Behaviour) {
    super();
    this.#kernel = kernel;
    this.#inode = inode;
    this.path = path;
    this.#behaviour = behaviour;
  }

  override read(max: number): Uint8Array {
    const data = this.#behaviour.read(max, this.#kernel, this.#offset);
    this.#offset += data.length;
    return data;
  }

  override write(data: Uint8Array, offset: number): number {
    return this.#behaviour.write(data.length - offset);
  }

  override seek(): number {
    return 0;
  }

  override truncate(): void {}

  override stat(): Stat {
    return this.#inode.stat();
  }
}

/** A device that a driver serves: what it does is asked for by ioctl, what happens to it is read. */
class DriverFile extends FileDescription {
  override readonly kind = 'device';
  override readonly path: string;
  readonly #inode: DeviceInode;
  readonly #driver: Driver;
  readonly #opener: DeviceCaller;
  readonly #events: Uint8Array[] = [];
  readonly #readQueue = new WaitQueue();
  readonly #unsubscribe: () => void;

  constructor(inode: DeviceInode, path: string, driver: Driver, opener: DeviceCaller) {
    super();
    this.#inode = inode;
    this.path = path;
    this.#driver = driver;
    this.#opener = opener;
    this.#unsubscribe = driver.subscribe(inode.deviceNumber, (event) => {
      this.#events.push(encode(`${JSON.stringify(event)}\n`));
      this.#readQueue.wake();
    });
  }

  override ioctl(request: object, caller: DeviceCaller): object {
    return this.#driver.ioctl(this.#inode.deviceNumber, request, caller);
  }

  override get readQueue(): WaitQueue {
    return this.#readQueue;
  }

  override get readable(): boolean {
    return this.#events.length > 0;
  }

  override read(): Uint8Array | undefined {
    return this.#events.shift();
  }

  override write(): number {
    throw new Errno('EINVAL');
  }

  override stat(): Stat {
    return this.#inode.stat();
  }

  override release(): void {
    this.#unsubscribe();
    this.#driver.closed(this.#inode.deviceNumber, this.#opener);
  }
}

/** Opens what a device node stands for. Throws ENXIO when there is no such device, EPERM when the control group forbids it. */
export function openDevice(
  task: TaskStruct,
  inode: DeviceInode,
  path: string,
  access: { readonly read: boolean; readonly write: boolean },
): FileDescription {
  const [major, minor] = inode.deviceNumber;
  if (inode.type === 'character') {
    const memory = major === 1 ? MEMORY_DEVICES[minor] : undefined;
    if (memory !== undefined) return new MemoryDevice(task.kernel, inode, path, memory);
    if (major === 5 && minor === 0 && task.terminal !== undefined) return new TerminalSlave(task.terminal);
    const terminal = major === 136 ? task.kernel.terminals.get(minor) : undefined;
    if (terminal !== undefined) return new TerminalSlave(terminal);
  }
  if (!task.cgroup.mayUseDevice(inode.deviceNumber, access.write)) throw new Errno('EPERM');
  const loop = openLoop(task, inode, path, access);
  if (loop !== undefined) return loop;
  for (const driver of task.kernel.drivers) {
    for (const { deviceNumber } of driver.nodes().values()) {
      if (deviceNumber[0] !== major || deviceNumber[1] !== minor) continue;
      return new DriverFile(inode, path, driver, { hostPid: task.hostPid, command: task.argv[0] ?? '' });
    }
  }
  throw new Errno('ENXIO');
}

function openLoop(
  task: TaskStruct,
  inode: DeviceInode,
  path: string,
  access: { readonly read: boolean; readonly write: boolean },
): FileDescription | undefined {
  const { kernel } = task;
  const [major, minor] = inode.deviceNumber;
  if (inode.type === 'block') {
    return major === LOOP_MAJOR && kernel.loops.has(minor) ? new LoopFile(task, inode, path, access) : undefined;
  }
  const isControl = major === LOOP_CONTROL[0] && minor === LOOP_CONTROL[1];
  return isControl ? new LoopControl(kernel, inode, path) : undefined;
}
