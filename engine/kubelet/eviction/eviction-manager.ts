import { qosClass } from '../../api/core/qos-class.ts';
import type { Pod } from '../../api/kinds.ts';
import type { ContainerUsage, NodeUsage } from '../../api/node-api.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Simulation, Timer } from '../../sim/index.ts';
import type { Rejection } from '../admission.ts';
import type { CgroupHost } from '../pod-cgroups.ts';
import { podRequest } from '../quantities.ts';
import { limitsLocalStorage, localStorageExcess, podDiskBytes } from './local-storage.ts';
import { type Candidate, isCritical, rankForEviction } from './ranking.ts';
import { type Observations, observe, type Pressure, SIGNALS } from './signals.ts';
import { amountText, type EvictionOptions, isMet, type Threshold, thresholdsOf, thresholdText } from './thresholds.ts';

const PERIOD_MS = 10_000;
const TRANSITION_MS = 300_000;
/** Pods that go for a hard threshold get just so long. */
const IMMEDIATE_SECONDS = 1;

export interface EvictionHost {
  readonly sim: Simulation;
  readonly nodeName: string;
  readonly root: Process;
  readonly cgroups: CgroupHost;
  readonly capacityBytes: number;
  usage(): NodeUsage;
  /** The Pods that take up room on the node. */
  activePods(): readonly Pod[];
  imageBytes(): number;
  /** Removes images that nobody uses. Returns how many bytes that gave. */
  removeUnusedImages(): number;
  /** Ends the Pod as evicted. */
  evict(pod: Pod, message: string, graceSeconds: number): void;
  /** The node tries to get something back. */
  reclaiming(resource: string): void;
  /** The node's conditions may have changed. */
  conditionsChanged(): void;
}

/**
 * Watches what is left of memory and disk, and ends Pods before there is nothing left. After `pkg/kubelet/eviction`.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
 */
export class EvictionManager {
  readonly #host: EvictionHost;
  readonly #options: EvictionOptions;
  readonly #thresholds: readonly Threshold[];
  /** When each soft threshold was first met, without a break since. */
  readonly #metSinceMs = new Map<Threshold, number>();
  /** When there last was pressure of a kind. */
  readonly #lastSeenMs = new Map<Pressure, number>();
  #timer: Timer | undefined;

  constructor(host: EvictionHost, options: EvictionOptions) {
    this.#host = host;
    this.#options = options;
    this.#thresholds = thresholdsOf(options);
  }

