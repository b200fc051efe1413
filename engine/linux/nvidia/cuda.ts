import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { Process } from '../syscalls.ts';
import type { GpuStatus } from './behaviour.ts';
import { NoDriver, visibleGpus } from './nvml.ts';

// What the CUDA runtime is to a program.

const DRIVER_LIBRARY = '/usr/lib/x86_64-linux-gnu/libcuda.so.1';

/** The text of cudaGetErrorString. */
export class CudaError extends Error {
  override readonly name = 'CudaError';
}

/** Memory and work on one GPU. */
export class CudaDevice {
  readonly gpu: GpuStatus;
  readonly #process: Process;
  readonly #fd: number;

  constructor(process: Process, gpu: GpuStatus) {
    this.#process = process;
    this.gpu = gpu;
    this.#fd = process.open(`/dev/nvidia${gpu.index}`, { read: true, write: true });
  }

  /** cudaMalloc. @throws CudaError */
  allocate(mib: number): void {
    this.#ask({ type: 'allocate', mib });
  }

  /** Launches a kernel. Returns after how many milliseconds it will have ended. @throws CudaError */
  start(workMs: number): number {
    return (this.#ask({ type: 'launch', workMs }) as { readonly durationMs: number }).durationMs;
  }

  /** A kernel and the wait for its end. @throws CudaError */
  *run(workMs: number): Task<void> {
    yield* this.#process.sleep(this.start(workMs));
    if ((this.#ask({ type: 'status' }) as GpuStatus).broken) throw new CudaError('unspecified launch failure');
  }

  #ask(request: object): object {
    try {
      return this.#process.ioctl(this.#fd, request);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new CudaError(error.code === 'ENOMEM' ? 'out of memory' : 'unspecified launch failure');
    }
  }
}

/** The devices that the process can use, in their order. @throws CudaError where there are none */
export function cudaDevices(process: Process): readonly CudaDevice[] {
  if (!process.access(DRIVER_LIBRARY, 'exists')) {
    throw new CudaError('CUDA driver version is insufficient for CUDA runtime version');
  }
  try {
    const gpus = visibleGpus(process);
    if (gpus.length > 0) return gpus.map((gpu) => new CudaDevice(process, gpu));
  } catch (error) {
    if (!(error instanceof NoDriver)) throw error;
  }
  throw new CudaError('no CUDA-capable device is detected');
}
