import type { Node } from '../api/kinds.ts';
import { numericValue } from '../api/quantity.ts';
import { type PodInfo, portsConflict } from './pod-info.ts';
import { addResources, noResources, type Resources, resourcesOf } from './pod-resources.ts';

/** A node and what the Pods on it have taken, kept up to date as Pods come and go. */
export class NodeInfo {
  readonly name: string;
  /** A small number of its own, for tables with a place for each node. */
  readonly slot: number;
  readonly pods = new Map<string, PodInfo>();
  readonly requested: Resources = noResources();
  readonly nonZeroRequested: Resources = noResources();
  allocatable: Resources = noResources();
  allowedPods = 0;
  /** Absent while only Pods of the node are known. */
  node: Node | undefined;
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
  }

  addPod(info: PodInfo): void {
    this.pods.set(info.pod.metadata.uid, info);
    addResources(this.requested, info.requests);
    addResources(this.nonZeroRequested, info.nonZeroRequests);
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
    addResources(this.requested, info.requests, -1);
    addResources(this.nonZeroRequested, info.nonZeroRequests, -1);
    this.#podsWithPorts.delete(info);
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
    copy.allocatable = this.allocatable;
    copy.allowedPods = this.allowedPods;
    for (const [uid, info] of this.pods) copy.pods.set(uid, info);
    for (const info of this.#podsWithPorts) copy.#podsWithPorts.add(info);
    addResources(copy.requested, this.requested);
    addResources(copy.nonZeroRequested, this.nonZeroRequested);
    return copy;
  }
}
