import type { ContainerUsage, NodeUsage, UsageSample } from '../api/node-api.ts';
import { timestamp } from '../api/timestamp.ts';
import { sumUsage } from './usage.ts';
import type { PodVolumeUsage } from './volume-usage.ts';

/** What the summary tells of a disk. */
export interface DiskUsage {
  readonly capacityBytes: number;
  readonly usedBytes: number;
  readonly inodes: number;
  readonly inodesUsed: number;
}

/**
 * `/stats/summary`. After `staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go`; without rates, which nobody but
 * the one who asks can know.
 */
export function statsSummary(
  { nodeName, node, pods }: NodeUsage,
  capacityBytes: number,
  disk: DiskUsage | undefined,
  volumes: ReadonlyMap<string, readonly PodVolumeUsage[]>,
) {
  return {
    node: {
      nodeName,
      ...usage(node),
      memory: { ...memory(node), availableBytes: Math.max(0, capacityBytes - node.memoryBytes) },
      ...(disk === undefined ? {} : { fs: fileSystem(disk, node.timeMs) }),
    },
    pods: pods.map(({ podRef, containers }) => ({
      podRef,
      startTime: timestamp(Math.min(...containers.map(({ startedAtMs }) => startedAtMs))),
      containers: containers.map(container),
      ...usage(sumUsage(containers, node.timeMs)),
      volume: (volumes.get(podRef.uid) ?? []).map((each) => ({ time: timestamp(node.timeMs), ...each })),
    })),
  };
}

function container({ name, startedAtMs, writableBytes, writableInodes, ...sample }: ContainerUsage) {
  return {
    name,
    startTime: timestamp(startedAtMs),
    ...usage(sample),
    rootfs: { time: timestamp(sample.timeMs), usedBytes: writableBytes, inodesUsed: writableInodes },
  };
}

function usage(sample: UsageSample) {
  const time = timestamp(sample.timeMs);
  return { cpu: { time, usageCoreNanoSeconds: Math.floor(sample.cpuMs * 1_000_000) }, memory: memory(sample) };
}

function memory({ timeMs, memoryBytes }: UsageSample) {
  return { time: timestamp(timeMs), usageBytes: memoryBytes, workingSetBytes: memoryBytes, rssBytes: memoryBytes };
}

function fileSystem({ capacityBytes, usedBytes, inodes, inodesUsed }: DiskUsage, timeMs: number) {
  const availableBytes = Math.max(0, capacityBytes - usedBytes);
  const inodesFree = Math.max(0, inodes - inodesUsed);
  return { time: timestamp(timeMs), availableBytes, capacityBytes, usedBytes, inodesFree, inodes, inodesUsed };
}
