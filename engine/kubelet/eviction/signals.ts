import type { Process } from '../../linux/syscalls.ts';
import type { CgroupHost } from '../pod-cgroups.ts';

/** https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#eviction-signals */
export type Signal =
  | 'memory.available'
  | 'nodefs.available'
  | 'nodefs.inodesFree'
  | 'imagefs.available'
  | 'pid.available';

interface Observation {
  readonly available: number;
  readonly capacity: number;
}

export type Observations = ReadonlyMap<Signal, Observation>;

export type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

/** What a signal means for the node, and how the resource is called in messages. */
export const SIGNALS: Readonly<Record<Signal, { readonly pressure: Pressure; readonly resource: string }>> = {
  'memory.available': { pressure: 'MemoryPressure', resource: 'memory' },
  'nodefs.available': { pressure: 'DiskPressure', resource: 'ephemeral-storage' },
  'nodefs.inodesFree': { pressure: 'DiskPressure', resource: 'inodes' },
  'imagefs.available': { pressure: 'DiskPressure', resource: 'ephemeral-storage' },
  'pid.available': { pressure: 'PIDPressure', resource: 'pids' },
};

/** Processes that a machine can have. */
const MAX_PIDS = 32_768;

/**
 * What is left of what the node has. Images lie on the same disk as everything else.
 *
 * @param memoryBytes of the node
 * @param imageBytes what the images take
 */
export function observe(root: Process, cgroups: CgroupHost, memoryBytes: number, imageBytes: number): Observations {
  const all = cgroups.cgroup('/');
  const { totalBytes, usedBytes, totalInodes, usedInodes } = root.statfs('/');
  const disk = { available: Math.max(0, totalBytes - usedBytes - imageBytes), capacity: totalBytes };
  return new Map<Signal, Observation>([
    ['memory.available', { available: Math.max(0, memoryBytes - (all?.memoryBytes ?? 0)), capacity: memoryBytes }],
    ['nodefs.available', disk],
    ['nodefs.inodesFree', { available: totalInodes - usedInodes, capacity: totalInodes }],
    ['imagefs.available', disk],
    ['pid.available', { available: MAX_PIDS - (all?.processCount ?? 0), capacity: MAX_PIDS }],
  ]);
}
