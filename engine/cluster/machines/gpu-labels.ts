const MOST = 16;

/** @throws Error for a number of GPUs that no machine has */
export function requireGpuCount(count: number, machine: string): number {
  if (Number.isInteger(count) && count >= 0 && count <= MOST) return count;
  throw new Error(`a machine has from 0 to ${MOST} GPUs, not ${count} (${machine})`);
}

/**
 * What Node Feature Discovery and NVIDIA's GPU Feature Discovery find out; here the machine's kubelet registers it.
 * https://github.com/NVIDIA/k8s-device-plugin/tree/main/docs/gpu-feature-discovery
 */
export function gpuLabels(count: number): Readonly<Record<string, string>> {
  if (count === 0) return {};
  return {
    'feature.node.kubernetes.io/pci-10de.present': 'true',
    'nvidia.com/cuda.driver-version.full': '580.95.05',
    'nvidia.com/cuda.runtime-version.full': '13.0',
    'nvidia.com/gpu.count': String(count),
    'nvidia.com/gpu.family': 'turing',
    'nvidia.com/gpu.memory': '15360',
    'nvidia.com/gpu.present': 'true',
    'nvidia.com/gpu.product': 'Tesla-T4',
    'nvidia.com/gpu.replicas': '1',
    'nvidia.com/mig.capable': 'false',
  };
}
