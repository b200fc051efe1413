import type { Simulation } from '../sim/index.ts';
import { Fabric, type FabricOptions } from './net/fabric.ts';

export { Errno, type ErrnoCode } from './errno.ts';
export type {
  Cgroup,
  CgroupLimits,
  ContainerRoot,
  FileTree,
  FileTreeEntry,
  Host,
  HostBind,
  HostSpawn,
  Layer,
  Namespace,
  NamespaceSet,
  NetworkInterface,
  NetworkNamespace,
  OpenFile,
  PseudoTerminal,
} from './host.ts';
export { createHost, type HostOptions } from './kernel/machine.ts';
export type { Fabric, FabricOptions } from './net/fabric.ts';
export { SIGNAL_NUMBERS, type Signal, type SignalAction, signalExitCode } from './signal.ts';
export type * from './syscalls.ts';

/** The network between the machines of one cluster. */
export function createFabric(sim: Simulation, options?: FabricOptions): Fabric {
  return new Fabric(sim, options);
}