  start(): void {
    this.#timer = this.#host.sim.schedule(PERIOD_MS, `kubelet/${this.#host.nodeName} eviction`, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Whether the node is under this pressure, or was until lately. */
  has(pressure: Pressure): boolean {
    const seenMs = this.#lastSeenMs.get(pressure);
    const { pressureTransitionPeriodMs: holdMs = TRANSITION_MS } = this.#options;
    return seenMs !== undefined && this.#host.sim.nowMs - seenMs < holdMs;
  }

  /** A node under pressure takes no Pods that could make it worse. */
  admit(pod: Pod): Rejection | undefined {
    if (isCritical(pod)) return undefined;
    const pressures = (['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const).filter((each) => this.has(each));
    if (pressures.length === 0) return undefined;
    const onlyMemory = pressures.length === 1 && pressures[0] === 'MemoryPressure';
    if (onlyMemory && (qosClass(pod.spec) !== 'BestEffort' || toleratesMemoryPressure(pod))) return undefined;
    return { reason: 'Evicted', message: `The node had condition: [${pressures.join(' ')}]. ` };
  }

  #look(): void {
    const { sim } = this.#host;
    sim.trace.during({ component: `kubelet/${this.#host.nodeName}`, key: 'eviction' }, () => {
      const before = this.#pressures();
      this.#evictIfNeeded();
      if (this.#pressures() !== before) this.#host.conditionsChanged();
    });
  }

  #pressures(): string {
    return (['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const).filter((each) => this.has(each)).join();
  }

  #evictIfNeeded(): void {
    const { sim } = this.#host;
    const observations = this.#observe();
    for (const threshold of this.#thresholds) {
      if (!isMet(threshold, observations)) {
        this.#metSinceMs.delete(threshold);
        continue;
      }
      if (!this.#metSinceMs.has(threshold)) this.#metSinceMs.set(threshold, sim.nowMs);
      this.#lastSeenMs.set(SIGNALS[threshold.signal].pressure, sim.nowMs);
    }
    if (this.#evictForLocalStorage()) return;
    const due = this.#thresholds.find((threshold) => this.#isDue(threshold));
    if (due === undefined) return;
    const { pressure, resource } = SIGNALS[due.signal];
    this.#host.reclaiming(resource);
    if (pressure === 'DiskPressure' && this.#host.removeUnusedImages() > 0 && !isMet(due, this.#observe())) return;
    this.#evictFor(due, observations);
  }

  #observe(): Observations {
    const { root, cgroups, capacityBytes } = this.#host;
    return observe(root, cgroups, capacityBytes, this.#host.imageBytes());
  }

  #isDue(threshold: Threshold): boolean {
    const sinceMs = this.#metSinceMs.get(threshold);
    if (sinceMs === undefined) return false;
    return threshold.hard || this.#host.sim.nowMs - sinceMs >= (this.#options.softGracePeriodMs ?? 0);
  }

  #evictFor(threshold: Threshold, observations: Observations): void {
    const { resource } = SIGNALS[threshold.signal];
    const [victim] = rankForEviction(this.#candidates(resource), resource).filter(({ pod }) => !isCritical(pod));
    if (victim === undefined) return;
    const low = `The node was low on resource: ${resource}. ${thresholdText(threshold, observations)}`;
    const grace = threshold.hard ? IMMEDIATE_SECONDS : this.#softGrace(victim.pod);
    this.#host.evict(victim.pod, low + excessText(victim, resource), grace);
  }

  #softGrace({ spec }: Pod): number {
    const own = spec.terminationGracePeriodSeconds ?? 30;
    return Math.min(own, this.#options.maxPodGracePeriodSeconds ?? 0);
  }

  #candidates(resource: string): Candidate[] {
    const usage = usageByPod(this.#host.usage());
    return this.#host.activePods().map((pod) => {
      const containers = usage.get(pod.metadata.uid) ?? [];
      const used =
        resource === 'memory'
          ? containers.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
          : podDiskBytes(this.#host.root, pod, containers);
      return { pod, containers, used };
    });
  }

  /** Limits of single Pods are enforced whether or not the node is short of anything. */
  #evictForLocalStorage(): boolean {
    const suspects = this.#host.activePods().filter((pod) => limitsLocalStorage(pod) && !isCritical(pod));
    if (suspects.length === 0) return false;
    const usage = usageByPod(this.#host.usage());
    let evicted = false;
    for (const pod of suspects) {
      const excess = localStorageExcess(this.#host.root, pod, usage.get(pod.metadata.uid) ?? []);
      if (excess === undefined) continue;
      this.#host.evict(pod, excess, IMMEDIATE_SECONDS);
      evicted = true;
    }
    return evicted;
  }
}

function usageByPod({ pods }: NodeUsage): ReadonlyMap<string, readonly ContainerUsage[]> {
  return new Map(pods.map(({ podRef, containers }) => [podRef.uid, containers]));
}

function toleratesMemoryPressure({ spec }: Pod): boolean {
  const key = 'node.kubernetes.io/memory-pressure';
  return (spec.tolerations ?? []).some(
    (toleration) => toleration.operator === 'Exists' && (!toleration.key || toleration.key === key),
  );
}

/** Which of the Pod's containers use more than they ask for. */
function excessText({ pod, containers, used }: Candidate, resource: string): string {
  if (resource !== 'memory') {
    if (used <= podRequest(pod, resource)) return '';
  }
  return containers
    .map(({ name, memoryBytes, writableBytes }) => {
      const container = pod.spec.containers.find((each) => each.name === name);
      const request = (container?.resources?.requests?.[resource] as string | undefined) ?? '0';
      const amount = resource === 'memory' ? memoryBytes : writableBytes;
      const asked = podRequest({ ...pod, spec: { containers: container === undefined ? [] : [container] } }, resource);
      if (amount <= asked) return '';
      return `Container ${name} was using ${amountText(amount)}, request is ${request}, has larger consumption of ${resource}. `;
    })
    .join('');
}
