import { Errno } from '../errno.ts';
import type { DeviceCaller } from '../host.ts';
import { DRIVER_VERSION, type Gpu, type GpuMachine, type GpuUse } from './gpu.ts';

// What GPUs do when they are used. One model: a Tesla T4.

const MODEL = 'Tesla T4';
export const CUDA_VERSION = '13.0';
const MEMORY_MIB = 15_360;
const POWER_LIMIT_W = 70;
const IDLE_POWER_W = 10;
/** Utilisation is told for the last second. */
const SAMPLE_MS = 1000;

/** What programs ask of an open device node, in place of the real driver's ioctls. */
type GpuRequest =
  | { readonly type: 'status' }
  /** Memory for the caller; ENOMEM when there is too little. */
  | { readonly type: 'allocate'; readonly mib: number }
  /** Work that would take so long if nobody else used the GPU; the answer says how long it takes. EIO when it is broken. */
  | { readonly type: 'launch'; readonly workMs: number }
  | { readonly type: 'reset' };

interface GpuProcess {
  readonly hostPid: number;
  readonly name: string;
  readonly memoryMib: number;
}

export interface GpuStatus extends Gpu {
  readonly name: string;
  readonly driverVersion: string;
  readonly memoryTotalMib: number;
  readonly memoryUsedMib: number;
  /** Percent. */
  readonly utilization: number;
  readonly temperatureC: number;
  readonly powerW: number;
  readonly powerLimitW: number;
  readonly performanceState: 'P0' | 'P8';
  readonly broken: boolean;
  readonly processes: readonly GpuProcess[];
}

interface Context {
  readonly name: string;
  memoryMib: number;
}

interface State {
  readonly contexts: Map<number, Context>;
  /** Stretches of work, in virtual milliseconds, the latest last. */
  busy: (readonly [fromMs: number, toMs: number])[];
}

/** The part of the driver that works. */
export class GpuBehaviour implements GpuUse {
  readonly #gpus: GpuMachine;
  readonly #states = new Map<number, State>();

  constructor(gpus: GpuMachine) {
    this.#gpus = gpus;
  }

  ioctl(gpu: Gpu | undefined, asked: object, caller: DeviceCaller): object {
    const request = asked as GpuRequest;
    if (gpu === undefined) throw new Errno(request.type === 'status' ? 'ENODEV' : 'EINVAL');
    switch (request.type) {
      case 'status':
        return this.#status(gpu);
      case 'allocate':
        return this.#allocate(gpu, request.mib, caller);
      case 'launch':
        return this.#launch(gpu, request.workMs);
      case 'reset':
        return this.#reset(gpu);
      default:
        throw new Errno('EINVAL');
    }
  }

  closed(gpu: Gpu, { hostPid }: DeviceCaller): void {
    this.#state(gpu).contexts.delete(hostPid);
  }

  versionText(): string {
    return `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${DRIVER_VERSION}\nGCC version:  gcc version 14.2.0 (Debian 14.2.0-19)\n`;
  }

  informationText({ uuid, address, index }: Gpu): string {
    const lines = [
      ['Model:', MODEL],
      ['IRQ:', String(60 + index)],
      ['GPU UUID:', uuid],
      ['Video BIOS:', '90.04.96.00.01'],
      ['Bus Type:', 'PCIe'],
      ['DMA Size:', '47 bits'],
      ['DMA Mask:', '0x7fffffffffff'],
      ['Bus Location:', address],
      ['Device Minor:', String(index)],
      ['GPU Excluded:', 'No'],
    ] as const;
    return lines.map(([name, value]) => `${name.padEnd(13)}\t ${value}\n`).join('');
  }

  #state({ index }: Gpu): State {
    const known = this.#states.get(index);
    if (known !== undefined) return known;
    const state: State = { contexts: new Map(), busy: [] };
    this.#states.set(index, state);
    return state;
  }

  #allocate(gpu: Gpu, mib: number, { hostPid, command }: DeviceCaller): object {
    if (this.#gpus.isBroken(gpu)) throw new Errno('EIO');
    const { contexts } = this.#state(gpu);
    if (!(mib >= 0) || usedMib(this.#state(gpu)) + mib > MEMORY_MIB) throw new Errno('ENOMEM');
    const context = contexts.get(hostPid) ?? { name: command, memoryMib: 0 };
    contexts.set(hostPid, { ...context, memoryMib: context.memoryMib + mib });
    return {};
  }

  /** Several programs take turns, as time slices have it: each waits for the work of the others. */
  #launch(gpu: Gpu, workMs: number): { readonly durationMs: number } {
    if (this.#gpus.isBroken(gpu)) throw new Errno('EIO');
    const { nowMs } = this.#gpus.sim;
    const state = this.#state(gpu);
    const last = state.busy.at(-1);
    const from = Math.max(nowMs, last?.[1] ?? 0);
    state.busy = [...state.busy.filter(([, to]) => to > nowMs - SAMPLE_MS), [from, from + workMs]];
    return { durationMs: from + workMs - nowMs };
  }

  #reset(gpu: Gpu): object {
    if (this.#state(gpu).contexts.size > 0) throw new Errno('EBUSY');
    this.#gpus.reset(gpu.index);
    return {};
  }

  #status(gpu: Gpu): GpuStatus {
    const state = this.#state(gpu);
    const { nowMs } = this.#gpus.sim;
    const since = nowMs - SAMPLE_MS;
    const busyMs = state.busy.reduce(
      (sum, [from, to]) => sum + Math.max(0, Math.min(to, nowMs) - Math.max(from, since)),
      0,
    );
    const share = Math.min(1, busyMs / SAMPLE_MS);
    return {
      ...gpu,
      name: MODEL,
      driverVersion: DRIVER_VERSION,
      memoryTotalMib: MEMORY_MIB,
      memoryUsedMib: usedMib(state),
      utilization: Math.round(share * 100),
      temperatureC: Math.round(36 + 32 * share),
      powerW: Math.round(IDLE_POWER_W + (POWER_LIMIT_W - IDLE_POWER_W) * share),
      powerLimitW: POWER_LIMIT_W,
      performanceState: state.contexts.size > 0 ? 'P0' : 'P8',
      broken: this.#gpus.isBroken(gpu),
      processes: [...state.contexts].map(([hostPid, { name, memoryMib }]) => ({ hostPid, name, memoryMib })),
    };
  }
}

function usedMib({ contexts }: State): number {
  return [...contexts.values()].reduce((sum, { memoryMib }) => sum + memoryMib, 0);
}
