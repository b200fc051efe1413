import type { UsageSample } from '../api/node-api.ts';
import type { ContainerSample, PodSample } from './resource-page.ts';

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
 * The rates of a Pod's containers by name; undefined as long as nothing can be said of one of them.
 * After metrics-server's `pkg/storage/pod.go`.
 */
export function podRates(
  before: PodSample | undefined,
  after: PodSample | undefined,
  resolutionMs: number,
): ReadonlyMap<string, Rate> | undefined {
  if (after === undefined || after.size === 0) return undefined;
  const rates = new Map<string, Rate>();
  for (const [name, container] of after) {
    const earlier = earlierSample(before?.get(name), container, resolutionMs);
    const found = earlier && rate(earlier, container);
    if (found === undefined) return undefined;
    rates.set(name, found);
  }
  return rates;
}

/** With what a container is compared: with its beginning, if that was not long before; else with the same container as it was seen last. */
function earlierSample(
  earlier: ContainerSample | undefined,
  { startedAtMs, timeMs }: ContainerSample,
  resolutionMs: number,
): UsageSample | undefined {
  const ageMs = timeMs - startedAtMs;
  if (ageMs >= FRESH_MS && ageMs < resolutionMs) return { timeMs: startedAtMs, cpuMs: 0, memoryBytes: 0 };
  return earlier !== undefined && startedAtMs < earlier.timeMs ? earlier : undefined;
}
