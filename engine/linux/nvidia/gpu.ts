import type { Simulation } from '../../sim/index.ts';
import type { DeviceCaller } from '../host.ts';

export const DRIVER_VERSION = '580.95.05';

/** A graphics processor that is plugged into a machine. */
export interface Gpu {
  /** Counted from 0, and the minor number of its device node. */
  readonly index: number;
  /** `GPU-` and 36 characters. */
  readonly uuid: string;
  /** `0000:01:00.0` */
  readonly address: string;
  /** The NUMA node that it is near to. */
  readonly numaNode: number;
}

/** What whoever uses a GPU needs of the machine it is in. */
export interface GpuMachine {
  readonly sim: Simulation;
  isBroken(gpu: Gpu): boolean;
  reset(index: number): void;
}

/** The part of the driver that works; it may be loaded after the machine has been switched on. */
export interface GpuUse {
  /** @param gpu undefined for the control device */
  ioctl(gpu: Gpu | undefined, request: object, caller: DeviceCaller): object;
  closed(gpu: Gpu, caller: DeviceCaller): void;
  /** /proc/driver/nvidia/version */
  versionText(): string;
  informationText(gpu: Gpu): string;
}
