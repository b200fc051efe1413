import { DRIVER_VERSION, type Gpu } from './gpu.ts';

const LIBRARIES = '/usr/lib/x86_64-linux-gnu';
/** What of the driver a container gets from the machine. */
export const DRIVER_FILES: readonly string[] = [
  '/usr/bin/nvidia-smi',
  `${LIBRARIES}/libcuda.so.1`,
  `${LIBRARIES}/libcuda.so.${DRIVER_VERSION}`,
  `${LIBRARIES}/libnvidia-ml.so.1`,
  `${LIBRARIES}/libnvidia-ml.so.${DRIVER_VERSION}`,
];

const SHARED_NODES = ['/dev/nvidia-modeset', '/dev/nvidia-uvm', '/dev/nvidia-uvm-tools', '/dev/nvidiactl'];

/**
 * What a container needs to use these GPUs, for the Container Device Interface: as `nvidia-ctk cdi generate` writes it.
 *
 * @param kind `nvidia.com/gpu`
 * @param byIndex whether the devices can be named by number too, and `all` of them at once
 */
export function cdiSpec(kind: string, gpus: readonly Pick<Gpu, 'index' | 'uuid'>[], byIndex: boolean): object {
  const nodes = (some: typeof gpus) => some.map(({ index }) => ({ path: `/dev/nvidia${index}` }));
  const device = (name: string, some: typeof gpus) => ({ name, containerEdits: { deviceNodes: nodes(some) } });
  return {
    cdiVersion: '0.5.0',
    kind,
    devices: [
      ...gpus.map((gpu) => device(gpu.uuid, [gpu])),
      ...(byIndex ? [...gpus.map((gpu) => device(String(gpu.index), [gpu])), device('all', gpus)] : []),
    ],
    containerEdits: {
      env: ['NVIDIA_VISIBLE_DEVICES=void'],
      deviceNodes: SHARED_NODES.map((path) => ({ path })),
      mounts: DRIVER_FILES.map((path) => ({
        hostPath: path,
        containerPath: path,
        options: ['ro', 'nosuid', 'nodev', 'rbind', 'rprivate'],
      })),
    },
  };
}
