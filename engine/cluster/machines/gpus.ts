import type { FileTree } from '../../linux/host.ts';
import { cdiSpec, DRIVER_FILES } from '../../linux/nvidia/cdi-spec.ts';
import type { GpuMachine, GpuUse } from '../../linux/nvidia/gpu.ts';
import { NvidiaGpus } from '../../linux/nvidia/gpus.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import type { Simulation } from '../../sim/index.ts';
import type { MachinePlan } from './machine-plan.ts';

/** What machines with GPUs need beyond a driver. */
export interface GpuTools {
  /** Where `nvidia-smi` and `lspci` come from. */
  readonly programs: ProgramSource;
  /** How GPUs behave when they are used. */
  gpuBehaviour(gpus: GpuMachine): GpuUse;
}

/** What the NVIDIA container toolkit leaves in containerd's configuration. */
const CONTAINERD_CONFIG = `version = 3

[plugins]
  [plugins."io.containerd.cri.v1.runtime"]
    enable_cdi = true
    [plugins."io.containerd.cri.v1.runtime".containerd]
      default_runtime_name = "runc"
      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
        runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.nvidia]
        runtime_type = "io.containerd.runc.v2"
        [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.nvidia.options]
          BinaryName = "/usr/bin/nvidia-container-runtime"
`;

/** The GPUs of a machine, if it has any. */
export function machineGpus(sim: Simulation, { name, gpus }: MachinePlan, tools: GpuTools) {
  return gpus === 0 ? undefined : new NvidiaGpus(sim, name, gpus, (all) => tools.gpuBehaviour(all));
}

/** What the driver's packages leave on a machine. */
export function gpuFiles(gpus: NvidiaGpus | undefined, { programs }: GpuTools): FileTree {
  if (gpus === undefined) return {};
  const libraries = DRIVER_FILES.filter((path) => path.includes('/lib'));
  return {
    ...Object.fromEntries(libraries.map((path) => [path, { text: '\x7fELF', mode: 0o755 }])),
    '/usr/bin/nvidia-smi': { program: programs.program('nvidia-smi', 'gnu'), size: 1_109_560 },
    '/usr/bin/lspci': { program: programs.program('lspci', 'gnu'), size: 109_224 },
    '/etc/containerd/config.toml': { text: CONTAINERD_CONFIG },
    '/etc/cdi/nvidia.json': { text: `${JSON.stringify(cdiSpec('nvidia.com/gpu', gpus.all, true))}\n` },
  };
}
