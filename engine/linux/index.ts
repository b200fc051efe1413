import type { Simulation } from '../sim/index.ts';
import { Fabric, type FabricOptions } from './net/fabric.ts';

export type {
  FileTree,
  Host,
  Layer,
} from './host.ts';
export { createHost } from './kernel/machine.ts';
export type { Fabric, FabricOptions } from './net/fabric.ts';
export { signalExitCode } from './signal.ts';
export type * from './syscalls.ts';

/** The network between the machines of one cluster. */
export function createFabric(sim: Simulation, options?: FabricOptions): Fabric {
  return new Fabric(sim, options);
}
