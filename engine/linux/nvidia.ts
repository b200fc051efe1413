// GPUs, as programs see them.
export type { GpuStatus } from './nvidia/behaviour.ts';
export { cdiSpec } from './nvidia/cdi-spec.ts';
export { NoDriver, visibleGpus } from './nvidia/nvml.ts';
