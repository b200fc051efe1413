import type { ResourceSlice } from '../api/extension-kinds.ts';
import type { GpuStatus } from '../linux/nvidia.ts';

type Device = NonNullable<NonNullable<ResourceSlice['spec']>['devices']>[number];

export const DRIVER = 'gpu.nvidia.com';

export function deviceName({ index }: Pick<GpuStatus, 'index'>): string {
  return `gpu-${index}`;
}

/** A GPU as the driver publishes it. After `cmd/gpu-kubelet-plugin/deviceinfo.go`; the values are those of a Tesla T4. */
export function deviceOf(gpu: GpuStatus): Device {
  return {
    name: deviceName(gpu),
    attributes: {
      addressingMode: { string: 'HMM' },
      architecture: { string: 'Turing' },
      brand: { string: 'Nvidia' },
      cudaComputeCapability: { version: '7.5.0' },
      cudaDriverVersion: { version: '13.0.0' },
      driverVersion: { version: semanticVersion(gpu.driverVersion) },
      pcieBusID: { string: gpu.address },
      productName: { string: gpu.name },
      'resource.kubernetes.io/pcieRoot': { string: `pci0000:${gpu.numaNode === 0 ? '00' : '80'}` },
      type: { string: 'gpu' },
      uuid: { string: gpu.uuid },
    },
    capacity: { memory: { value: `${gpu.memoryTotalMib}Mi` } },
  };
}

/** `580.95.05` as `580.95.5`: numbers have no leading zeros. */
function semanticVersion(version: string): string {
  return version.split('.').map(Number).join('.');
}
