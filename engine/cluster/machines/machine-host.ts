import type { Host } from '../../linux/host.ts';
import { createHost, type Fabric } from '../../linux/index.ts';
import type { HostOptions } from '../../linux/kernel/machine.ts';
import type { NvidiaGpus } from '../../linux/nvidia/gpus.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Simulation } from '../../sim/index.ts';
import { type GpuTools, gpuFiles, machineGpus } from './gpus.ts';
import { GATEWAY, type MachinePlan } from './machine-plan.ts';

export interface MachineTools extends GpuTools {
  /** Seccomp and AppArmor of a kernel; undefined as long as they have not come. */
  readonly securityModules: NonNullable<HostOptions['security']>;
}

/** A machine that has been put together and switched on. */
export interface BuiltMachine {
  readonly host: Host;
  readonly gpus: NvidiaGpus | undefined;
}

export function buildMachine(sim: Simulation, fabric: Fabric, machine: MachinePlan, tools: MachineTools): BuiltMachine {
  const { name, address, cpuMillis, memoryBytes, base, files } = machine;
  const gpus = machineGpus(sim, machine, tools);
  const host = createHost({
    sim,
    name,
    fabric,
    addresses: [{ interface: 'eth0', address, prefixLength: 24 }],
    gateway: GATEWAY,
    cpuMillis,
    memoryBytes,
    base,
    root: { ...files, ...gpuFiles(gpus, tools) },
    drivers: gpus === undefined ? [] : [gpus],
    security: tools.securityModules,
  });
  return { host, gpus };
}

/** The machine that a process runs on. */
export function machineOf(hosts: readonly Host[], process: Process): Host {
  const host = hosts.find((each) => each.processes().includes(process));
  if (host === undefined) throw new Error('a process runs on no machine');
  return host;
}
