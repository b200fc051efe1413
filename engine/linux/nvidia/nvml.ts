import { Errno } from '../errno.ts';
import type { Process } from '../syscalls.ts';
import type { GpuStatus } from './behaviour.ts';

// What libnvidia-ml is to a program: the GPUs that it may see.

/** There is no driver to talk to, or it may not be talked to. */
export class NoDriver extends Error {
  override readonly name = 'NoDriver';
}

const MOST_GPUS = 64;

/**
 * The GPUs whose device nodes the process can open, in their order: in a container those that it was given.
 *
 * @throws NoDriver
 */
export function visibleGpus(process: Process): readonly GpuStatus[] {
  const control = openNode(process, '/dev/nvidiactl');
  if (control === undefined) throw new NoDriver();
  process.close(control);
  const found: GpuStatus[] = [];
  for (let minor = 0; minor < MOST_GPUS; minor++) {
    const fd = openNode(process, `/dev/nvidia${minor}`);
    if (fd === undefined) continue;
    try {
      found.push(process.ioctl(fd, { type: 'status' }) as GpuStatus);
    } catch (error) {
      // It has been unplugged, and a container still has its node.
      if (!(error instanceof Errno)) throw error;
    } finally {
      process.close(fd);
    }
  }
  return found;
}

/** A descriptor, or undefined where there is no such device, or not for this process. */
function openNode(process: Process, path: string): number | undefined {
  try {
    return process.open(path, { read: true, write: true });
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
