import type { Node, Taint } from '../api/kinds.ts';
import { numericValue } from '../api/quantity.ts';
import { type PodInfo, portsConflict } from './pod-info.ts';
import { addResources, noResources, type Resources, resourcesOf } from './pod-resources.ts';

/** What a node's line of a `FigureTable` holds at each place: amounts of cpu (in thousandths) and memory (in bytes), and what is left. */
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

const FIGURES = 8;

/**
 * What is asked of every node for every Pod, for all nodes side by side: the inner loop of scheduling spends its time
 * waiting for memory, and here each node is one line of a processor's cache, after that of the node before it.
 */
export class FigureTable {
  values = new Float64Array(FIGURES);

  /** Gives a node its place, with nothing in it yet; returns where it begins. */
  clear(slot: number): number {
    const start = slot * FIGURES;
    if (start >= this.values.length) {
      const larger = new Float64Array(Math.max(start + FIGURES, this.values.length * 2));
      larger.set(this.values);
      this.values = larger;
    }
    this.values.fill(0, start, start + FIGURES);
    return start;
  }
}

/** A node and what the Pods on it have taken, kept up to date as Pods come and go. */
export class NodeInfo {
  readonly name: string;
  /** A small number of its own, for tables with a place for each node. */
  readonly slot: number;
  readonly pods = new Map<string, PodInfo>();
  readonly #table: FigureTable;
  /** Where its figures begin in the table. */
  readonly #start: number;
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
  #version = 0;

  /** @param table where the figures of other nodes are, too; its own for a node by itself */
  constructor(name: string, slot: number, table?: FigureTable) {
    this.name = name;
    this.slot = slot;
    this.#table = table ?? new FigureTable();
    this.#start = this.#table.clear(table === undefined ? 0 : slot);
  }

  /** @param place one of `FIGURE`, plus `CPU` or `MEMORY` where it is of two */
  figure(place: number): number {
    return this.#table.values[this.#start + place]!;
  }

  /** Another number after every change of the node or of its Pods. */
  get version(): number {
    return this.#version;
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
    this.#version += 1;
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
    const { values } = this.#table;
    const at = this.#start + FIGURE.nonZeroRequested;
    values[at + CPU]! += sign * nonZeroRequests.milliCpu;
    values[at + MEMORY]! += sign * nonZeroRequests.memory;
    this.#sumUp();
  }

  #sumUp(): void {
    const { allocatable, requested } = this;
    const { values } = this.#table;
    const at = this.#start;
    this.#version += 1;
    values[at + FIGURE.allocatable + CPU] = allocatable.milliCpu;
    values[at + FIGURE.allocatable + MEMORY] = allocatable.memory;
    values[at + FIGURE.requested + CPU] = requested.milliCpu;
    values[at + FIGURE.requested + MEMORY] = requested.memory;
    values[at + FIGURE.podsLeft] = this.allowedPods - this.pods.size;
    values[at + FIGURE.ephemeralStorageLeft] = allocatable.ephemeralStorage - requested.ephemeralStorage;
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
    for (let place = 0; place < FIGURES; place++) copy.#table.values[place] = this.figure(place);
    return copy;
  }
}
