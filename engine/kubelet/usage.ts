import type { Pod } from '../api/kinds.ts';
import type { ContainerUsage, NodeUsage, PodUsage, UsageSample } from '../api/node-api.ts';
import { type ContainerStats, CriError, type RuntimeService } from '../containerd/cri.ts';
import type { Simulation } from '../sim/index.ts';
import type { CgroupHost } from './pod-cgroups.ts';

interface UsageSources {
  readonly sim: Simulation;
  readonly nodeName: string;
  readonly runtime: RuntimeService;
  /** Absent on a hollow node, which uses nothing. */
  readonly cgroups: CgroupHost | undefined;
  readonly pods: () => readonly Pod[];
}

/**
 * What the node, its Pods and their containers use, from their control groups.
 * https://kubernetes.io/docs/reference/instrumentation/node-metrics/
 */
export function nodeUsage({ sim, nodeName, runtime, cgroups, pods }: UsageSources): NodeUsage {
  const root = cgroups?.cgroup('/');
  const timeMs = sim.wallMs;
  const node = { timeMs, cpuMs: root?.cpuMs ?? 0, memoryBytes: root?.memoryBytes ?? 0 };
  const byPod = new Map<string, ContainerStats[]>();
  for (const stats of containerStats(runtime)) {
    const list = byPod.get(stats.podUid);
    if (list === undefined) byPod.set(stats.podUid, [stats]);
    else list.push(stats);
  }
  const usages = pods().flatMap((pod): PodUsage[] => {
    const stats = byPod.get(pod.metadata.uid);
    if (stats === undefined) return [];
    const { name, namespace = 'default', uid } = pod.metadata;
    return [{ podRef: { name, namespace, uid }, containers: stats.map((each) => containerUsage(each, timeMs)) }];
  });
  return { nodeName, node, pods: usages };
}

function containerStats(runtime: RuntimeService): readonly ContainerStats[] {
  try {
    return runtime.listContainerStats();
  } catch (error) {
    if (error instanceof CriError) return [];
    throw error;
  }
}

function containerUsage(stats: ContainerStats, timeMs: number): ContainerUsage {
  const { name, startedAtMs, cpuMs, memoryBytes, writableBytes, writableInodes } = stats;
  return { name, startedAtMs, timeMs, cpuMs, memoryBytes, writableBytes, writableInodes };
}

/** What several use together. */
export function sumUsage(samples: readonly UsageSample[], timeMs: number): UsageSample {
  let cpuMs = 0;
  let memoryBytes = 0;
  for (const sample of samples) {
    cpuMs += sample.cpuMs;
    memoryBytes += sample.memoryBytes;
  }
  return { timeMs, cpuMs, memoryBytes };
}
