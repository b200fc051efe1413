import type { Node, Taint } from '../api/kinds.ts';
import { numericValue } from '../api/quantity.ts';
import { type PodInfo, portsConflict } from './pod-info.ts';
import { addResources, noResources, type Resources, resourcesOf } from './pod-resources.ts';

/** What `NodeInfo.figures` holds at each place: amounts of cpu (in thousandths) and memory (in bytes), and what is left. */
export const FIGURE = {
  allocatable: 0,
  requested: 2,
  /** Requests with a minimum for containers that ask for nothing. */
  nonZeroRequested: 4,
  podsLeft: 6,
  ephemeralStorageLeft: 7,
} as const;

/** Added to the place of an amount: which of the two it is. */
export const CPU = 0;
export const MEMORY = 1;

/**
 * A node and what the Pods on it have taken, kept up to date as Pods come and go.
 *
 * What is asked of every node for every Pod lies together in `figures`: the inner loop of scheduling spends its time
 * waiting for memory, and this is one line of a processor's cache.
 */
export class NodeInfo {
  readonly name: string;
  /** A small number of its own, for tables with a place for each node. */
  readonly slot: number;
  readonly pods = new Map<string, PodInfo>();
  readonly figures = new Float64Array(8);
  readonly requested: Resources = noResources();
  allocatable: Resources = noResources();
  allowedPods = 0;
  /** Absent while only Pods of the node are known. */
  node: Node | undefined;
  /** Whether it is cordoned. */
  isUnschedulable = false;
  /** Undefined for none. */
  taints: readonly Taint[] | undefined;
  readonly #podsWithPorts = new Set<PodInfo>();

  constructor(name: string, slot: number) {
    this.name = name;
    this.slot = slot;
  }

  setNode(node: Node | undefined): void {
    if (node?.status?.allocatable !== this.node?.status?.allocatable) {
      const allocatable = node?.status?.allocatable;
      this.allocatable = resourcesOf(allocatable);
      this.allowedPods = numericValue(allocatable?.['pods'] ?? 0);
    }
    this.node = node;
    this.isUnschedulable = node?.spec?.unschedulable === true;
    this.taints = node?.spec?.taints?.length ? node.spec.taints : undefined;
    this.#sumUp();
  }

  addPod(info: PodInfo): void {
    this.pods.set(info.pod.metadata.uid, info);
    this.#count(info, 1);
    if (info.hostPorts.length > 0) this.#podsWithPorts.add(info);
  }

  /** The same Pod, asking for the same, in a later state. */
  refreshPod(info: PodInfo): void {
    const { uid } = info.pod.metadata;
    const previous = this.pods.get(uid);
    this.pods.set(uid, info);
    if (previous !== undefined && this.#podsWithPorts.delete(previous)) this.#podsWithPorts.add(info);
  }

  removePod(uid: string): void {
    const info = this.pods.get(uid);
    if (info === undefined) return;
    this.pods.delete(uid);
    this.#count(info, -1);
    this.#podsWithPorts.delete(info);
  }

  #count({ requests, nonZeroRequests }: PodInfo, sign: 1 | -1): void {
    addResources(this.requested, requests, sign);
    this.figures[FIGURE.nonZeroRequested + CPU]! += sign * nonZeroRequests.milliCpu;
    this.figures[FIGURE.nonZeroRequested + MEMORY]! += sign * nonZeroRequests.memory;
    this.#sumUp();
  }

  #sumUp(): void {
    const { figures, allocatable, requested } = this;
    figures[FIGURE.allocatable + CPU] = allocatable.milliCpu;
    figures[FIGURE.allocatable + MEMORY] = allocatable.memory;
    figures[FIGURE.requested + CPU] = requested.milliCpu;
    figures[FIGURE.requested + MEMORY] = requested.memory;
    figures[FIGURE.podsLeft] = this.allowedPods - this.pods.size;
    figures[FIGURE.ephemeralStorageLeft] = allocatable.ephemeralStorage - requested.ephemeralStorage;
  }

  /** Whether a port that the Pod wants is taken here. */
  hasPortConflict(info: PodInfo): boolean {
    for (const other of this.#podsWithPorts) {
      if (other.hostPorts.some((taken) => info.hostPorts.some((wanted) => portsConflict(taken, wanted)))) return true;
    }
    return false;
  }

  /** A copy to try things out on. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name, this.slot);
    copy.node = this.node;
    copy.isUnschedulable = this.isUnschedulable;
    copy.taints = this.taints;
    copy.allocatable = this.allocatable;
    copy.allowedPods = this.allowedPods;
    for (const [uid, info] of this.pods) copy.pods.set(uid, info);
    for (const info of this.#podsWithPorts) copy.#podsWithPorts.add(info);
    addResources(copy.requested, this.requested);
    copy.figures.set(this.figures);
    return copy;
  }
}
