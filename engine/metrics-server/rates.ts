import type { NodeUsage, UsageSample } from '../api/node-api.ts';

/** What was used between two looks: CPU as a rate, memory at the later one. */
export interface Rate {
  /** Billionths of a CPU. */
  readonly nanoCores: number;
  readonly memoryBytes: number;
  /** The later look, in milliseconds since 1970. */
  readonly timeMs: number;
  readonly windowMs: number;
}

/** A container younger than this is not yet worth a figure. */
const FRESH_MS = 10_000;

export function rate(before: UsageSample, after: UsageSample): Rate | undefined {
  const windowMs = after.timeMs - before.timeMs;
  if (windowMs <= 0) return undefined;
  const usedMs = Math.max(0, after.cpuMs - before.cpuMs);
  const nanoCores = Math.round((usedMs / windowMs) * 1e9);
  return { nanoCores, memoryBytes: after.memoryBytes, timeMs: after.timeMs, windowMs };
}

/**
 * The rates of a Pod's containers by name; undefined as long as one of them is too young.
 * After metrics-server's `pkg/storage/pod.go`.
 */
export function podRates(before: NodeUsage | undefined, after: NodeUsage, uid: string): Map<string, Rate> | undefined {
  const pod = after.pods.find(({ podRef }) => podRef.uid === uid);
  if (pod === undefined || pod.containers.length === 0) return undefined;
  const earlier = before?.pods.find(({ podRef }) => podRef.uid === uid);
  const rates = new Map<string, Rate>();
  for (const container of pod.containers) {
    const { name, startedAtMs, timeMs } = container;
    const same = earlier?.containers.find((each) => each.name === name && each.startedAtMs === startedAtMs);
    const start = { timeMs: startedAtMs, cpuMs: 0, memoryBytes: 0 };
    const young = timeMs - startedAtMs < FRESH_MS;
    const found = same === undefined && young ? undefined : rate(same ?? start, container);
    if (found === undefined) return undefined;
    rates.set(name, found);
  }
  return rates;
}
